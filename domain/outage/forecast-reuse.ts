// When a stored forecast may stand in for a call (F5): while providers are out, and for nothing else than the
// very same question in the very same circumstances.
import type { IsoInstant, WorldId } from '../world';

/** 30 minutes: news older than that may have moved a market without a brief noticing. */
export const FORECAST_REUSE_MS = 30 * 60_000;
/** Relative move of the price of yes beyond which a forecast is about another market. */
const FORECAST_REUSE_PRICE_SHARE = 0.01;

export interface ForecastCircumstances {
  readonly world: WorldId;
  readonly propositionId: string;
  readonly briefId: string;
  readonly model: string;
  /** Price of yes, or of the symbol; null when unknown. */
  readonly price: number | null;
}

export interface StoredForecast extends ForecastCircumstances {
  readonly madeAt: IsoInstant;
}

export type ReuseVerdict =
  | { readonly reusable: true }
  | { readonly reusable: false; readonly reason: string };

const refuse = (reason: string): ReuseVerdict => ({ reusable: false, reason });

/** Whether a forecast made at one price is still about the market at the other; unknown agrees with unknown only. */
export const pricesAgree = (then: number | null, now: number | null): boolean => {
  if (then === null || now === null) return then === now;
  return Math.abs(now - then) <= FORECAST_REUSE_PRICE_SHARE * Math.abs(then) + 1e-12;
};

/** Whether `stored` may answer for `wanted` at `now`; the reason names the first circumstance that differs. */
export const reusableForecast = (
  stored: StoredForecast,
  wanted: ForecastCircumstances,
  now: IsoInstant,
): ReuseVerdict => {
  if (stored.world !== wanted.world) return refuse('another world');
  if (stored.model !== wanted.model) return refuse('another model');
  if (stored.propositionId !== wanted.propositionId) return refuse('another proposition');
  if (stored.briefId !== wanted.briefId) return refuse('another brief');
  const ageMs = Date.parse(now) - Date.parse(stored.madeAt);
  if (ageMs < 0) return refuse('made after the as-of instant');
  if (ageMs > FORECAST_REUSE_MS) return refuse(`older than ${FORECAST_REUSE_MS / 60_000} minutes`);
  if (!pricesAgree(stored.price, wanted.price)) return refuse('the price moved by more than 1 %');
  return { reusable: true };
};
