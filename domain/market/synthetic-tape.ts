// A made-up tape for the first run without internet: deterministic per symbol and day, so that any two
// processes, and any two as-of instants, agree on every bar they share. No symbol's real price is imitated.
import type { IsoDate, IsoInstant } from '../world';
import type { Bar } from './bar';
import { lastKnownTradingDay, tradingDays } from './calendar';
import { CALENDAR_FIRST_DAY } from './exchange-calendars';
import type { Market } from './market';

/** FNV-1a, 32 bit: spreads a text over the seeds. */
const hash32 = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
};

/** Numbers in [0, 1) from a seed text (mulberry32): the same text gives the same sequence. */
export const seededNumbers = (seed: string): (() => number) => {
  let state = hash32(seed);
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** Standard normal draw (Box and Muller 1958). */
const normal = (next: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

interface Character {
  readonly start: number;
  readonly drift: number;
  readonly volatility: number;
  /** Share of the market's common move. */
  readonly beta: number;
  /** Carry-over of yesterday's own move: above 0 trends, below 0 reverts. */
  readonly persistence: number;
  readonly volume: number;
}

const characterOf = (symbol: string): Character => {
  const next = seededNumbers(`synthetic|${symbol}`);
  return {
    start: 20 * Math.exp(3 * next()),
    drift: -0.0002 + 0.0009 * next(),
    volatility: 0.008 + 0.014 * next(),
    beta: 0.4 + 0.9 * next(),
    persistence: -0.15 + 0.3 * next(),
    volume: Math.round(200_000 * Math.exp(4 * next())),
  };
};

/** The market's common move of a day; volatility drifts over the year so that regimes differ. */
const marketMove = (market: Market, date: IsoDate): number => {
  const season = 1 + 0.5 * Math.sin(hash32(`${market}|${date.slice(0, 7)}`) / 1e9);
  return 0.008 * season * normal(seededNumbers(`synthetic|${market}|${date}`));
};

const cents = (price: number): number => Math.max(0.01, Math.round(price * 100) / 100);

interface Walk {
  readonly close: number;
  readonly ownMove: number;
}

const barOf = (symbol: string, date: IsoDate, before: Walk, who: Character, common: number): [Bar, Walk] => {
  const next = seededNumbers(`synthetic|${symbol}|${date}`);
  const ownMove = who.persistence * before.ownMove + who.volatility * normal(next);
  const open = before.close * Math.exp(0.3 * who.volatility * normal(next));
  const close = before.close * Math.exp(who.drift + who.beta * common + ownMove);
  const reach = () => Math.exp(0.5 * who.volatility * Math.abs(normal(next)));
  const volume = Math.round(who.volume * Math.exp(0.35 * normal(next) + 12 * Math.abs(ownMove)));
  const bar: Bar = {
    symbol,
    date,
    open: cents(open),
    high: cents(Math.max(open, close) * reach()),
    low: cents(Math.min(open, close) / reach()),
    close: cents(close),
    volume,
  };
  return [bar, { close, ownMove }];
};

/**
 * The made-up bars of a symbol known at `asOf`, oldest first, from the calendar's first day. A later as-of
 * only appends.
 * @throws RangeError when `asOf` is outside the market's calendar.
 */
export const syntheticBars = (symbol: string, market: Market, asOf: IsoInstant): readonly Bar[] => {
  const who = characterOf(symbol);
  let walk: Walk = { close: who.start, ownMove: 0 };
  return tradingDays(market, CALENDAR_FIRST_DAY, lastKnownTradingDay(market, asOf)).map((date) => {
    const [bar, after] = barOf(symbol, date, walk, who, marketMove(market, date));
    walk = after;
    return bar;
  });
};
