// What a model has earned in a decision's context (D4, C3): the record of the narrowest context shrunk toward
// the wider ones, because a narrow context holds few outcomes.

/** One level of a model's record, e.g. overall, then category, then category and regime and time to expiry. */
export interface SkillLevel {
  readonly context: string;
  readonly n: number;
  /** Mean Brier points gained per forecast against the simple mean; above 0 is better. */
  readonly skill: number;
}

export interface ContextSkill {
  readonly skill: number;
  /** Outcomes of the widest level. */
  readonly n: number;
  /** Outcomes of the narrowest level with any. */
  readonly nNarrow: number;
  /** Standard error assumed for exploration: shrinks with the outcomes. */
  readonly standardError: number;
}

/** A wider level counts as 30 outcomes: with fewer the wider record speaks louder than the own. */
const SHRINKAGE_OUTCOMES = 30;
/** Spread of single Brier differences between models on one question, order of size. */
export const OUTCOME_SPREAD = 0.1;

/**
 * Skill by repeated shrinkage from the widest level (first) to the narrowest (last):
 * s_k = (n_k x skill_k + 30 x s_{k-1}) / (n_k + 30), from the prior (James-Stein in its empirical Bayes form).
 */
export const contextSkill = (levels: readonly SkillLevel[], prior = 0): ContextSkill => {
  const skill = levels.reduce(
    (wider, level) => (level.n * level.skill + SHRINKAGE_OUTCOMES * wider) / (level.n + SHRINKAGE_OUTCOMES),
    prior,
  );
  const n = levels[0]?.n ?? 0;
  const nNarrow = levels.filter((level) => level.n > 0).at(-1)?.n ?? 0;
  return { skill, n, nNarrow, standardError: OUTCOME_SPREAD / Math.sqrt(n + 1) };
};
