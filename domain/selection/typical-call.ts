// What a usual call costs at most on a model: for comparing prices and for what a budget has room for, with the output
// that its reservation holds.
import { worstCaseCost } from '../money/estimate';
import type { MicroUsd } from '../money/micro-usd';
import type { ModelEntry } from './model';
import { outputRoom } from './output-room';

/** Tokens of a usual forecast prompt. */
const TYPICAL_INPUT_TOKENS = 3_000;

/** 0 where no price is known: such a model is free, or its call is refused. */
export const typicalWorstCase = (model: ModelEntry): MicroUsd =>
  model.price ? worstCaseCost(TYPICAL_INPUT_TOKENS, outputRoom(model, 'forecast'), model.price) : 0;
