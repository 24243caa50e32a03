// Every scheduled run on its own side of open and close, on days that close early too.
import {
  isWarmed,
  paperDateOf,
  SCHEDULE_KINDS,
  scheduleInstant,
  warmedDateOf,
} from '../../domain/desk/schedule-kinds';
import { sessionTimes, tradingDays } from '../../domain/market/calendar';
import { CALENDAR_FIRST_DAY, CALENDAR_LAST_DAY } from '../../domain/market/exchange-calendars';
import { EXCHANGES, MARKETS } from '../../domain/market/market';
import { outdatedAt } from '../../domain/research/ttl';

/** Kinds by where they belong; orders are placed before the open and settled after the close. */
const BEFORE_OPEN = ['warming', 'paper_orders', 'pre_market'];
const WHILE_OPEN = ['open', 'afternoon', 'close'];

const sideOf = (instant: string, { openUtc, closeUtc }: { openUtc: string; closeUtc: string }): string =>
  instant < openUtc ? 'before' : instant < closeUtc ? 'open' : 'after';

const wantedSide = (kind: string): string =>
  BEFORE_OPEN.includes(kind) ? 'before' : WHILE_OPEN.includes(kind) ? 'open' : 'after';

test.each(EXCHANGES)('no run of %s falls on the wrong side of a day, early closes included', (market) => {
  const days = tradingDays(market, CALENDAR_FIRST_DAY, CALENDAR_LAST_DAY).map((day) => ({
    day,
    times: sessionTimes(market, day),
  }));
  const wrong = days.flatMap(({ day, times }) =>
    SCHEDULE_KINDS.filter(
      (kind) => sideOf(scheduleInstant(market, day, kind, 45), times) !== wantedSide(kind),
    ).map((kind) => `${day} ${kind}`),
  );
  expect(wrong).toEqual([]);
  expect(days.length).toBeGreaterThan(900);
});

test('on the Friday after Thanksgiving the day is settled after its early close', () => {
  const times = sessionTimes('XNYS', '2026-11-27');
  expect(times).toMatchObject({ earlyClose: true, closeUtc: '2026-11-27T18:00:00.000Z' });
  expect(scheduleInstant('XNYS', '2026-11-27', 'close', 45)).toBe('2026-11-27T17:50:00.000Z');
  expect(scheduleInstant('XNYS', '2026-11-27', 'end_of_day', 45)).toBe('2026-11-27T18:20:00.000Z');
});

test.each([
  ['XETR', '2026-11-20T17:15:00.000Z'],
  ['XPAR', '2026-11-20T17:15:00.000Z'],
  ['XLON', '2026-11-20T17:15:00.000Z'],
  ['XTKS', '2026-11-20T07:15:00.000Z'],
] as const)('a day of %s is settled once its closing auction shows, at %s', (market, settled) => {
  expect(scheduleInstant(market, '2026-11-20', 'end_of_day', 45)).toBe(settled);
});

test('where midnight is the open, orders are placed on the evening before and the day is settled in the night after', () => {
  expect(sessionTimes('CRYPTO', '2026-11-21').openUtc).toBe('2026-11-21T00:00:00.000Z');
  const orders = scheduleInstant('CRYPTO', '2026-11-21', 'paper_orders', 45);
  const settled = scheduleInstant('CRYPTO', '2026-11-21', 'end_of_day', 45);
  expect([orders, settled]).toEqual(['2026-11-20T23:30:00.000Z', '2026-11-22T00:20:00.000Z']);
  expect(paperDateOf('CRYPTO', 'orders', orders)).toBe('2026-11-21');
  expect(paperDateOf('CRYPTO', 'end_of_day', settled)).toBe('2026-11-21');
  expect(paperDateOf('CRYPTO', 'orders', '2026-11-20T15:00:00.000Z')).toBe('2026-11-20');
});

test.each([
  // Local 06:00 in New York on a Tuesday, on a Monday, and 02:00 in Tokyo.
  ['XNYS', '2026-03-10T10:00:00.000Z', '2026-03-09'],
  ['XNYS', '2026-03-09T10:00:00.000Z', '2026-03-06'],
  ['XTKS', '2026-03-09T17:00:00.000Z', '2026-03-09'],
  ['CRYPTO', '2026-03-10T06:00:00.000Z', '2026-03-09'],
] as const)('an end of day of %s at %s settles the day that closed last', (market, at, day) => {
  expect(paperDateOf(market, 'end_of_day', at)).toBe(day);
});

test('coins have no warming: their session begins as a day closes', () => {
  expect(MARKETS.filter((market) => !isWarmed(market))).toEqual(['CRYPTO']);
  const session = scheduleInstant('CRYPTO', '2026-03-10', 'pre_market', 45);
  expect(outdatedAt('equity:BTC-USD', scheduleInstant('CRYPTO', '2026-03-10', 'warming', 45))).toBe(session);
});

test.each([
  ['PREDICTION', '2026-03-09T22:00:00.000Z', '2026-03-10'],
  ['PREDICTION', '2026-03-10T00:00:00.000Z', '2026-03-10'],
  ['XTKS', '2026-03-09T14:30:00.000Z', '2026-03-10'],
  ['XNYS', '2026-03-10T13:00:00.000Z', '2026-03-10'],
] as const)('warming of %s at %s is for the session that follows', (market, at, day) => {
  expect(warmedDateOf(market, at, 45)).toBe(day);
});

test.each(EXCHANGES)('a paper run of %s is for its own local day', (market) => {
  for (const day of tradingDays(market, '2026-01-02', '2026-12-30'))
    expect([
      paperDateOf(market, 'orders', scheduleInstant(market, day, 'paper_orders', 45)),
      paperDateOf(market, 'end_of_day', scheduleInstant(market, day, 'end_of_day', 45)),
    ]).toEqual([day, day]);
});
