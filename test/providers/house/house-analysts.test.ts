// The house analysts: seventeen different statistics that abstain without their data and never look ahead.
import fc from 'fast-check';
import type { Bar } from '../../../domain/market/bar';
import { seededNumbers, syntheticBars } from '../../../domain/market/synthetic-tape';
import { HOUSE_ANALYSTS } from '../../../providers/house/analysts';
import { abstains } from '../../../providers/house/house-model';
import { createHouseProvider } from '../../../providers/house/house-provider';
import type { CallData, ProviderFailure } from '../../../providers/port';
import { barsOfCloses } from '../../support/bars-of-closes';

const FACTS = {
  trailingPE: 18,
  priceToBook: 4,
  profitMargins: 0.2,
  returnOnEquity: 0.25,
  revenueGrowth: 0.1,
  debtToEquity: 0.6,
};
const NEWS = [{ source: 'rss', title: 'Maker beats forecasts, raises outlook', publicAt: '', fetchedAt: '' }];
const FACT_READERS = ['fundamentals', 'valuation'];
const END = '2025-09-12T22:00:00.000Z';

const tape = (symbol: string, bars = 260): readonly Bar[] => syntheticBars(symbol, 'XNYS', END).slice(-bars);
const full = (bars: readonly Bar[]): CallData => ({ bars, facts: FACTS, news: NEWS });
const analystNamed = (id: string) => HOUSE_ANALYSTS.find((analyst) => analyst.id === id)!;

const probabilityOf = (id: string, data: CallData): number | null => {
  const view = analystNamed(id).view(data, 5);
  return abstains(view) ? null : view.p;
};

test('there are seventeen, each with its own id, method and source', () => {
  expect(new Set(HOUSE_ANALYSTS.map(({ id }) => id)).size).toBe(17);
  expect(new Set(HOUSE_ANALYSTS.map(({ method }) => method)).size).toBe(17);
  expect(HOUSE_ANALYSTS.every(({ source }) => /\d{4}|yearly/.test(source))).toBe(true);
});

test('with bars, key figures and headlines everyone has a view whose signal fits its probability', () => {
  for (const analyst of HOUSE_ANALYSTS) {
    const view = analyst.view(full(tape('AAPL')), 5);
    if (abstains(view)) throw new Error(`${analyst.id}: ${view.abstain}`);
    expect(view.p).toBeGreaterThan(0.3);
    expect(view.p).toBeLessThan(0.7);
    expect(view.confidence).toBeGreaterThanOrEqual(0);
    expect(view.confidence).toBeLessThanOrEqual(1);
    if (view.signal === 'bullish') expect(view.p).toBeGreaterThan(0.5);
    if (view.signal === 'bearish') expect(view.p).toBeLessThan(0.5);
    expect(view.reasons.at(-1)).toMatch(/^Statistics only/);
  }
});

test('without their data they abstain: no key figures, no headlines, too few bars', () => {
  const barsOnly = { bars: tape('AAPL') };
  const silent = HOUSE_ANALYSTS.filter(({ id }) => probabilityOf(id, barsOnly) === null).map(({ id }) => id);
  expect(silent.sort()).toEqual([...FACT_READERS, 'news'].sort());
  for (const { id } of HOUSE_ANALYSTS) expect(probabilityOf(id, { bars: tape('AAPL', 20) })).toBeNull();
});

test.each([
  [0.5, 'price 50.0 % below its median of the year'],
  [1.25, 'price 25.0 % above its median of the year'],
])('Graham tells a close at %d times its median in words of the median', (times, told) => {
  const bars = tape('AAPL').map((bar, index) => ({ ...bar, close: index === 259 ? times * 100 : 100 }));
  const view = analystNamed('graham').view(full(bars), 5);
  expect(abstains(view) ? [] : view.reasons).toContain(told);
});

test.each([
  ['equity', { equity: -3_908e6 }],
  ['book value a share', { bookValue: -5.2 }],
  ['leverage', { debtToEquity: -41 }],
])('a company that lost its equity, as its %s tells, is no sound one', (_told, figure) => {
  const failing = { profitMargins: -0.18, returnOnEquity: 3.02 };
  const view = analystNamed('fundamentals').view({ facts: { ...failing, ...figure } }, 5);
  // Margin and leverage are at their worst, and the return on nothing is not counted.
  expect(view).toMatchObject({
    signal: 'bearish',
    reasons: ['mean of 2 scores of the accounts', expect.anything()],
  });
});

test('valuation sets no earnings per share as filed against a close that a later split rewrote', () => {
  const bars = tape('NVDA').map((bar) => ({ ...bar, close: 83.04 }));
  expect(probabilityOf('valuation', { bars, facts: { epsDiluted: 11.93 } })).toBeNull();
  const { reasons } = analystNamed('valuation').view({ bars, facts: { trailingEps: 1.193 } }, 5) as never;
  expect(reasons).toContain('earnings yield 1.4 %');
});

test('closes that never moved give no view of one side: who compares with pain or weeks abstains', () => {
  const bars = barsOfCloses(Array.from({ length: 130 }, () => 10.1));
  for (const id of ['munger', 'lynch']) expect(probabilityOf(id, { bars })).toBeNull();
  for (const { id } of HOUSE_ANALYSTS) expect(probabilityOf(id, { bars }) ?? 0.5).toBe(0.5);
});

test('Lynch counts weeks that moved: an equal one is no fall', () => {
  const weekly = [10, 11, 11, 11, 11, 11, 11, 12];
  const closes = weekly.flatMap((close) => Array.from({ length: 5 }, () => close));
  const view = analystNamed('lynch').view({ bars: barsOfCloses(closes) }, 5);
  expect(view).toMatchObject({
    signal: 'bullish',
    reasons: ['2 of 2 weeks that moved rose', expect.anything()],
  });
});

test.each([
  ['steady', (day: number) => (day < 240 ? 1_000 : 5_000)],
  ['uneven', (day: number) => 1_000 * (1 + (day % 7))],
])(
  'the score of Burry is a standard score: its deviation over random walks is 1, for %s volume',
  (_named, volume) => {
    const next = seededNumbers('burry');
    const volumes = Array.from({ length: 250 }, (_unused, day) => volume(day));
    const scores = Array.from({ length: 400 }, () => {
      let log = 4;
      const closes = volumes.map(() => {
        log += 0.02 * (next() + next() + next() - 1.5);
        return Math.exp(log);
      });
      const view = analystNamed('burry').view({ bars: barsOfCloses(closes, { volumes }) }, 5);
      return Number(/scores (\S+)/.exec(abstains(view) ? '' : view.reasons[0]!)![1]);
    });
    const square = scores.reduce((sum, score) => sum + score * score, 0) / scores.length;
    expect(Math.sqrt(square)).toBeGreaterThan(0.85);
    expect(Math.sqrt(square)).toBeLessThan(1.15);
  },
);

test('Damodaran gives the chance of a rise that log-normal prices have at the required return', () => {
  const daily = 0.2 / Math.sqrt(252);
  const closes = Array.from({ length: 253 }, (_unused, day) => 100 * Math.exp(day % 2 === 1 ? daily : 0));
  const bars = barsOfCloses(closes);
  // Phi((.085 - .02) / .2 x sqrt(5 / 252)), and so on for a day.
  expect(probabilityOf('damodaran', { bars })).toBeCloseTo(0.5183, 3);
  const day = analystNamed('damodaran').view({ bars }, 1) as { p: number };
  expect(day.p).toBeCloseTo(0.5082, 3);
});

test('an analyst the house does not have is a failure without data, not an opinion', async () => {
  const request = { data: { bars: tape('AAPL'), analyst: 'nobody' }, schema: { name: 'analyst' } };
  const asked = createHouseProvider().complete({ ...request, signal: new AbortController().signal } as never);
  await expect(asked).rejects.toMatchObject({ kind: 'no_data' } satisfies Partial<ProviderFailure>);
});

test('any bars give a probability strictly within (0, 1) or an abstention', () => {
  const bar = fc.record({
    close: fc.double({ min: 0.01, max: 1e4, noNaN: true }),
    up: fc.double({ min: 0, max: 0.2, noNaN: true }),
    volume: fc.nat(1e9),
  });
  fc.assert(
    fc.property(fc.array(bar, { minLength: 30, maxLength: 90 }), (rows) => {
      const bars = rows.map(({ close, up, volume }, day): Bar => {
        const date = new Date(Date.UTC(2025, 0, 1 + day)).toISOString().slice(0, 10);
        return {
          symbol: 'X',
          date,
          open: close,
          high: close * (1 + up),
          low: close * (1 - up),
          close,
          volume,
        };
      });
      for (const { id } of HOUSE_ANALYSTS) {
        const p = probabilityOf(id, full(bars));
        expect(p === null || (p > 0 && p < 1)).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

const correlation = (a: readonly number[], b: readonly number[]): number => {
  const centre = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [ma, mb] = [centre(a), centre(b)];
  const cross = a.reduce((sum, value, i) => sum + (value - ma) * (b[i]! - mb), 0);
  const spread = (values: readonly number[], m: number) =>
    Math.sqrt(values.reduce((sum, value) => sum + (value - m) ** 2, 0));
  return cross / (spread(a, ma) * spread(b, mb));
};

test('no two are the same statistic: pairwise correlations over a made-up tape stay below .95', () => {
  const symbols = ['AAPL', 'MSFT', 'NVDA', 'AMD', 'COST', 'PEP', 'INTC', 'TSLA'];
  const readers = HOUSE_ANALYSTS.filter(({ id }) => ![...FACT_READERS, 'news'].includes(id));
  const views = readers.map(({ id }) => {
    const ps = symbols.flatMap((symbol) => {
      const bars = syntheticBars(symbol, 'XNYS', END);
      return Array.from({ length: 12 }, (_unused, k) =>
        probabilityOf(id, { bars: bars.slice(0, bars.length - 8 * k).slice(-260) }),
      );
    });
    return { id, ps: ps.map((p) => p ?? 0.5) };
  });
  const pairs = views.flatMap((a, i) =>
    views.slice(i + 1).map((b) => ({ pair: `${a.id}~${b.id}`, rho: correlation(a.ps, b.ps) })),
  );
  const sorted = [...pairs].sort((a, b) => Math.abs(b.rho) - Math.abs(a.rho));
  const middle = Math.abs(sorted[Math.floor(sorted.length / 2)]!.rho);
  process.stdout.write(
    `pairwise correlations of ${pairs.length} pairs, median |rho| ${middle.toFixed(2)}; largest: ${sorted
      .slice(0, 8)
      .map(({ pair, rho }) => `${pair} ${rho.toFixed(2)}`)
      .join(', ')}\n`,
  );
  for (const { rho } of pairs) expect(Math.abs(rho)).toBeLessThan(0.95);
});
