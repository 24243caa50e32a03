// What a house forecaster is: a published statistical method over the bars known at the as-of instant. No
// language model is involved, and everything that shows one must say so.
import type { Bar } from '../../domain/market/bar';
import type { Proposition } from '../../domain/market/proposition';
import { clamp } from './series-statistics';

export interface HouseInput {
  /** Bars known at the as-of instant, oldest first; empty for prediction markets. */
  readonly bars: readonly Bar[];
  /** Trading days from the reference close to the resolving close; 0 where the rule has none. */
  readonly horizonDays: number;
  readonly proposition: Proposition | null;
  /** Price of yes where the subject is a market or a recorded question with a price; else null. */
  readonly marketPrice: number | null;
}

export interface HouseForecast {
  /** Probability of yes in [.02, .98]. */
  readonly p: number;
  readonly reasons: readonly string[];
}

export interface HouseAbstention {
  readonly abstain: string;
}

export interface HouseModel {
  readonly id: `house-${string}`;
  readonly displayName: string;
  /** '1' when absent. Counted up where the method is another: the record of an earlier one says nothing of it. */
  readonly version?: string;
  /** The method in one sentence. */
  readonly method: string;
  /** Where the method was published. */
  readonly source: string;
  /** What it reads: daily bars, or the price of a prediction market. */
  readonly reads: 'bars' | 'market_price';
  forecast(input: HouseInput): HouseForecast | HouseAbstention;
}

/**
 * Fewest bars a bar model works from: about six trading weeks. Below it, volatility and mean are noise;
 * well above it, short recorded tapes would leave no model standing.
 */
export const MIN_BARS = 30;

/** No daily statistic of a single stock justifies more certainty than this. */
export const forecastOf = (p: number, reasons: readonly string[]): HouseForecast => ({
  p: Number(clamp(p, 0.02, 0.98).toFixed(6)),
  reasons,
});

export const abstainOf = (reason: string): HouseAbstention => ({ abstain: reason });

export const abstains = (result: HouseForecast | HouseAbstention): result is HouseAbstention =>
  'abstain' in result;

/** Wraps a bar model's method with the checks that all of them need. */
export const barModel = (
  about: Pick<HouseModel, 'id' | 'displayName' | 'version' | 'method' | 'source'>,
  method: (bars: readonly Bar[], horizonDays: number) => HouseForecast | HouseAbstention,
): HouseModel => ({
  ...about,
  reads: 'bars',
  forecast: ({ bars, horizonDays }) => {
    if (horizonDays < 1) return abstainOf('the proposition has no horizon in trading days');
    if (bars.length < MIN_BARS) return abstainOf(`${bars.length} daily bars known; ${MIN_BARS} needed`);
    if (bars.some((bar) => !(bar.close > 0))) return abstainOf('a close is not above zero');
    return method(bars, horizonDays);
  },
});

/** One decimal of percent without a sign of its own, for shares and sizes: `28.4 %`. */
export const shareText = (value: number): string => `${(100 * value).toFixed(1)} %`;

/** A log return as the change it is, with one decimal of percent, for reasons: .698 is `+101.0 %`. */
export const logPercent = (logReturn: number): string =>
  `${logReturn >= 0 ? '+' : ''}${shareText(Math.expm1(logReturn))}`;
