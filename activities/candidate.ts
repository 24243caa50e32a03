// A registry entry as a candidate for a call.
import type { ModelEntry } from '../domain/selection/model';
import { typicalWorstCase } from '../domain/selection/typical-call';
import type { Candidate } from '../workflows/contracts/calls';

export const toCandidate = (model: ModelEntry): Candidate => ({
  model: model.id,
  provider: model.provider,
  worstCaseMicroUsd: typicalWorstCase(model),
  statistical: model.statistical,
  recorded: model.provider === 'recorded',
});
