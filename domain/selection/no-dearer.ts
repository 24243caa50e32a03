// Which of two models asks no more for any call (E6). A guess at a usual call's length would not do: with a long
// prompt the one that is cheaper by the guess may be half as dear again.
import type { MicroUsd } from '../money/micro-usd';
import type { ModelEntry } from './model';

/** Micro-dollars per 1M tokens, at the dearest that a token of the kind is billed. */
export interface TopRates {
  readonly inputPer1M: MicroUsd;
  readonly outputPer1M: MicroUsd;
}

/** 0 where no price is known: such a model is free, or its call is refused. */
export const topRates = ({ price }: Pick<ModelEntry, 'price'>): TopRates => ({
  inputPer1M: price ? Math.max(price.inputPer1M, price.cacheWritePer1M ?? 0) : 0,
  outputPer1M: price?.outputPer1M ?? 0,
});

export const isNoDearer = (one: TopRates, first: TopRates): boolean =>
  one.inputPer1M <= first.inputPer1M && one.outputPer1M <= first.outputPer1M;
