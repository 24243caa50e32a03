// What a leaderboard says of an account: return, Sharpe ratio, drawdown, hit rate, turnover, and what is left
// of the return when its model's calls are paid.
import type { MicroUsd } from '../money/micro-usd';
import { TRADING_DAYS_PER_YEAR } from './market';
import { mean, sampleStd } from './returns';

export interface PaperDay {
  readonly equityMicroUsd: MicroUsd;
  readonly tradedMicroUsd: MicroUsd;
  readonly feesMicroUsd: MicroUsd;
}

export interface PaperMetrics {
  readonly days: number;
  readonly equityMicroUsd: MicroUsd;
  /** Simple return since the start, e.g. 0.031. */
  readonly return: number;
  /** Annualised ratio of mean to sample deviation of daily returns, no risk-free rate; null when it is undefined. */
  readonly sharpe: number | null;
  /** Largest fall from a peak of equity as a share of the peak, at least 0. */
  readonly maxDrawdown: number;
  /** Share of completed round trips that gained after all fees; null without any. */
  readonly hitRate: number | null;
  readonly roundTrips: number;
  /** Value of all fills over mean equity, in the period. */
  readonly turnover: number;
  readonly feesMicroUsd: MicroUsd;
  readonly modelCostMicroUsd: MicroUsd;
  /** Return when the model's calls and its part of the research are paid from the account. */
  readonly returnAfterModelCost: number;
}

/** Daily simple returns, the first from the starting cash. */
const dailyReturns = (start: MicroUsd, equities: readonly MicroUsd[]): readonly number[] =>
  equities.map((equity, index) => equity / (equities[index - 1] ?? start) - 1);

/** Returns that differ by less than this do so by the rounding of equity to whole micro-dollars. */
const LEAST_DEVIATION = 1e-9;

/**
 * Sharpe (1994), "The Sharpe Ratio", with a risk-free rate of 0: sqrt(days a year) mean / sample deviation.
 * @param daysPerYear on which the market trades; 252 when absent
 */
export const sharpeRatio = (
  returns: readonly number[],
  daysPerYear: number = TRADING_DAYS_PER_YEAR,
): number | null => {
  const deviation = sampleStd(returns);
  return deviation > LEAST_DEVIATION ? (Math.sqrt(daysPerYear) * mean(returns)) / deviation : null;
};

export const maxDrawdownOf = (start: MicroUsd, equities: readonly MicroUsd[]): number => {
  let peak = start;
  let worst = 0;
  for (const equity of equities) {
    peak = Math.max(peak, equity);
    worst = Math.max(worst, (peak - equity) / peak);
  }
  return worst;
};

/** @param realized gain of each completed round trip after fees, in micro-dollars */
export const paperMetrics = (account: {
  readonly startCashMicroUsd: MicroUsd;
  readonly days: readonly PaperDay[];
  readonly realized: readonly number[];
  readonly modelCostMicroUsd: MicroUsd;
  /** 252 when absent; 365 where every day trades. */
  readonly daysPerYear?: number;
}): PaperMetrics => {
  const { startCashMicroUsd: start, days, realized, modelCostMicroUsd } = account;
  const equities = days.map(({ equityMicroUsd }) => equityMicroUsd);
  const equity = equities.at(-1) ?? start;
  const traded = days.reduce((sum, { tradedMicroUsd }) => sum + tradedMicroUsd, 0);
  return {
    days: days.length,
    equityMicroUsd: equity,
    return: equity / start - 1,
    sharpe: sharpeRatio(dailyReturns(start, equities), account.daysPerYear),
    maxDrawdown: maxDrawdownOf(start, equities),
    hitRate: realized.length === 0 ? null : realized.filter((gain) => gain > 0).length / realized.length,
    roundTrips: realized.length,
    turnover: equities.some((each) => each > 0) ? traded / mean(equities) : 0,
    feesMicroUsd: days.reduce((sum, { feesMicroUsd }) => sum + feesMicroUsd, 0),
    modelCostMicroUsd,
    returnAfterModelCost: (equity - modelCostMicroUsd) / start - 1,
  };
};
