// Which of two models asks no more for any call (E6). A guess at a usual call's length would not do: with a long
// prompt the one that is cheaper by the guess may be half as dear again.
import type { MicroUsd } from '../money/micro-usd';
import { ratesFor } from '../money/prices';
import type { ModelEntry } from './model';

/** Micro-dollars per 1M tokens. */
interface Rates {
  /** At the dearest that a token of input is billed: many makers bill more for what is written to a cache. */
  readonly inputPer1M: MicroUsd;
  readonly outputPer1M: MicroUsd;
  /** Of input that nothing is cached of. Absent: planned before it was kept. */
  readonly plainInputPer1M?: MicroUsd;
}

export interface TopRates extends Rates {
  /** Those of long prompts, from so many input tokens on; null: as of all. Absent: planned before they were kept. */
  readonly long?: (Rates & { readonly aboveInputTokens: number }) | null;
}

/** 0 where no price is known: such a model is free, or its call is refused. */
export const topRates = ({ price }: Pick<ModelEntry, 'price'>): TopRates => {
  if (!price) return { inputPer1M: 0, outputPer1M: 0, plainInputPer1M: 0, long: null };
  const ratesAt = (inputTokens: number): Rates => {
    const { input, cacheWrite, output } = ratesFor(price, inputTokens);
    return { inputPer1M: Math.max(input, cacheWrite), outputPer1M: output, plainInputPer1M: input };
  };
  const above = price.longContext?.aboveInputTokens;
  return {
    ...ratesAt(0),
    long: above === undefined ? null : { ...ratesAt(above + 1), aboveInputTokens: above },
  };
};

/** Plans made before plain rates were kept are compared by the dearest alone. */
const isWithin = (one: Rates, first: Rates): boolean =>
  one.inputPer1M <= first.inputPer1M &&
  one.outputPer1M <= first.outputPer1M &&
  (one.plainInputPer1M ?? 0) <= (first.plainInputPer1M ?? Number.POSITIVE_INFINITY);

const ratesOf = (rates: TopRates, inputTokens: number): Rates =>
  rates.long && inputTokens > rates.long.aboveInputTokens ? rates.long : rates;

/** True where no call of `one` costs more than the same call of `first`, whether long or written to a cache. */
export const isNoDearer = (one: TopRates, first: TopRates): boolean => {
  const bounds = [one.long, first.long].flatMap((long) => long?.aboveInputTokens ?? []);
  return [0, ...bounds.map((bound) => bound + 1)].every((inputTokens) =>
    isWithin(ratesOf(one, inputTokens), ratesOf(first, inputTokens)),
  );
};
