// What both prediction-market sources share: a quote read now may not answer for an as-of in the past.
import type { IsoInstant } from '../domain/world';
import { SourceFailure } from './port';

/** Longest question that a venue may ask; it stands in every prompt, and patterns are looked for in it. */
export const MAX_QUESTION_CHARS = 1_000;

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

/** The widest book whose middle still says what a contract costs: beyond it nobody can trade near there. */
const WIDEST_SPREAD = 0.1;

const inside = (price: number | null): price is number => price !== null && price >= 0 && price <= 1;

/** Best bid and ask; a side that nobody is on is as far away as it can be. Null: they cross. */
const bookOf = (bid: number | null, ask: number | null): readonly [number, number] | null => {
  const [low, high] = [inside(bid) ? bid : 0, inside(ask) ? ask : 1];
  return low <= high ? [low, high] : null;
};

/**
 * Price of yes that could be traded near: the mid of bid and ask (to 1e-6) where both exist, else the last trade drawn
 * to the side that is there. Null where they are more than .10 apart or cross, or where nothing was ever traded.
 */
export const tradablePrice = (bid: number | null, ask: number | null, last: number | null): number | null => {
  const book = bookOf(bid, ask);
  if (book === null) return null;
  const [low, high] = book;
  if (high - low > WIDEST_SPREAD + 1e-9) return null;
  if (low > 0 && high < 1) return Math.round(((low + high) / 2) * 1e6) / 1e6;
  return inside(last) ? Math.min(Math.max(last, low), high) : null;
};
