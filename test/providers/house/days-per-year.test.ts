// A coin trades on 365 days of a year, a share on 252: whatever the house annualises says so.

import { damodaran } from '../../../providers/house/analysts/damodaran';
import { briefFigures } from '../../../providers/house/brief-figures';
import { drift } from '../../../providers/house/models/drift';
import { barsOfCloses } from '../../support/bars-of-closes';

const closes = Array.from({ length: 300 }, (_unused, day) => 100 + (day % 2));
const [share, coin] = ['AAPL', 'BTC-USD'].map((symbol) => barsOfCloses(closes, { symbol }));
const daily = Math.log(1.01);

test('volatilities of a brief', () => {
  for (const name of ['volatility20dPercent', 'volatilityAllPercent']) {
    expect(briefFigures(share!, {})[name]).toBeCloseTo(100 * daily * Math.sqrt(252), 0);
    expect(briefFigures(coin!, {})[name]).toBeCloseTo(100 * daily * Math.sqrt(365), 0);
  }
});

test('the risk against which the required return is set', () => {
  const told = [share, coin].map((bars) => JSON.stringify(damodaran.view({ bars: bars! }, 5)));
  expect(told[0]).toContain('at 16 % volatility');
  expect(told[1]).toContain('at 19 % volatility');
});

test('the year that the prior of the drift is worth', () => {
  const [ofShare, ofCoin] = [share, coin].map((bars) =>
    drift.forecast({ bars: bars!, horizonDays: 5, proposition: null, marketPrice: null }),
  ) as { p: number }[];
  // The same .07 a year over fewer or more days, shrunk by as many.
  const drifts = [252, 365].map((days) => (daily + 0.07) / (299 + days));
  const sigma = daily * Math.sqrt(299 / 298);
  expect(ofShare!.p - 0.5).toBeCloseTo((drifts[0]! * Math.sqrt(5)) / sigma / Math.sqrt(2 * Math.PI), 3);
  expect(ofCoin!.p - 0.5).toBeCloseTo((drifts[1]! * Math.sqrt(5)) / sigma / Math.sqrt(2 * Math.PI), 3);
});
