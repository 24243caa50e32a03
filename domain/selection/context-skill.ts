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
 * Skill shrunk to the prior, from the widest level (first) to the narrowest (last): s_k = s_{k-1} + w_k (skill_k -
 * skill_{k-1}), where w_k is the least n / (n + 30) so far and skill_0 the prior (James-Stein in its empirical Bayes
 * form). A level adds only what it differs by from the one before: they hold largely the same outcomes, which count once.
 */
export const contextSkill = (levels: readonly SkillLevel[], prior = 0): ContextSkill => {
  const known = levels.filter(({ n }) => n > 0);
  let skill = prior;
  let before = prior;
  let weight = 1;
  for (const level of known) {
    weight = Math.min(weight, level.n / (level.n + SHRINKAGE_OUTCOMES));
    skill += weight * (level.skill - before);
    before = level.skill;
  }
  const n = levels[0]?.n ?? 0;
  const nNarrow = known.at(-1)?.n ?? 0;
  return { skill, n, nNarrow, standardError: OUTCOME_SPREAD / Math.sqrt(n + 1) };
};
