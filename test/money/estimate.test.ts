import fc from 'fast-check';
import registryFile from '../../data/models.json';
import { type Bill, correctionFor, profilesFrom } from '../../domain/money/bill-lessons';
import {
  expectedCost,
  learnCorrection,
  learnProfile,
  NO_CORRECTION,
  roughTokens,
  worstCaseCost,
  worstCaseTokens,
} from '../../domain/money/estimate';
import { costOfUsage, isFree, knownPriceAt, priceAgeDays } from '../../domain/money/prices';
import { parseRegistry } from '../../domain/selection/registry';
import { seeded } from '../support/question-variants';
import { PRICES } from './usage-cases';

const ALL = parseRegistry(registryFile);
const model = (id: string) => {
  const found = ALL.find((one) => one.id === id);
  if (found === undefined) throw new Error(`${id} is not in the registry`);
  return found;
};

describe('prices by date', () => {
  test('the price in force on a day is the latest that had begun', () => {
    const flash = model('gemini-3.8-flash');
    expect(knownPriceAt(flash, '2026-12-31T23:59:59.999Z')?.inputPer1M).toBe(750_000);
    expect(knownPriceAt(flash, '2027-01-01T00:00:00.000Z')?.inputPer1M).toBe(1_500_000);
  });

  test('an unknown price is none, never zero', () => {
    const unpriced = { ...model('gpt-4o'), price: null };
    expect(knownPriceAt(unpriced, '2026-03-02T00:00:00.000Z')).toBeNull();
    expect(isFree(unpriced)).toBe(false);
  });

  test('a price that has not begun is unknown', () => {
    const price = { ...(PRICES['gpt-4o'] as never as object), validFrom: '2027-01-01' } as never;
    expect(knownPriceAt({ ...model('gpt-4o'), price }, '2026-12-31T00:00:00.000Z')).toBeNull();
  });

  test('local models cost nothing', () => {
    expect(knownPriceAt(model('llama3.2'), '2026-03-02T00:00:00.000Z')).toMatchObject({
      inputPer1M: 0,
      outputPer1M: 0,
    });
  });

  test('the age of a price is counted from the day it was read', () => {
    const price = model('gpt-4o').price;
    expect(price && priceAgeDays(price, '2026-12-20T12:00:00.000Z')).toBe(30);
    expect(priceAgeDays(PRICES['gpt-4o'] as never, '2026-12-20T12:00:00.000Z')).toBeNull();
  });
});

const usageWithin = (input: number, output: number) =>
  fc.record({ cached: fc.nat(input), write: fc.nat(input), output: fc.nat(output) }).map((one) => ({
    input,
    cachedInput: one.cached,
    cacheWrite: Math.min(one.write, input - one.cached),
    output: one.output,
    reasoning: 0,
  }));

test('no usage within the reserved tokens costs more than the worst case, for every price', () => {
  const prices = [...Object.values(PRICES), ...ALL.flatMap((one) => (one.price ? [one.price] : []))];
  fc.assert(
    fc.property(
      fc.constantFrom(...prices),
      fc.integer({ min: 0, max: 400_000 }).chain((input) => fc.tuple(fc.constant(input), fc.nat(8000))),
      (price, [input, maxOutput]) => {
        const worst = worstCaseCost(input, maxOutput, price);
        fc.assert(
          fc.property(usageWithin(input, maxOutput), (usage) => {
            expect(costOfUsage(usage, price)).toBeLessThanOrEqual(worst);
          }),
          { numRuns: 5 },
        );
      },
    ),
    { numRuns: 200, seed: 9 },
  );
});

describe('token estimates', () => {
  test('English, tables and other scripts are told apart', () => {
    expect(roughTokens('')).toBe(0);
    expect(roughTokens('the price went up a little today')).toBe(8);
    expect(roughTokens('1,234.56|7,890.12')).toBe(9);
    expect(roughTokens('日経平均株価')).toBe(6);
  });

  test('an untaught estimate reserves half as much again', () => {
    expect(worstCaseTokens(1000)).toBe(1564);
  });

  test('bills of nothing teach nothing', () => {
    expect(learnCorrection(NO_CORRECTION, 0, 5)).toBe(NO_CORRECTION);
    expect(learnCorrection(NO_CORRECTION, 5, 0)).toBe(NO_CORRECTION);
  });

  test('the cost of a task is within ten per cent over a hundred calls after a hundred others', () => {
    const random = seeded(7);
    const call = () => ({
      input: 4000 + Math.floor(2000 * random()),
      output: 300 + Math.floor(900 * random()),
    });
    const price = PRICES['gpt-4o'] as never;
    let profile = { n: 0, inputTokens: 8000, outputTokens: 200 };
    for (let index = 0; index < 100; index += 1) profile = learnProfile(profile, call());
    const billed = Array.from({ length: 100 }, call).reduce(
      (total, { input, output }) =>
        total + costOfUsage({ input, output, cachedInput: 0, cacheWrite: 0, reasoning: 0 }, price),
      0,
    );
    expect(Math.abs((expectedCost(profile, price) * 100) / billed - 1)).toBeLessThan(0.1);
  });
});

describe('what bills teach', () => {
  const bill = (changes: Partial<Bill>): Bill => ({
    ...{ model: 'm', task: 'forecast', estimatedInput: 1000, input: 1200 },
    ...{ cachedInput: 0, cacheWrite: 0, output: 300, ...changes },
  });
  const seedOf = (task: string) => (task === 'forecast' ? { inputTokens: 5000, outputTokens: 5000 } : null);

  test('a task with few bills of its own learns from the others of its model', () => {
    const others = Array.from({ length: 30 }, () => bill({ task: 'brief', input: 2000 }));
    const own = Array.from({ length: 19 }, () => bill({}));
    expect(correctionFor([...others, ...own], 'forecast').n).toBe(49);
    const correction = correctionFor([...others, ...own, bill({})], 'forecast');
    expect([correction.n, Math.exp(correction.meanLog)]).toEqual([20, expect.closeTo(1.2, 9)]);
  });

  test('the reserved input is never below the highest bill that is remembered', () => {
    const steady = Array.from({ length: 100 }, () => bill({ input: 1000 }));
    const correction = correctionFor([...steady, bill({ input: 1900 }), ...steady], 'forecast');
    expect(worstCaseTokens(1000, correction)).toBeGreaterThanOrEqual(1900);
  });

  test('a bill without a rough count teaches the usual tokens, and the cached share is priced as cached', () => {
    const bills = Array.from({ length: 100 }, () =>
      bill({ estimatedInput: null, cachedInput: 1000, cacheWrite: 100 }),
    );
    expect(correctionFor(bills, 'forecast')).toEqual(NO_CORRECTION);
    const profile = profilesFrom(bills, seedOf)('forecast', 'm');
    const price = { ...(PRICES['gpt-4o'] as never as object), cachedInputPer1M: 0 } as never;
    const billed = costOfUsage(
      { input: 1200, cachedInput: 1000, cacheWrite: 100, output: 300, reasoning: 0 },
      price,
    );
    expect(profile && expectedCost(profile, price) / billed).toBeCloseTo(1, 0);
    expect(profilesFrom(bills, () => null)('forecast', 'm')).toBeNull();
  });
});

describe('the rough count', () => {
  /** As the rule is written: letters and spaces, marks, other scripts, by whole characters. */
  const byCharacters = (text: string): number => {
    let letters = 0;
    let marks = 0;
    let foreign = 0;
    for (const character of text) {
      if (character > '\u024f') foreign += 1;
      else if (/[\p{L}\s]/u.test(character)) letters += 1;
      else marks += 1;
    }
    return Math.ceil(letters / 4 + marks / 2 + foreign);
  };

  it('counts by characters, whatever the script and however many code units one takes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(roughTokens(text)).toBe(byCharacters(text));
      }),
      { examples: [['a\u00a0\u00e9\u00d7\u{1f600}\ud800x\udc00\udc00'], ['\u4e2d\u6587 2025!']] },
    );
  });
});
