// The few statistics that all house forecasters share, so that each model file holds only its idea.
import { normalTail } from '../../domain/ensemble/value-of-information';
import type { Bar } from '../../domain/market/bar';
import { sampleStd } from '../../domain/market/returns';

export const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Sample standard deviation (n - 1); 0 with fewer than two values. */
export const deviation = (values: readonly number[]): number => (values.length < 2 ? 0 : sampleStd(values));

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
};

/** Log return over the last `days` bars; 0 when there are not enough. */
export const returnOver = (bars: readonly Bar[], days: number): number => {
  const last = bars.at(-1);
  const first = bars.at(-1 - days);
  return last && first ? Math.log(last.close / first.close) : 0;
};

/** Standard normal distribution function. */
export const normalCdf = (z: number): number => normalTail(-z);

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

export const logit = (p: number): number => Math.log(p / (1 - p));

export const clamp = (value: number, low: number, high: number): number =>
  Math.min(high, Math.max(low, value));

/**
 * Exponentially weighted variance of returns (RiskMetrics, 1996), seeded with the mean square of all.
 * @param halfLifeDays days after which a return has half its weight
 */
export const weightedVariance = (returns: readonly number[], halfLifeDays: number): number => {
  const decay = 0.5 ** (1 / halfLifeDays);
  const seed = mean(returns.map((value) => value * value));
  return returns.reduce((variance, value) => decay * variance + (1 - decay) * value * value, seed);
};

/** Whether the close `days` later was higher, for each day of the series that has such a day. */
export const risesAfter = (bars: readonly Bar[], days: number): readonly boolean[] =>
  bars.slice(0, Math.max(0, bars.length - days)).map((bar, index) => bars[index + days]!.close > bar.close);

/** Share of successes, pulled to `prior` as if `strength` observations had been seen before (Beta-binomial). */
export const shrunkShare = (successes: number, trials: number, prior: number, strength: number): number =>
  (successes + prior * strength) / (trials + strength);
