// Who stands in for a member that failed: someone no dearer (requirement E6) that stands in for nobody else yet.
import type { Candidate, Hop } from './contracts/calls';

export interface Vacancy {
  readonly seat: Candidate;
  readonly tried: readonly Hop[];
  /** Substitutes already standing in for someone; the one taken is added. */
  readonly taken: Set<string>;
}

/** The next substitute, or null when none is left. */
export const takeSubstitute = (
  substitutes: readonly Candidate[],
  { seat, tried, taken }: Vacancy,
): Candidate | null => {
  const open = substitutes.filter(
    (candidate) => !taken.has(candidate.model) && candidate.worstCaseMicroUsd <= seat.worstCaseMicroUsd,
  );
  // What has just failed is most likely to fail again: other providers go first.
  const failed = new Set(tried.map((hop) => hop.provider));
  const substitute = open.find((candidate) => !failed.has(candidate.provider)) ?? open[0];
  if (substitute) taken.add(substitute.model);
  return substitute ?? null;
};
