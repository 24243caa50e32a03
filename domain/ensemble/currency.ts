// Prices in other currencies become micro-dollars only by a dated, recorded rate; without one the amount is
// refused rather than guessed.
import { MICRO_PER_USD, type MicroUsd } from '../money/micro-usd';
import type { IsoDate } from '../world';

/** Dollars for one whole unit of a currency, as recorded. */
export interface ExchangeRate {
  /** ISO 4217 code of a whole unit: `GBP`, never `GBp`. */
  readonly currency: string;
  readonly usdPerUnit: number;
  /** The day the rate is of. */
  readonly date: IsoDate;
  readonly source: string;
}

export interface ConversionInput {
  /** In the unit of `currency`. */
  readonly amount: number;
  /** ISO 4217 code, or a quoting unit such as `GBp` (0.01 GBP). */
  readonly currency: string;
  readonly rate: ExchangeRate | null;
  /** The day of the decision: a later rate is refused, and one more than a week older. */
  readonly asOf: IsoDate;
}

export type Conversion =
  /** `rate` is null for dollars. */
  | { readonly status: 'converted'; readonly microUsd: MicroUsd; readonly rate: ExchangeRate | null }
  | { readonly status: 'refused'; readonly why: string };

/** Quoting units that are a hundredth of a currency. Case matters: GBp is pence, GBP is pounds. */
const HUNDREDTHS: ReadonlyMap<string, string> = new Map([
  ['GBp', 'GBP'],
  ['GBX', 'GBP'],
  ['ILA', 'ILS'],
  ['ZAc', 'ZAR'],
]);

/** Weekends and holidays leave gaps in daily rates; none is longer than this. */
const OLDEST_RATE_DAYS = 7;
const DAY_MS = 86_400_000;

/** The whole currency behind a quoting unit and what one unit is of it. */
const currencyUnit = (unit: string): { readonly currency: string; readonly factor: number } => {
  const whole = HUNDREDTHS.get(unit);
  return whole ? { currency: whole, factor: 0.01 } : { currency: unit, factor: 1 };
};

const refusal = (rate: ExchangeRate | null, currency: string, asOf: IsoDate): string | null => {
  if (rate === null) return `No dated exchange rate for ${currency}`;
  if (rate.currency !== currency) return `Exchange rate is for ${rate.currency}, the price is in ${currency}`;
  if (!(rate.usdPerUnit > 0 && rate.usdPerUnit < Infinity))
    return `Exchange rate ${rate.usdPerUnit} is not a rate`;
  const ageDays = (Date.parse(asOf) - Date.parse(rate.date)) / DAY_MS;
  if (Number.isNaN(ageDays)) return `Exchange rate for ${currency} has no date`;
  if (ageDays < 0) return `Exchange rate for ${currency} is of ${rate.date}, after the decision`;
  if (ageDays > OLDEST_RATE_DAYS) return `Exchange rate for ${currency} is too old: ${rate.date}`;
  return null;
};

/**
 * An amount in micro-dollars, rounded up once; refused without a usable dated rate.
 * @throws RangeError when the amount is not a number of at least 0.
 */
export const toMicroUsd = ({ amount, currency, rate, asOf }: ConversionInput): Conversion => {
  if (!(amount >= 0 && amount < Infinity)) {
    throw new RangeError(`amount is ${amount}; accepted: a number of at least 0`);
  }
  const unit = currencyUnit(currency);
  const dollars = unit.currency === 'USD';
  const why = dollars ? null : refusal(rate, unit.currency, asOf);
  if (why !== null) return { status: 'refused', why };
  const usd = amount * unit.factor * (dollars ? 1 : rate!.usdPerUnit);
  // Fourteen digits are whole micro-dollars up to $99 million, and drop the noise of the multiplication before the ceiling.
  const microUsd = Math.ceil(Number((usd * MICRO_PER_USD).toPrecision(14)));
  return { status: 'converted', microUsd, rate: dollars ? null : rate };
};
