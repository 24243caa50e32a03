// The figures of a house brief: only of windows that are full, and of cheap coins too.
import { figuresOf } from '../../../domain/market/figures';
import { volatilityRegime } from '../../../domain/track/regime';
import { briefFigures } from '../../../providers/house/brief-figures';
import { writeHouseBrief } from '../../../providers/house/brief-writer';
import { barsOfCloses } from '../../support/bars-of-closes';

const risingBars = (count: number) =>
  barsOfCloses(Array.from({ length: count }, (_unused, day) => 100 + day));
const flatBars = (count: number) => barsOfCloses(Array.from({ length: count }, () => 100));

test.each([
  [2, ['return1dPercent']],
  [6, ['return1dPercent', 'return5dPercent']],
  [20, ['return1dPercent', 'return5dPercent', 'sma20', 'gapToSma20Percent']],
  [
    22,
    [
      ...['return1dPercent', 'return5dPercent', 'return21dPercent', 'sma20', 'gapToSma20Percent'],
      ...['volatility20dPercent', 'volatilityAllPercent', 'volumeRatio'],
    ],
  ],
])('%d bars give the figures whose windows they fill', (count, names) => {
  expect(Object.keys(briefFigures(risingBars(count), {}))).toEqual(
    expect.arrayContaining(['lastClose', 'days', 'high', 'low', ...names]),
  );
  expect(Object.keys(briefFigures(risingBars(count), {}))).toHaveLength(4 + names.length);
});

test.each([2, 4, 6, 20, 21, 22, 41, 64])('a brief of %d bars tells no number that is missing', (count) => {
  const brief = writeHouseBrief({ bars: risingBars(count) }, 'X');
  expect(JSON.stringify(brief)).not.toMatch(/undefined|NaN|null/);
  expect(brief.thesis).toContain(`X last closed at ${99 + count}`);
});

test('a brief of two bars says that they are too few, and has no volatility', () => {
  const brief = writeHouseBrief({ bars: risingBars(2) }, 'X');
  expect(brief.thesis).toMatch(/X last closed at 101; the prices at hand are too few to tell a trend\.$/);
  expect(brief.volatility).toBe('No volatility can be computed.');
});

test('what is of a year waits for a year of bars', () => {
  expect(figuresOf(risingBars(251))).not.toHaveProperty('highOfYear');
  expect(figuresOf(risingBars(252))).toMatchObject({ highOfYear: 351, lowOfYear: 100, maxDrawdownOfYear: 0 });
});

test('among equal volatilities today stands in the middle, as its regime says', () => {
  const bars = flatBars(250);
  expect(figuresOf(bars).volatilityPercentile).toBe(0.5);
  expect(briefFigures(bars, {}).volatility20dPercentile).toBe(50);
  expect(volatilityRegime(bars.map(({ close }) => close))).toBe('middle');
});

test('a coin far below a cent keeps its digits, in figures and in words without an exponent', () => {
  const bars = barsOfCloses(
    Array.from({ length: 60 }, (_unused, day) => 1.234567e-7 * (1 + day / 100)),
    { symbol: 'PEPE-USD' },
  );
  const figures = briefFigures(bars, {});
  expect(figures).toMatchObject({ lastClose: 1.96296e-7, low: 1.23457e-7, high: 1.96296e-7 });
  const { thesis } = writeHouseBrief({ bars }, 'PEPE-USD');
  expect(thesis).toContain('last closed at 0.000000196296 ');
  expect(thesis).not.toMatch(/\de-\d/);
});
