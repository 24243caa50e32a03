// The house forecasters on a recorded tape: distinct, causal, bounded, labelled.
import * as fc from 'fast-check';
import type { Bar } from '../../../domain/market/bar';
import {
  abstains,
  type HouseForecast,
  type HouseModel,
  MIN_BARS,
} from '../../../providers/house/house-model';
import { HOUSE_MODELS, houseModelEntries } from '../../../providers/house/house-models';
import { barsOfCloses } from '../../support/bars-of-closes';
import { readTape } from '../../support/market-tape';
import { describeWithShared } from '../../support/shared-data';

const BAR_MODELS = HOUSE_MODELS.filter((model) => model.reads === 'bars');
const HORIZON_DAYS = 5;

const probability = (model: HouseModel, bars: readonly Bar[], horizonDays = HORIZON_DAYS): number | null => {
  const result = model.forecast({ bars, horizonDays, proposition: null, marketPrice: null });
  return abstains(result) ? null : result.p;
};

const correlation = (a: readonly number[], b: readonly number[]): number => {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  const sum = (f: (x: number, y: number) => number) =>
    a.reduce((total, x, i) => total + f(x - ma, b[i]! - mb), 0);
  return sum((x, y) => x * y) / Math.sqrt(sum((x) => x * x) * sum((_, y) => y * y));
};

const barsArbitrary = fc
  .array(
    fc.record({
      move: fc.integer({ min: -2_000, max: 2_000 }).map((basisPoints) => basisPoints / 10_000),
      volume: fc.nat(1_000_000),
    }),
    {
      minLength: MIN_BARS,
      maxLength: 80,
    },
  )
  .map((days): readonly Bar[] => {
    let close = 100;
    return days.map(({ move, volume }, index) => {
      const open = close;
      close *= Math.exp(move);
      const date = new Date(Date.UTC(2025, 0, 1 + index)).toISOString().slice(0, 10);
      return {
        symbol: 'X',
        date,
        open,
        high: Math.max(open, close),
        low: Math.min(open, close),
        close,
        volume,
      };
    });
  });

describe('house forecasters', () => {
  it('are at least six for equities and two for prediction markets, with method and source', () => {
    expect(BAR_MODELS.length).toBeGreaterThanOrEqual(6);
    expect(HOUSE_MODELS.length - BAR_MODELS.length).toBeGreaterThanOrEqual(2);
    for (const model of HOUSE_MODELS)
      expect([model.method, model.source].every((text) => text.length > 10)).toBe(true);
  });

  it('are labelled as statistics in every registry entry and display name', () => {
    for (const entry of houseModelEntries()) {
      expect(entry).toMatchObject({ provider: 'house', statistical: true, keyName: null });
      expect(entry.displayName).toContain('statistics');
    }
  });

  it('say by their version that their method is another, so that an earlier record does not count for them', () => {
    const later = houseModelEntries().filter(({ version }) => version !== '1');
    expect(later.map(({ id, version }) => `${id}@${version}`)).toEqual([
      'house-mean-reversion@2',
      'house-market-shrunk@2',
    ]);
  });

  it('give a probability in [.02, .98] or abstain, for any tape', () => {
    fc.assert(
      fc.property(barsArbitrary, fc.integer({ min: 1, max: 21 }), (bars, horizonDays) => {
        for (const model of BAR_MODELS) {
          const p = probability(model, bars, horizonDays);
          if (p !== null) expect(p >= 0.02 && p <= 0.98).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('do not see the level of the price: the same tape in another unit gives the same forecast', () => {
    fc.assert(
      fc.property(barsArbitrary, (bars) => {
        // A power of two is exact in floating point, so that days without a change stay ties.
        const unit = 128;
        const smaller = bars.map((bar) => ({
          ...bar,
          open: bar.open * unit,
          high: bar.high * unit,
          low: bar.low * unit,
          close: bar.close * unit,
        }));
        for (const model of BAR_MODELS)
          expect(probability(model, smaller) ?? -1).toBeCloseTo(probability(model, bars) ?? -1, 3);
      }),
      { numRuns: 20 },
    );
  });

  it('tell returns as what the price did, not as logarithms, and sizes without a sign', () => {
    const closes = Array.from({ length: 60 }, (_, day) => (day < 59 ? 100 + (day % 2) : 201));
    const reasons = BAR_MODELS.map((model) => [
      model.id,
      JSON.stringify(
        model.forecast({ bars: barsOfCloses(closes), horizonDays: 5, proposition: null, marketPrice: null }),
      ),
    ]);
    const told = Object.fromEntries(reasons);
    expect(told['house-momentum']).toContain('return of the last 21 days +101.0 %');
    expect(told['house-mean-reversion']).toContain('the close is +93.2 % from its 20-day mean');
    expect(told['house-drift']).toContain('daily volatility 9.1 %');
    expect(told['house-volatility-regime']).toMatch(/mean daily move \d/);
  });

  it('abstain when there are too few bars', () => {
    for (const model of BAR_MODELS) expect(probability(model, [])).toBeNull();
  });

  it('for markets give the price, and the price with long shots lowered and favourites raised', () => {
    const answersAt = (price: number) =>
      HOUSE_MODELS.filter((model) => model.reads === 'market_price').map(
        (model) =>
          model.forecast({
            bars: [],
            horizonDays: 0,
            proposition: null,
            marketPrice: price,
          }) as HouseForecast,
      );
    for (const [price, corrected] of [
      [0.9, 0.926],
      [0.5, 0.5],
      [0.1, 0.074],
    ] as const) {
      const [plain, moved] = answersAt(price);
      expect(plain!.p).toBe(price);
      expect(moved!.p).toBeCloseTo(corrected, 3);
    }
  });
});

describeWithShared('data/market/nasdaq100-daily.csv.gz', 'house forecasters on the recorded tape', (path) => {
  const rows = (): number[][] => {
    const found: number[][] = [];
    for (const bars of readTape(path).values())
      for (let day = 50; day < bars.length; day += 5) {
        const row = BAR_MODELS.map((model) => probability(model, bars.slice(0, day)));
        if (row.every((p) => p !== null)) found.push(row as number[]);
      }
    return found;
  };

  it('are distinct: no pair of them correlates at .95 or above', () => {
    const table = rows();
    expect(table.length).toBeGreaterThan(400);
    const columns = BAR_MODELS.map((_, index) => table.map((row) => row[index]!));
    const lines: string[] = [];
    for (const [i, a] of columns.entries())
      for (const [j, b] of columns.entries()) {
        if (j <= i) continue;
        const r = correlation(a, b);
        lines.push(`${r.toFixed(3).padStart(7)}  ${BAR_MODELS[i]!.id} ~ ${BAR_MODELS[j]!.id}`);
        expect(Math.abs(r)).toBeLessThan(0.95);
      }
    process.stdout.write(
      `pairwise correlation of house probabilities, n = ${table.length}\n${lines.join('\n')}\n`,
    );
  });

  it('use nothing after the as-of day: later bars do not change a forecast made from a prefix', () => {
    const bars = readTape(path).get('AAPL')!;
    const changed = bars.map((bar, day) => (day < 60 ? bar : { ...bar, close: bar.close * 2 }));
    for (const model of BAR_MODELS)
      expect(probability(model, changed.slice(0, 60))).toBe(probability(model, bars.slice(0, 60)));
  });
});
