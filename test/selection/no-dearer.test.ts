// Whoever stands in for a model costs no more for any call, whatever its length and whatever is cached of it.
import fc from 'fast-check';
import { costOfUsage } from '../../domain/money/prices';
import type { ModelPrice } from '../../domain/selection/model';
import { isNoDearer, topRates } from '../../domain/selection/no-dearer';

const price = (more: Partial<ModelPrice>): ModelPrice => ({
  ...{ validFrom: '2026-01-01', inputPer1M: 2_000_000, outputPer1M: 10_000_000 },
  ...{ cachedInputPer1M: null, cacheWritePer1M: null, longContext: null, source: 'fixed for tests' },
  ...more,
});
const noDearer = (one: ModelPrice, first: ModelPrice): boolean =>
  isNoDearer(topRates({ price: one }), topRates({ price: first }));
const long = (aboveInputTokens: number, inputPer1M: number, outputPer1M: number) => ({
  longContext: { aboveInputTokens, inputPer1M, outputPer1M, cachedInputPer1M: null },
});

it('compares plain input with plain input, and not with what the other asks for writing to a cache', () => {
  const first = price({ cacheWritePer1M: 2_500_000 });
  expect(noDearer(price({ inputPer1M: 2_500_000 }), first)).toBe(false);
  expect(noDearer(price({ inputPer1M: 2_000_000 }), first)).toBe(true);
  expect(noDearer(price({ cacheWritePer1M: 2_600_000 }), first)).toBe(false);
});

it('compares long prompts with long prompts', () => {
  const plain = price({});
  expect(noDearer(price(long(200_000, 4_000_000, 15_000_000)), plain)).toBe(false);
  const both = price(long(200_000, 4_000_000, 15_000_000));
  expect(noDearer(both, both)).toBe(true);
  expect(noDearer(price(long(100_000, 4_000_000, 15_000_000)), both)).toBe(false);
  expect(noDearer(plain, both)).toBe(true);
});

it('compares what was planned before these were kept by the dearest alone', () => {
  const old = { inputPer1M: 2_500_000, outputPer1M: 10_000_000 };
  expect(isNoDearer({ inputPer1M: 2_500_000, outputPer1M: 9_000_000 }, old)).toBe(true);
  expect(isNoDearer({ inputPer1M: 2_600_000, outputPer1M: 9_000_000 }, old)).toBe(false);
});

it('lets nobody in whose bill is higher for any call without a cached part', () => {
  const rate = fc.integer({ min: 0, max: 8 }).map((dollars) => dollars * 1_000_000);
  const above = fc.constantFrom(1_000, 200_000);
  const anyPrice = fc
    .record({
      ...{ inputPer1M: rate, outputPer1M: rate, cacheWritePer1M: fc.option(rate) },
      longContext: fc.option(
        fc.record({ aboveInputTokens: above, inputPer1M: rate, outputPer1M: rate }).map((one) => ({
          ...one,
          cachedInputPer1M: null,
        })),
      ),
    })
    .map(price);
  const anyCall = fc.record({
    input: fc.constantFrom(1, 1_000, 1_001, 200_000, 200_001, 500_000),
    output: fc.integer({ min: 0, max: 5_000 }),
    writes: fc.boolean(),
  });
  fc.assert(
    fc.property(anyPrice, anyPrice, anyCall, (one, first, { input, output, writes }) => {
      fc.pre(noDearer(one, first));
      const usage = { input, cachedInput: 0, cacheWrite: writes ? input : 0, output, reasoning: 0 };
      // A maker that asks less for writing than for reading has no such price list.
      fc.pre([one, first].every((each) => (each.cacheWritePer1M ?? each.inputPer1M) >= each.inputPer1M));
      expect(costOfUsage(usage, one)).toBeLessThanOrEqual(costOfUsage(usage, first));
    }),
    { numRuns: 3_000 },
  );
});
