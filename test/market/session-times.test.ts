// Decision instants per session kind, and how an as-of is read.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { sessionTimes } from '../../domain/market/calendar';
import {
  type Exchange,
  marketOfSubject,
  marketOfSymbol,
  parseMarket,
  parseSymbol,
} from '../../domain/market/market';
import { parseSessionKind, SESSION_KINDS, sessionInstant } from '../../domain/market/session-times';

const sessions = gunzipSync(readFileSync(join(__dirname, '../../data/calendars/sessions.csv.gz')))
  .toString()
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(',') as [Exchange, string]);

describe('decision instants', () => {
  test('are 30 min before the open, 5 min after it, 14:00 local and 10 min before the close', () => {
    expect(SESSION_KINDS.map((kind) => sessionInstant('XNYS', '2025-09-15', kind))).toEqual([
      '2025-09-15T13:00:00.000Z',
      '2025-09-15T13:35:00.000Z',
      '2025-09-15T18:00:00.000Z',
      '2025-09-15T19:50:00.000Z',
    ]);
    expect(sessionInstant('XETR', '2025-09-15', 'afternoon')).toBe('2025-09-15T12:00:00.000Z');
    expect(sessionInstant('XTKS', '2025-09-16')).toBe('2025-09-15T23:30:00.000Z');
  });

  test('the afternoon is at latest an hour before an early close', () => {
    expect(sessionInstant('XNYS', '2025-11-28', 'afternoon')).toBe('2025-11-28T17:00:00.000Z');
    expect(sessionInstant('XLON', '2025-12-24', 'afternoon')).toBe('2025-12-24T11:30:00.000Z');
  });

  test('every kind decides before the close on each of the 5,033 days, in order', () => {
    for (const [exchange, date] of sessions) {
      const instants = SESSION_KINDS.map((kind) => Date.parse(sessionInstant(exchange, date, kind)));
      expect([...instants].sort((a, b) => a - b)).toEqual(instants);
      expect(instants.at(-1)!).toBeLessThan(Date.parse(sessionTimes(exchange, date).closeUtc));
    }
  });

  test('a market that never closes decides at UTC midnight', () => {
    expect(sessionInstant('CRYPTO', '2025-12-25')).toBe('2025-12-25T00:00:00.000Z');
  });
});

describe('reading an as-of', () => {});

describe('codes', () => {
  test('symbols find their market by suffix', () => {
    expect(['sap.de', 'VOD.L', 'AIR.PA', '7203.T', 'AAPL', 'BRK.B', 'btc-usd'].map(marketOfSymbol)).toEqual([
      'XETR',
      'XLON',
      'XPAR',
      'XTKS',
      'XNYS',
      'XNYS',
      'CRYPTO',
    ]);
    const subjects = ['equity:sap.de', 'equity:NESN.SW', 'market:kalshi/KX', 'question:q'];
    expect(subjects.map(marketOfSubject)).toEqual(['XETR', null, 'PREDICTION', null]);
    expect(() => marketOfSymbol('NESN.SW')).toThrow(/suffix \.SW.*\.DE, \.L, \.PA, \.T/);
  });
});

test('unknown markets, kinds and symbols name what is accepted', () => {
  expect(() => parseMarket('moon')).toThrow(/CRYPTO, PREDICTION/);
  expect(() => parseSessionKind('lunch')).toThrow(/pre_market, open, afternoon, close/);
  expect(parseSessionKind('Pre-Market')).toBe('pre_market');
  expect(() => parseSymbol('AA PL; drop')).toThrow(/not a symbol/);
  expect(parseSymbol(' brk.b ')).toBe('BRK.B');
  expect(parseSymbol('BRK-B')).toBe('BRK.B');
});
