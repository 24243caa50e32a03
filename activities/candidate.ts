// A registry entry as a candidate for a call.
import type { ModelEntry } from '../domain/selection/model';
import { topRates } from '../domain/selection/no-dearer';
import { typicalWorstCase } from '../domain/selection/typical-call';
import type { Candidate } from '../workflows/contracts/calls';

export const toCandidate = (model: ModelEntry): Candidate => ({
  model: model.id,
  provider: model.provider,
  worstCaseMicroUsd: typicalWorstCase(model),
  rates: topRates(model),
  statistical: model.statistical,
  recorded: model.provider === 'recorded',
});
