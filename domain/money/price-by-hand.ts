// The rates that nobody types: a price entered by hand names input and output, and what a provider asks for cache
// writes and long prompts stands in a fixed relation to those.
import type { ModelPrice } from '../selection/model';
import type { MicroUsd } from './micro-usd';

export interface PriceByHand {
  readonly inputPer1M: MicroUsd;
  readonly outputPer1M: MicroUsd;
  /** The price that it replaces; null: none is known. */
  readonly before: ModelPrice | null;
  /** Whether its provider caches what is marked, and bills the writing. */
  readonly marksCache: boolean;
}

/** `rate` in the relation of `to` to `from`, rounded up; null where `from` gives none. */
const inRelation = (rate: MicroUsd, from: MicroUsd, to: MicroUsd): MicroUsd | null =>
  from === 0 ? null : Number((BigInt(rate) * BigInt(to) + BigInt(from) - 1n) / BigInt(from));

/** Anthropic's prompt caching asks 1.25 times the input rate for what is written for five minutes. */
const writeRate = (inputPer1M: MicroUsd): MicroUsd => Math.ceil((inputPer1M * 5) / 4);

/** Micro-dollars per 1M tokens, in the relations of the price before; a first price has its provider's usual one. */
export const ratesNotTyped = ({
  inputPer1M,
  outputPer1M,
  before,
  marksCache,
}: PriceByHand): Pick<ModelPrice, 'cacheWritePer1M' | 'longContext'> => {
  const byInput = (rate: MicroUsd | null | undefined): MicroUsd | null =>
    before && rate !== null && rate !== undefined ? inRelation(rate, before.inputPer1M, inputPer1M) : null;
  const long = before?.longContext ?? null;
  return {
    cacheWritePer1M: byInput(before?.cacheWritePer1M) ?? (marksCache ? writeRate(inputPer1M) : null),
    longContext: long && {
      aboveInputTokens: long.aboveInputTokens,
      inputPer1M: byInput(long.inputPer1M) ?? inputPer1M,
      outputPer1M: inRelation(long.outputPer1M, before!.outputPer1M, outputPer1M) ?? outputPer1M,
      cachedInputPer1M: byInput(long.cachedInputPer1M),
      cacheWritePer1M: byInput(long.cacheWritePer1M),
    },
  };
};
