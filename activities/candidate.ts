// A registry entry as a candidate for a call.
import { worstCaseCost } from '../domain/money/estimate';
import type { ModelEntry } from '../domain/selection/model';
import type { Candidate } from '../workflows/contracts/calls';

/** Tokens of a usual forecast prompt and its answer: only for comparing prices, never for reserving. */
const TYPICAL_INPUT_TOKENS = 3_000;
const TYPICAL_OUTPUT_TOKENS = 4_000;

export const toCandidate = (model: ModelEntry): Candidate => ({
  model: model.id,
  provider: model.provider,
  worstCaseMicroUsd: model.price
    ? worstCaseCost(TYPICAL_INPUT_TOKENS, Math.min(TYPICAL_OUTPUT_TOKENS, model.maxOutputTokens), model.price)
    : 0,
  statistical: model.statistical,
  recorded: model.provider === 'recorded',
});
