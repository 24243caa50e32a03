// Ranking of members by what they have surely earned: the lower bound of skill against the simple mean of
// all, so that a short lucky record does not lead. Members that cannot be told apart share a band.
import { quantile } from './cluster-bootstrap';
import { randomIndex, seededRandom } from './random';

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
  /** 90 % one-sided lower and upper bounds. */
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

const resampledMeans = (
  clusters: readonly { readonly gain: number; readonly n: number }[],
  resamples: number,
  seed: number,
): number[] => {
  const random = seededRandom(seed);
  return Array.from({ length: resamples }, () => {
    let gain = 0;
    let n = 0;
    for (let i = 0; i < clusters.length; i += 1) {
      const drawn = clusters[randomIndex(random, clusters.length)]!;
      gain += drawn.gain;
      n += drawn.n;
    }
    return gain / n;
  });
};

type Scoreless = Omit<RankedMember, 'band'>;

const score = (input: RankingInput, resamples: number, seed: number): Scoreless => {
  const clusters = clusterTotals(input.rows);
  const n = input.rows.length;
  const shrink = clusters.length / (clusters.length + PRIOR_CLUSTERS);
  const raw = n === 0 ? 0 : clusters.reduce((sum, cluster) => sum + cluster.gain, 0) / n;
  const means = n === 0 ? [] : resampledMeans(clusters, resamples, seed);
  const alone = clusters.length < 2;
  const skill = shrink * raw;
  return {
    member: input.member,
    n,
    clusters: clusters.length,
    skill,
    lower: alone ? -1 : shrink * quantile(means, 0.1),
    upper: alone ? 1 : shrink * quantile(means, 0.9),
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
export const rankMembers = (
  inputs: readonly RankingInput[],
  options: { readonly resamples: number; readonly seed: number } = { resamples: 1000, seed: 11 },
): readonly RankedMember[] =>
  withBands(
    inputs
      .map((input) => score(input, options.resamples, options.seed))
      .sort((x, y) => y.lower - x.lower || (x.member < y.member ? -1 : 1)),
  );
