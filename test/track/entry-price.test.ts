import type { Bar } from '../../domain/market/bar';
import { entryPrice, tradablePrices } from '../../domain/track/entry-price';

const bar = (date: string, open: number, close: number): Bar => ({
  ...{
    symbol: 'AAPL',
    date,
    open,
    close,
    high: Math.max(open, close),
    low: Math.min(open, close),
    volume: 1,
  },
});

/** Friday's close is the reference; the question resolves on Wednesday. */
const PERIOD = { market: 'XNYS', referenceDate: '2025-09-12', resolveDate: '2025-09-17' } as const;
const BARS = [
  ...[bar('2025-09-12', 99, 100), bar('2025-09-15', 90, 92), bar('2025-09-16', 93, 94)],
  bar('2025-09-17', 95, 91),
];
const prices = tradablePrices(BARS, PERIOD);

describe('The entry of a decision about a share', () => {
  test.each([
    ['after the reference close, over the weekend', '2025-09-13T12:00:00.000Z', 90],
    ['before the open', '2025-09-15T13:00:00.000Z', 90],
    ['at the open', '2025-09-15T13:30:00.000Z', 92],
    ['during the session', '2025-09-15T19:50:00.000Z', 92],
    ['after the close', '2025-09-15T20:05:00.000Z', 93],
    ['before the open of the last day', '2025-09-17T13:00:00.000Z', 95],
    ['when only the resolving close is left', '2025-09-17T14:00:00.000Z', null],
  ])('made %s is the first price after it', (_when, madeAt, expected) => {
    expect(entryPrice(prices, madeAt)).toBe(expected);
  });

  test('is unknown on a day without a bar, rather than a later price, and where no prices were kept', () => {
    const holed = tradablePrices(
      BARS.filter(({ date }) => date !== '2025-09-15'),
      PERIOD,
    );
    expect(entryPrice(holed, '2025-09-15T13:00:00.000Z')).toBeNull();
    expect(entryPrice(holed, '2025-09-15T20:05:00.000Z')).toBe(93);
    expect(entryPrice(null, '2025-09-15T13:00:00.000Z')).toBeNull();
  });

  test('of a coin is the close of its UTC day, which is the next one to come', () => {
    const coins = tradablePrices(BARS, { ...PERIOD, market: 'CRYPTO' });
    expect(entryPrice(coins, '2025-09-15T00:00:00.000Z')).toBe(92);
  });
});
