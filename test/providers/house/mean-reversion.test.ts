// Mean reversion sees what the price gives back, not how its own moving average follows it.
import { seededNumbers } from '../../../domain/market/synthetic-tape';
import { abstains } from '../../../providers/house/house-model';
import { meanReversion } from '../../../providers/house/models/mean-reversion';
import { barsOfCloses } from '../../support/bars-of-closes';

const forecastOf = (closes: readonly number[], horizonDays: number) => {
  const result = meanReversion.forecast({
    bars: barsOfCloses(closes),
    horizonDays,
    proposition: null,
    marketPrice: null,
  });
  if (abstains(result)) throw new Error(result.abstain);
  return result;
};

/** Closes whose log deviation from 100 keeps `kept` of itself each day; 1 is a random walk. */
const walk = (seed: string, kept: number): readonly number[] => {
  const next = seededNumbers(seed);
  let place = 0;
  return Array.from({ length: 250 }, () => {
    place = kept * place + 0.04 * (next() + next() + next() - 1.5);
    return 100 * Math.exp(place);
  });
};

test('a price that jumped and then stood still is close to even odds, though its gap to the mean closes', () => {
  const closes = Array.from({ length: 50 }, (_unused, day) => (day < 40 ? 100 : 110));
  const { p, reasons } = forecastOf(closes, 5);
  expect(p).toBeGreaterThan(0.43);
  expect(p).toBeLessThan(0.5);
  expect(reasons).toEqual([
    'the close is +4.9 % from its 20-day mean',
    'the price gives back about 8.8 % of such a gap in 5 days',
  ]);
});

test.each([1, 5, 20])('random walks stay near even odds over %d days', (horizonDays) => {
  const squares = Array.from(
    { length: 200 },
    (_unused, index) => (forecastOf(walk(`walk ${index}`, 1), horizonDays).p - 0.5) ** 2,
  );
  expect(squares.reduce((sum, square) => sum + square, 0) / squares.length).toBeLessThan(0.006);
});

test('a price that does revert is expected to: high closes fall, low ones rise', () => {
  const closes = walk('reverting', 0.7);
  const stretched = (by: number) => [...closes.slice(0, -1), 100 * Math.exp(by)];
  expect(forecastOf(stretched(0.05), 5).p).toBeLessThan(0.42);
  expect(forecastOf(stretched(-0.05), 5).p).toBeGreaterThan(0.58);
});
