import { ratesNotTyped } from '../../domain/money/price-by-hand';
import type { ModelPrice } from '../../domain/selection/model';

const BEFORE: ModelPrice = {
  validFrom: '2026-01-01',
  inputPer1M: 2_000_000,
  outputPer1M: 10_000_000,
  cachedInputPer1M: 200_000,
  cacheWritePer1M: 3_000_000,
  longContext: {
    aboveInputTokens: 200_000,
    inputPer1M: 4_000_000,
    outputPer1M: 15_000_000,
    cachedInputPer1M: 400_000,
    cacheWritePer1M: null,
  },
  source: 'test',
};
const HALVED = { inputPer1M: 1_000_000, outputPer1M: 5_000_000 };

test('a new price keeps the relations of the one before', () => {
  expect(ratesNotTyped({ ...HALVED, before: BEFORE, marksCache: true })).toEqual({
    cacheWritePer1M: 1_500_000,
    longContext: {
      aboveInputTokens: 200_000,
      inputPer1M: 2_000_000,
      outputPer1M: 7_500_000,
      cachedInputPer1M: 200_000,
      cacheWritePer1M: null,
    },
  });
});

test.each([
  [true, 1_250_000],
  [false, null],
])('without a rate before, where the cache is marked is %s, cache writes cost %s', (marksCache, expected) => {
  for (const before of [null, { ...BEFORE, cacheWritePer1M: null }])
    expect(ratesNotTyped({ ...HALVED, before, marksCache }).cacheWritePer1M).toBe(expected);
});

test('a price of nothing before says nothing of the relations', () => {
  const free = { ...BEFORE, inputPer1M: 0, outputPer1M: 0, cacheWritePer1M: 0, longContext: null };
  expect(ratesNotTyped({ ...HALVED, before: free, marksCache: true })).toEqual({
    cacheWritePer1M: 1_250_000,
    longContext: null,
  });
});

test('a rate is rounded up to the whole micro-dollar', () => {
  const before = { ...BEFORE, inputPer1M: 3, cacheWritePer1M: 4, longContext: null };
  expect(ratesNotTyped({ ...HALVED, before, marksCache: false }).cacheWritePer1M).toBe(1_333_334);
});
