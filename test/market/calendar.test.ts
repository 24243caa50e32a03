// The compact calendars against the full listing that exchange_calendars gave, session by session.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import {
  addTradingDays,
  calendarEndWarning,
  closedReason,
  isMarketOpen,
  isTradingDay,
  lastKnownTradingDay,
  localDateOf,
  nextTradingDay,
  previousTradingDay,
  sessionTimes,
  tradingDays,
} from '../../domain/market/calendar';
import { addMinutes } from '../../domain/market/iso-date';
import { EXCHANGES, type Exchange, zoneOf } from '../../domain/market/market';

const listing = gunzipSync(readFileSync(join(__dirname, '../../data/calendars/sessions.csv.gz')))
  .toString()
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(',') as [Exchange, string, string, string]);

const COUNTS = { XETR: 1017, XNYS: 1004, XLON: 1013, XPAR: 1025, XTKS: 974 } as const;

const anyExchange = fc.constantFrom(...EXCHANGES);
const anyDay = fc
  .integer({ min: 20, max: 1440 })
  .map((offset) => new Date(Date.UTC(2024, 0, 1 + offset)).toISOString().slice(0, 10));

describe('trading days of 2024-2027', () => {
  test.each(EXCHANGES)('%s has exactly the days that the reference lists', (exchange) => {
    const expected = listing.filter(([code]) => code === exchange).map(([, date]) => date);
    expect(tradingDays(exchange, '2024-01-01', '2027-12-31')).toEqual(expected);
    expect(expected).toHaveLength(COUNTS[exchange]);
  });

  test('there are 5,033 of them over the five exchanges, each with the reference open and close in UTC', () => {
    const ours = listing.map(([exchange, date]) => {
      const { openUtc, closeUtc } = sessionTimes(exchange, date);
      return [exchange, date, openUtc, closeUtc];
    });
    expect(ours).toHaveLength(5033);
    expect(ours).toEqual(listing);
  });

  test('the committed offsets put every open at its local hour, by the zone database', () => {
    for (const exchange of EXCHANGES) {
      const local = new Intl.DateTimeFormat('sv-SE', {
        timeZone: zoneOf(exchange),
        dateStyle: 'short',
        timeStyle: 'short',
      });
      for (const [code, date, openUtc] of listing) {
        if (code !== exchange) continue;
        const expected = exchange === 'XNYS' ? '09:30' : exchange === 'XLON' ? '08:00' : '09:00';
        expect(local.format(new Date(openUtc))).toBe(`${date} ${expected}`);
      }
    }
  });

  test('the opening moves by an hour in UTC across each daylight-saving change, and not in Tokyo', () => {
    expect(sessionTimes('XNYS', '2025-03-07').openUtc).toBe('2025-03-07T14:30:00.000Z');
    expect(sessionTimes('XNYS', '2025-03-10').openUtc).toBe('2025-03-10T13:30:00.000Z');
    expect(sessionTimes('XETR', '2025-03-28').openUtc).toBe('2025-03-28T08:00:00.000Z');
    expect(sessionTimes('XETR', '2025-03-31').openUtc).toBe('2025-03-31T07:00:00.000Z');
    expect(sessionTimes('XTKS', '2025-03-31').openUtc).toBe('2025-03-31T00:00:00.000Z');
  });

  test('early closes and the longer Tokyo hours of November 2024 are known', () => {
    expect(sessionTimes('XNYS', '2025-11-28')).toEqual({
      openUtc: '2025-11-28T14:30:00.000Z',
      closeUtc: '2025-11-28T18:00:00.000Z',
      earlyClose: true,
    });
    expect(sessionTimes('XTKS', '2024-11-01').closeUtc).toBe('2024-11-01T06:00:00.000Z');
    expect(sessionTimes('XTKS', '2024-11-05').closeUtc).toBe('2024-11-05T06:30:00.000Z');
    expect(sessionTimes('XTKS', '2024-11-05').earlyClose).toBe(false);
  });

  test('a closed day says why, and asking for its hours names the next trading day', () => {
    expect(closedReason('XNYS', '2025-07-04')).toBe('holiday');
    expect(closedReason('XNYS', '2025-07-05')).toBe('weekend');
    expect(closedReason('XNYS', '2025-07-07')).toBeNull();
    expect(() => sessionTimes('XNYS', '2025-07-04')).toThrow(/closed on 2025-07-04 \(holiday\).*2025-07-07/);
  });
});

describe('moving along the calendar', () => {
  test('next and previous are inverse, and stepping n equals n steps', () => {
    fc.assert(
      fc.property(anyExchange, anyDay, fc.integer({ min: 1, max: 8 }), (exchange, day, count) => {
        const next = nextTradingDay(exchange, day);
        expect(isTradingDay(exchange, next)).toBe(true);
        expect(previousTradingDay(exchange, next) <= day).toBe(true);
        let stepped = day;
        for (let i = 0; i < count; i += 1) stepped = previousTradingDay(exchange, stepped);
        expect(addTradingDays(exchange, day, -count)).toBe(stepped);
        expect(tradingDays(exchange, stepped, day).filter((each) => each < day)).toHaveLength(count);
      }),
    );
  });

  test('a daily bar is known from the very instant of its close, and not a minute before', () => {
    fc.assert(
      fc.property(anyExchange, anyDay, (exchange, day) => {
        const date = nextTradingDay(exchange, day);
        const { closeUtc } = sessionTimes(exchange, date);
        expect(lastKnownTradingDay(exchange, closeUtc)).toBe(date);
        expect(lastKnownTradingDay(exchange, addMinutes(closeUtc, -1))).toBe(
          previousTradingDay(exchange, date),
        );
      }),
    );
  });

  test('a market is open from its open until just before its close, early closes included', () => {
    expect(isMarketOpen('XNYS', '2025-11-28T17:59:00.000Z')).toBe(true);
    expect(isMarketOpen('XNYS', '2025-11-28T18:00:00.000Z')).toBe(false);
    expect(isMarketOpen('XNYS', '2025-11-28T14:29:00.000Z')).toBe(false);
    expect(isMarketOpen('XNYS', '2025-11-27T16:00:00.000Z')).toBe(false);
    expect(isMarketOpen('CRYPTO', '2025-12-25T03:00:00.000Z')).toBe(true);
  });

  test('the local day of an instant is that of the exchange', () => {
    expect(localDateOf('XTKS', '2025-09-14T23:30:00.000Z')).toBe('2025-09-15');
    expect(localDateOf('XNYS', '2025-09-16T01:00:00.000Z')).toBe('2025-09-15');
  });

  test('markets that never close trade every day, and know a day at its midnight', () => {
    expect(tradingDays('CRYPTO', '2025-12-24', '2025-12-28')).toHaveLength(5);
    expect(lastKnownTradingDay('CRYPTO', '2025-12-25T00:00:00.000Z')).toBe('2025-12-24');
  });
});

describe('the end of the calendar', () => {
  test('is warned of a quarter ahead and after it', () => {
    expect(calendarEndWarning('XETR', '2027-09-30T00:00:00.000Z')).toBeNull();
    expect(calendarEndWarning('XETR', '2027-10-15T00:00:00.000Z')).toMatch(/ends on 2027-12-31, in 77 days/);
    expect(calendarEndWarning('XETR', '2028-01-02T00:00:00.000Z')).toMatch(/ended on 2027-12-31/);
    expect(calendarEndWarning('CRYPTO', '2030-01-01T00:00:00.000Z')).toBeNull();
  });

  test('a day beyond it, or no day at all, is an error that names the range or the form', () => {
    expect(() => isTradingDay('XPAR', '2028-01-03')).toThrow(/runs from 2024-01-01 to 2027-12-31/);
    expect(() => isTradingDay('XPAR', '2025-02-30')).toThrow(/accepted: YYYY-MM-DD/);
    expect(() => addTradingDays('XPAR', '2027-12-30', 9)).toThrow(RangeError);
    expect(() => addTradingDays('XPAR', '2025-12-30', 1.5)).toThrow(/whole number/);
  });
});
