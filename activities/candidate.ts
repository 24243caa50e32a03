// A registry entry as a candidate for a call.
import type { ModelEntry } from '../domain/selection/model';
import { topRates } from '../domain/selection/no-dearer';
import { typicalWorstCase } from '../domain/selection/typical-call';
import type { Candidate } from '../workflows/contracts/calls';
import type { ActivityOptions } from './dependencies';

export const toCandidate = (model: ModelEntry): Candidate => ({
  model: model.id,
  provider: model.provider,
  worstCaseMicroUsd: typicalWorstCase(model),
  rates: topRates(model),
  statistical: model.statistical,
  recorded: model.provider === 'recorded',
});

/** Gives candidates the time that the calls of their providers may take, where it is not the usual one. */
export const withDeadlines =
  ({ callDeadlines }: Pick<ActivityOptions, 'callDeadlines'>) =>
  <T extends Candidate>(candidates: readonly T[]): readonly T[] =>
    candidates.map((candidate) => {
      const deadlineMs = callDeadlines?.get(candidate.provider);
      return deadlineMs === undefined ? candidate : { ...candidate, deadlineMs };
    });
