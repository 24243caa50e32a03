// Who stands in for a member that failed: someone no dearer (requirement E6) that stands in for nobody else yet.
import { isNoDearer } from '../domain/selection/no-dearer';
import type { Candidate, Hop } from './contracts/calls';

export interface Vacancy {
  readonly seat: Candidate;
  readonly tried: readonly Hop[];
  /** Substitutes already standing in for someone; the one taken is added. */
  readonly taken: Set<string>;
}

/** Plans made before rates were kept have a usual call's cost alone. */
const isOpenTo = (seat: Candidate, candidate: Candidate): boolean =>
  seat.rates && candidate.rates
    ? isNoDearer(candidate.rates, seat.rates)
    : candidate.worstCaseMicroUsd <= seat.worstCaseMicroUsd;

/** The least that a cap has refused; null: none has. */
const refusedAt = (substitutes: readonly Candidate[], { seat, tried }: Vacancy): number | null => {
  const refused = tried.flatMap(({ model, failure }) => (failure === 'budget' ? [model] : []));
  const costs = [seat, ...substitutes].flatMap(({ model, rates, worstCaseMicroUsd }) =>
    rates && refused.includes(model) ? [worstCaseMicroUsd] : [],
  );
  return costs.length === 0 ? null : Math.min(...costs);
};

/** A cap that refused one asks for cheaper ones: the cheapest is the likeliest to fit in what is left. */
const fitting = (open: readonly Candidate[], atMicroUsd: number | null): readonly Candidate[] =>
  atMicroUsd === null
    ? open
    : open
        .filter(({ worstCaseMicroUsd }) => worstCaseMicroUsd < atMicroUsd)
        .sort((a, b) => a.worstCaseMicroUsd - b.worstCaseMicroUsd);

/** The next substitute, or null when none is left. */
export const takeSubstitute = (substitutes: readonly Candidate[], vacancy: Vacancy): Candidate | null => {
  const { seat, tried, taken } = vacancy;
  const free = substitutes.filter((candidate) => !taken.has(candidate.model) && isOpenTo(seat, candidate));
  const refused = refusedAt(substitutes, vacancy);
  const open = fitting(free, refused);
  // What has just failed is most likely to fail again: other providers go first.
  const failed = new Set(refused === null ? tried.map((hop) => hop.provider) : []);
  const substitute = open.find((candidate) => !failed.has(candidate.provider)) ?? open[0];
  if (substitute) taken.add(substitute.model);
  return substitute ?? null;
};
