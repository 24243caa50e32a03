// Statistics of bars: known values, and properties that hold for any tape.
import fc from 'fast-check';
import type { Bar } from '../../domain/market/bar';
import { averageTrueRange, figuresOf, maxDrawdown } from '../../domain/market/figures';
import {
  annualVolatility,
  dailyVolatility,
  logReturns,
  returnOver,
  rollingVolatility,
  volatilityPercentile,
} from '../../domain/market/returns';
import { seededNumbers, syntheticBars } from '../../domain/market/synthetic-tape';
import { barsOfCloses } from '../support/bars-of-closes';

const barOf = (close: number, index: number): Bar => ({
  symbol: 'X',
  date: `2025-01-${String(index + 1).padStart(2, '0')}`,
  open: close,
  high: close + 1,
  low: close - 1,
  close,
  volume: 100,
});
const tape = (closes: readonly number[]) => closes.map(barOf);
const closesOf = fc.array(fc.double({ min: 2, max: 500, noNaN: true }), { minLength: 25, maxLength: 60 });

describe('returns and volatility', () => {
  test('alternating moves of the same size have the volatility worked out by hand', () => {
    const closes = Array.from({ length: 21 }, (_, index) => (index % 2 === 0 ? 100 : 110));
    const step = Math.log(1.1);
    expect(dailyVolatility(tape(closes))).toBeCloseTo(step * Math.sqrt(20 / 19), 12);
    expect(annualVolatility(tape(closes))).toBeCloseTo(step * Math.sqrt((20 / 19) * 252), 12);
    expect(dailyVolatility(tape(closes.slice(1)))).toBeNull();
  });

  test('a coin trades every day of the year: its volatility and its year are of 365 days', () => {
    const closes = Array.from({ length: 400 }, (_, index) => (index < 100 ? 500 : 100 + (index % 2) * 10));
    const [share, coin] = ['X', 'BTC-USD'].map((symbol) => barsOfCloses(closes, { symbol }));
    expect(annualVolatility(coin!)! / annualVolatility(share!)!).toBeCloseTo(Math.sqrt(365 / 252), 12);
    expect(annualVolatility(coin!)).toBeCloseTo(Math.log(1.1) * Math.sqrt((20 / 19) * 365), 12);
    expect([share, coin].map((bars) => figuresOf(bars!).highOfYear)).toEqual([110, 500]);
  });

  test('log returns add up to the whole move, and scaling all prices changes nothing', () => {
    fc.assert(
      fc.property(closesOf, fc.double({ min: 0.1, max: 10, noNaN: true }), (closes, scale) => {
        const sum = logReturns(tape(closes)).reduce((a, b) => a + b, 0);
        expect(sum).toBeCloseTo(Math.log(closes.at(-1)! / closes[0]!), 8);
        const scaled = tape(closes.map((close) => close * scale));
        expect(dailyVolatility(scaled)!).toBeCloseTo(dailyVolatility(tape(closes))!, 8);
        expect(returnOver(scaled, 5)!).toBeCloseTo(returnOver(tape(closes), 5)!, 8);
      }),
    );
  });

  test('the last rolling volatility is the present one', () => {
    fc.assert(
      fc.property(closesOf, (closes) => {
        expect(rollingVolatility(closes).at(-1)!).toBeCloseTo(dailyVolatility(tape(closes))!, 10);
      }),
    );
  });

  test('volatility has no rank below 250 bars, a high one after a storm and a low one after calm', () => {
    const next = seededNumbers('regime');
    const walk = (sizes: readonly number[]) => {
      let close = 100;
      return tape(
        sizes.map((size) => {
          close *= 1 + size * (next() - 0.5);
          return close;
        }),
      );
    };
    const storm = walk(Array.from({ length: 260 }, (_, index) => (index < 230 ? 0.01 : 0.2)));
    const calm = walk(Array.from({ length: 260 }, (_, index) => (index < 230 ? 0.1 : 0.001)));
    expect(volatilityPercentile(storm)).toBeGreaterThan(2 / 3);
    expect(volatilityPercentile(calm)).toBeLessThan(1 / 3);
    expect(volatilityPercentile(storm.slice(0, 249))).toBeNull();
  });
});

describe('figures', () => {
  test('drawdown and true range have the values worked out by hand', () => {
    expect(maxDrawdown(tape([100, 120, 90, 130]))).toBeCloseTo(0.25);
    expect(averageTrueRange(tape(Array.from({ length: 15 }, () => 100)))).toBeCloseTo(2);
    expect(averageTrueRange(tape([100, 101]))).toBeNull();
  });

  test('leave out what needs more bars, and never hold a number that is not finite', () => {
    expect(figuresOf([])).toEqual({});
    expect(Object.keys(figuresOf(tape([10, 11])))).not.toContain('average20d');
    fc.assert(
      fc.property(closesOf, (closes) => {
        expect(Object.values(figuresOf(tape(closes))).every(Number.isFinite)).toBe(true);
      }),
    );
  });
});

describe('the made-up tape', () => {
  test('gives every as-of the same bars for the days they share', () => {
    const long = syntheticBars('AAPL', 'XNYS', '2026-11-20T22:00:00.000Z');
    const short = syntheticBars('AAPL', 'XNYS', '2025-09-15T13:00:00.000Z');
    expect(long.slice(0, short.length)).toEqual(short);
    expect(short.at(-1)!.date).toBe('2025-09-12');
  });

  test('differs between symbols and is well formed', () => {
    const [a, b] = ['AAPL', 'SAP.DE'].map((symbol) =>
      syntheticBars(symbol, 'XETR', '2026-11-20T22:00:00.000Z'),
    );
    expect(a!.map((bar) => bar.close)).not.toEqual(b!.map((bar) => bar.close));
    for (const bar of [...a!, ...b!]) {
      expect(bar.low).toBeLessThanOrEqual(Math.min(bar.open, bar.close));
      expect(bar.high).toBeGreaterThanOrEqual(Math.max(bar.open, bar.close));
      expect(bar.low).toBeGreaterThan(0);
      expect(Number.isInteger(bar.volume)).toBe(true);
    }
  });
});
