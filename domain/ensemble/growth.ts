// What sized positions did to the bankroll: the yardstick of sizing is log growth after fees, which a rule that
// bets too much loses on even when it is right on average.
import type { MicroUsd } from '../money/micro-usd';
import type { Outcome } from '../track/scoring';
import { contractReturn } from './contract-bet';
import type { TradeAction } from './sizing-input';

export interface SettledContract {
  readonly action: TradeAction;
  readonly sizeMicroUsd: MicroUsd;
  readonly bankrollMicroUsd: MicroUsd;
  readonly priceOfYes: number;
  /** Fees per unit of payoff, as sized with. */
  readonly fee: number;
  readonly outcome: Outcome;
}

/**
 * log(bankroll after / bankroll before) of one contract position (Kelly 1956). 0 when held.
 * @throws RangeError when the position is not below the bankroll, where the logarithm ends.
 */
export const contractLogGrowth = (settled: SettledContract): number => {
  if (settled.action === 'hold') return 0;
  const share = settled.sizeMicroUsd / settled.bankrollMicroUsd;
  if (!(share >= 0 && share < 1)) {
    throw new RangeError(`sizeMicroUsd is ${share} of the bankroll; accepted: at least 0 and below 1`);
  }
  return Math.log1p(share * contractReturn({ ...settled, yes: settled.action === 'buy' }, settled.outcome));
};

export interface MeanGrowth {
  readonly n: number;
  /** Null of nothing. */
  readonly mean: number | null;
  /** Of the mean, from the sample variance of independent clusters; null below two. */
  readonly standardError: number | null;
}

/** Mean log growth with its standard error; give one value per independent cluster. */
export const meanGrowth = (growths: readonly number[]): MeanGrowth => {
  const n = growths.length;
  if (n === 0) return { n, mean: null, standardError: null };
  const mean = growths.reduce((total, growth) => total + growth, 0) / n;
  if (n === 1) return { n, mean, standardError: null };
  const squares = growths.reduce((total, growth) => total + (growth - mean) ** 2, 0);
  return { n, mean, standardError: Math.sqrt(squares / (n - 1) / n) };
};
