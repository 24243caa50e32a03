// What both prediction-market sources share: a quote read now may not answer for an as-of in the past.
import type { IsoInstant } from '../domain/world';
import { SourceFailure } from './port';

/** An as-of this close to now is live: the time a session takes to get round to its quotes. */
const LIVE_WINDOW_MS = 10 * 60_000;

/** @throws SourceFailure `refused` when `asOf` is so far back that a quote of now would be look-ahead. */
export const assertLive = (source: string, asOf: IsoInstant, nowMs: number): void => {
  if (nowMs - Date.parse(asOf) <= LIVE_WINDOW_MS) return;
  throw new SourceFailure(
    source,
    'refused',
    `${source} serves present prices only; the as-of ${asOf} is more than 10 minutes back`,
  );
};

/** Mid of bid and ask (to 1e-6) where both exist and do not cross, else the last trade, else null. */
export const midOrLast = (bid: number | null, ask: number | null, last: number | null): number | null => {
  const inside = (price: number | null): price is number => price !== null && price >= 0 && price <= 1;
  if (inside(bid) && inside(ask) && bid > 0 && ask < 1 && bid <= ask)
    return Math.round(((bid + ask) / 2) * 1e6) / 1e6;
  return inside(last) ? last : null;
};
