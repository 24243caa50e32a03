// What a usual call costs at most on a model: only for comparing prices, never for reserving.
import { worstCaseCost } from '../money/estimate';
import type { MicroUsd } from '../money/micro-usd';
import type { ModelEntry } from './model';

/** Tokens of a usual forecast prompt and its answer. */
const TYPICAL_INPUT_TOKENS = 3_000;
const TYPICAL_OUTPUT_TOKENS = 4_000;

/** 0 where no price is known: such a model is free, or its call is refused. */
export const typicalWorstCase = ({ price, maxOutputTokens }: ModelEntry): MicroUsd =>
  price ? worstCaseCost(TYPICAL_INPUT_TOKENS, Math.min(TYPICAL_OUTPUT_TOKENS, maxOutputTokens), price) : 0;
