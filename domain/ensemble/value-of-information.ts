// What one more, better answer is worth before it is bought: the expected gain in the trade it may change.
import type { MicroUsd } from '../money/micro-usd';
import { pullToPrice } from './sizing';

/**
 * How far a further stage is expected to move a probability, as a standard deviation, before it is learnt:
 * members of one ensemble lie about this far apart.
 */
const PRIOR_REVISION_STD = 0.08;

/** Standard normal density. */
const density = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);

/** Upper tail of the standard normal, by Abramowitz and Stegun 26.2.17; error below 7.5e-8. */
export const normalTail = (x: number): number => {
  if (x < 0) return 1 - normalTail(-x);
  const t = 1 / (1 + 0.2316419 * x);
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return density(x) * series;
};

/** E[max(X, 0)] of a normal X: the unit normal loss integral (Raiffa and Schlaifer 1961). */
export const expectedPositivePart = (mean: number, std: number): number => {
  if (std === 0) return Math.max(mean, 0);
  const z = mean / std;
  return Math.max(0, std * density(z) + mean * normalTail(-z));
};

/** What a contract is traded by once there is an answer (requirement B8). */
export interface TradeTerms {
  /** Fees per unit of payoff, entry and exit together. */
  readonly fee: number;
  /** Weight w of the members against the price. */
  readonly modelWeight: number;
}

export interface ValueOfInformationInput {
  /** The probability now. */
  readonly probability: number;
  /** Null: even odds. */
  readonly priceOfYes: number | null;
  readonly stakeMicroUsd: MicroUsd;
  /** Default: at the probability itself and without a fee. */
  readonly trade?: TradeTerms;
  /** Standard deviation of the change the new answer brings. Default .08. */
  readonly revisionStd?: number;
}

const RAW_TRADE: TradeTerms = { fee: 0, modelWeight: 1 };

/**
 * Expected value of sample information for a trade of yes, no or neither (Raiffa and Schlaifer 1961): stake x
 * (E[gain at the revised p] - gain at the present p), where gain(p) = max(|p - price| - fee, 0) per unit of
 * payoff and the revision is normal around the present p. With `trade`, p is the probability pulled to the price, as
 * sizing takes it, and what moves p by s moves that by w s (log-odds are linear in w; a little less far from one half).
 * Never negative; largest at the edge of trading.
 * @returns micro-dollars, not rounded.
 */
export const valueOfInformation = (input: ValueOfInformationInput): number => {
  const { stakeMicroUsd, trade = RAW_TRADE } = input;
  // Nothing is pulled to a price that nobody knows.
  const { fee, modelWeight } = input.priceOfYes === null ? RAW_TRADE : trade;
  const price = input.priceOfYes ?? 0.5;
  const pulled = modelWeight === 1 ? input.probability : pullToPrice(input.probability, price, modelWeight);
  const std = modelWeight * (input.revisionStd ?? PRIOR_REVISION_STD);
  const edge = pulled - price;
  const now = Math.max(Math.abs(edge) - fee, 0);
  const then = expectedPositivePart(edge - fee, std) + expectedPositivePart(-edge - fee, std);
  return stakeMicroUsd * Math.max(0, then - now);
};
