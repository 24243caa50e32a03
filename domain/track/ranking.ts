// Ranking of members by what they have surely earned: the lower bound of skill against the simple mean of
// all, so that a short lucky record does not lead. Members that cannot be told apart share a band.
import { OUTCOME_SPREAD } from '../selection/context-skill';

/** A member's loss on a row beside the loss of the simple mean on the same row. */
export interface SkillRow {
  readonly cluster: string;
  readonly memberLoss: number;
  readonly meanLoss: number;
}

export interface RankedMember {
  readonly member: string;
  /** From 1; ties share a band. */
  readonly band: number;
  readonly n: number;
  readonly clusters: number;
  /** Mean of (loss of the simple mean - member's loss), shrunk to 0; above 0 is better than the mean. */
  readonly skill: number;
  /** 90 % one-sided lower and upper bounds under the prior; -1 and 1 without rows. */
  readonly lower: number;
  readonly upper: number;
  /** Skill per dollar; null when the cost is 0 or unknown. */
  readonly skillPerUsd: number | null;
}

export interface RankingInput {
  readonly member: string;
  readonly rows: readonly SkillRow[];
  readonly costUsd: number | null;
}

/** Clusters that the prior (no skill) counts for. */
const PRIOR_CLUSTERS = 20;
/** One-sided 90 % of a standard normal. */
const Z_90 = 1.2815515655446004;

const clusterTotals = (rows: readonly SkillRow[]): { readonly gain: number; readonly n: number }[] => {
  const totals = new Map<string, { gain: number; n: number }>();
  for (const row of rows) {
    const entry = totals.get(row.cluster) ?? { gain: 0, n: 0 };
    entry.gain += row.meanLoss - row.memberLoss;
    entry.n += 1;
    totals.set(row.cluster, entry);
  }
  return [...totals.values()];
};

interface Estimate {
  readonly mean: number;
  /** Standard deviation that one cluster adds to the mean. */
  readonly spread: number;
}

/**
 * Mean gain per row over clusters of any size, and its spread by the residuals of that ratio, which begins as the usual
 * spread of one outcome and is the member's own as clusters come: two that agree prove no precision.
 */
const estimate = (
  clusters: readonly { readonly gain: number; readonly n: number }[],
  n: number,
): Estimate => {
  const mean = clusters.reduce((sum, { gain }) => sum + gain, 0) / n;
  const perCluster = n / clusters.length;
  const squares = clusters.reduce(
    (sum, { gain, n: rows }) => sum + ((gain - rows * mean) / perCluster) ** 2,
    0,
  );
  const variance = (PRIOR_CLUSTERS * OUTCOME_SPREAD ** 2 + squares) / (PRIOR_CLUSTERS + clusters.length - 1);
  return { mean, spread: Math.sqrt(variance) };
};

type Scoreless = Omit<RankedMember, 'band'>;

/** The normal posterior of skill under the prior of no skill; nothing is known of a member without rows. */
const score = (input: RankingInput): Scoreless => {
  const clusters = clusterTotals(input.rows);
  const n = input.rows.length;
  const known = { member: input.member, n, clusters: clusters.length };
  if (n === 0) return { ...known, skill: 0, lower: -1, upper: 1, skillPerUsd: input.costUsd ? 0 : null };
  const { mean, spread } = estimate(clusters, n);
  const weight = clusters.length + PRIOR_CLUSTERS;
  const skill = (mean * clusters.length) / weight;
  const margin = (Z_90 * spread) / Math.sqrt(weight);
  return {
    ...known,
    skill,
    lower: Math.max(-1, skill - margin),
    upper: Math.min(1, skill + margin),
    skillPerUsd: input.costUsd ? skill / input.costUsd : null,
  };
};

/** A band's members all reach the upper bound of the one below its leader: overlap with the leader's bound. */
const withBands = (sorted: readonly Scoreless[]): RankedMember[] => {
  let band = 0;
  let leaderLower = Number.POSITIVE_INFINITY;
  return sorted.map((entry) => {
    if (band === 0 || entry.upper < leaderLower) {
      band += 1;
      leaderLower = entry.lower;
    }
    return { ...entry, band };
  });
};

/** Requirement C5: sorted by lower bound, best first; equal bounds by name. */
export const rankMembers = (inputs: readonly RankingInput[]): readonly RankedMember[] =>
  withBands(inputs.map(score).sort((x, y) => y.lower - x.lower || (x.member < y.member ? -1 : 1)));
