// The fallback chain and the politeness in front of each source.
import type { Bar, BarSeries } from '../../domain/market/bar';
import { syntheticBars } from '../../domain/market/synthetic-tape';
import { type ChainLink, createPriceChain } from '../../sources/chain';
import { createFundamentalsChain } from '../../sources/fundamentals-chain';
import { createPoliteness } from '../../sources/politeness';
import {
  type BarsRequest,
  type FundamentalsSource,
  type PriceSource,
  SourceFailure,
} from '../../sources/port';
import { createSyntheticNews, createSyntheticPrices } from '../../sources/synthetic';
import { noSignal } from './local-server';

const AS_OF = '2025-09-15T13:00:00.000Z';
const REAL = syntheticBars('ABC', 'XNYS', '2025-12-01T00:00:00.000Z').filter(
  (bar) => bar.date > '2025-08-01',
);
const request = (more: Partial<BarsRequest> = {}): BarsRequest => ({
  symbol: 'ABC',
  asOf: AS_OF,
  days: 30,
  signal: noSignal(),
  ...more,
});

const delivering = (bars: readonly Bar[], name = 'real'): PriceSource => ({
  name,
  synthetic: false,
  dailyBars: async ({ symbol }): Promise<BarSeries> => ({
    symbol,
    currency: 'USD',
    source: name,
    synthetic: false,
    bars,
    fetchedAt: AS_OF,
  }),
});
const failing = (kind: SourceFailure['kind'], offline = false, name = 'broken'): PriceSource => ({
  name,
  synthetic: false,
  dailyBars: async () => {
    throw new SourceFailure(name, kind, `${name} is ${kind}`, offline);
  },
});
const chain = (...sources: PriceSource[]) =>
  createPriceChain({ links: sources.map((source): ChainLink => ({ source })), now: () => 0 });
const known = REAL.filter((bar) => bar.date <= '2025-09-12');

describe('the price chain', () => {
  test('takes the first source whose bars hold up, and tells what each answered', async () => {
    const { series, results } = await chain(
      failing('unreachable', true),
      delivering(known),
    ).dailyBarsWithResults(request());
    expect(series.source).toBe('real');
    expect(results.map(({ source, ok, kind }) => ({ source, ok, kind }))).toEqual([
      { source: 'broken', ok: false, kind: 'unreachable' },
      { source: 'real', ok: true, kind: null },
    ]);
  });

  const spoilt: readonly (readonly [string, readonly Bar[], string])[] = [
    ['from the future', REAL, 'malformed'],
    ['out of order', [...known].reverse(), 'malformed'],
    [
      'with a price of zero',
      known.map((bar, index) => (index === 3 ? { ...bar, close: 0 } : bar)),
      'malformed',
    ],
    ['with the high below the low', known.map((bar) => ({ ...bar, high: bar.low / 2 })), 'malformed'],
    [
      'of a weekend',
      [...known.slice(0, 1), { ...known[0]!, date: '2025-08-09' }, ...known.slice(8)],
      'malformed',
    ],
    ['that end weeks ago', known.filter((bar) => bar.date < '2025-08-20'), 'stale'],
    ['of nothing', [], 'not_found'],
  ];
  test.each(spoilt)('passes over bars %s, although the source called them good', async (_, bars, kind) => {
    const { series, results } = await chain(
      delivering(bars, 'spoilt'),
      delivering(known),
    ).dailyBarsWithResults(request());
    expect(series.source).toBe('real');
    expect(results[0]).toMatchObject({ source: 'spoilt', ok: false, kind });
  });

  test('uses the made-up tape only where nothing can be reached, and labels it', async () => {
    const tape = createSyntheticPrices(() => 0);
    expect((await chain(failing('unreachable', true), tape).dailyBars(request())).synthetic).toBe(true);
    for (const kind of ['not_found', 'rate_limited', 'malformed', 'refused', 'unreachable'] as const) {
      await expect(chain(failing(kind), tape).dailyBars(request())).rejects.toMatchObject({ kind });
    }
  });

  test('never mixes: once a real price came, the made-up tape is out', async () => {
    let offline = false;
    const wavering: PriceSource = {
      ...delivering(known),
      dailyBars: (asked) => (offline ? failing('unreachable', true) : delivering(known)).dailyBars(asked),
    };
    const both = chain(
      wavering,
      createSyntheticPrices(() => 0),
    );
    expect((await both.dailyBars(request())).synthetic).toBe(false);
    offline = true;
    await expect(both.dailyBars(request())).rejects.toMatchObject({ kind: 'unreachable' });
  });

  test('calls a symbol unknown when one source does not know it, and names all reasons', async () => {
    const both = chain(failing('unreachable', true, 'first'), failing('not_found', false, 'second'));
    await expect(both.dailyBars(request())).rejects.toMatchObject({
      kind: 'not_found',
      message: 'no source has prices of ABC: first: first is unreachable; second: second is not_found',
    });
  });

  test('says that it is offline only where no source was reached', async () => {
    const failure = (...sources: readonly PriceSource[]) =>
      chain(...sources)
        .dailyBars(request())
        .catch((error: unknown) => error);
    const out = (name: string) => failing('unreachable', true, name);
    expect(await failure(out('first'), out('second'))).toMatchObject({ offline: true });
    expect(await failure(out('first'), failing('refused', false, 'second'))).toMatchObject({
      offline: false,
    });
  });

  test('refuses what cannot be a symbol before any source is asked', async () => {
    await expect(chain(delivering(known)).dailyBars(request({ symbol: '../etc' }))).rejects.toThrow(
      RangeError,
    );
  });
});

describe('politeness', () => {
  const clock = () => {
    let at = 1_000_000;
    const waits: number[] = [];
    return {
      waits,
      now: () => at,
      wait: async (ms: number) => {
        waits.push(ms);
        at += ms;
      },
      pass: (ms: number) => {
        at += ms;
      },
    };
  };
  const polite = (time: ReturnType<typeof clock>) =>
    createPoliteness({
      source: 'x',
      minIntervalMs: 100,
      restMs: 5_000,
      keepMs: 1_000,
      now: time.now,
      wait: time.wait,
    });

  test('spaces requests out and answers repeats from memory until they are old', async () => {
    const time = clock();
    const one = polite(time);
    let loads = 0;
    const load = async () => {
      loads += 1;
      return loads;
    };
    expect(await one.run('a', noSignal(), load)).toBe(1);
    expect(await one.run('a', noSignal(), load)).toBe(1);
    expect(await one.run('b', noSignal(), load)).toBe(2);
    expect(time.waits).toEqual([100]);
    time.pass(1_001);
    expect(await one.run('a', noSignal(), load)).toBe(3);
  });

  test('shares one run among those who ask at once', async () => {
    const one = polite(clock());
    let loads = 0;
    const load = async () => {
      loads += 1;
      return loads;
    };
    expect(await Promise.all([1, 2, 3].map(() => one.run('a', noSignal(), load)))).toEqual([1, 1, 1]);
  });

  test.each([
    ['cannot be reached', new SourceFailure('x', 'unreachable', 'no route', true)],
    ['asks for patience', new SourceFailure('x', 'rate_limited', 'slow down')],
  ])('leaves a source alone that %s, then asks again', async (_, failure) => {
    const time = clock();
    const one = polite(time);
    let asked = 0;
    const load = async () => {
      asked += 1;
      throw failure;
    };
    await expect(one.run('a', noSignal(), load)).rejects.toBe(failure);
    await expect(one.run('b', noSignal(), load)).rejects.toMatchObject({
      kind: failure.kind,
      offline: failure.offline,
      message: `${failure.message}; not asked again for 5 s`,
    });
    expect(asked).toBe(1);
    expect(one.restingUntil()).toBe(time.now() + 5_000);
    time.pass(5_000);
    expect(one.restingUntil()).toBeNull();
    expect(await one.run('b', noSignal(), async () => 'back')).toBe('back');
  });

  const brokeOff = new SourceFailure('x', 'unreachable', 'broke off', true, true);
  const breaksOff = () => Promise.reject(brokeOff);

  test('sends a request that broke off once more, and leaves the source alone when that breaks off too', async () => {
    const time = clock();
    const one = polite(time);
    let asked = 0;
    const load = async () => {
      asked += 1;
      if (asked === 1) throw brokeOff;
      return asked;
    };
    expect(await one.run('a', noSignal(), load)).toBe(2);
    expect(time.waits).toEqual([500]);
    expect(one.restingUntil()).toBeNull();
    await expect(one.run('b', noSignal(), breaksOff)).rejects.toBe(brokeOff);
    expect(one.restingUntil()).toBe(time.now() + 5_000);
    await expect(one.run('c', noSignal(), load)).rejects.toThrow('not asked again for 5 s');
    expect(asked).toBe(2);
  });

  test('asks on what answers others, whatever breaks off for one', async () => {
    const one = polite(clock());
    const broken = one.run('a', noSignal(), breaksOff);
    const others = ['b', 'c', 'd'].map((key) => one.run(key, noSignal(), async () => key));
    await expect(broken).rejects.toBe(brokeOff);
    expect(await Promise.all(others)).toEqual(['b', 'c', 'd']);
    expect(one.restingUntil()).toBeNull();
  });

  test('does not let one asker who gave up take the answer from another', async () => {
    const one = polite(clock());
    const leaver = new AbortController();
    const first = one.run('a', leaver.signal, () => {
      leaver.abort(new Error('left'));
      return Promise.reject(leaver.signal.reason as Error);
    });
    const second = one.run('a', noSignal(), async () => 'answer');
    await expect(first).rejects.toThrow('left');
    expect(await second).toBe('answer');
  });
});

describe('fundamentals of two sources', () => {
  const source = (figures: Record<string, number | string>): FundamentalsSource => ({
    name: 'x',
    fundamentals: async () => ({
      ...{ figures, publicAt: AS_OF, sector: null, industry: null, earningsDates: [] },
    }),
  });
  const joined = async (...all: readonly Record<string, number | string>[]) =>
    (await createFundamentalsChain(all.map(source)).fundamentals(request())).figures;

  test('are joined where their money is of one currency, and else of the first alone', async () => {
    const one = { accountsCurrency: 'CNY', totalRevenue: 996 };
    expect(await joined(one, { accountsCurrency: 'CNY', revenue: 997 })).toEqual({ ...one, revenue: 997 });
    expect(await joined(one, { accountsCurrency: 'USD', revenue: 137 })).toEqual(one);
    expect(await joined({ beta: 1 }, one)).toEqual({ beta: 1, ...one });
  });
});

describe('made-up headlines', () => {
  test('are labelled, from the tape, newest first and never from the future', async () => {
    const items = await createSyntheticNews(() => 0).headlines({
      symbol: 'AAPL',
      asOf: AS_OF,
      limit: 5,
      signal: noSignal(),
    });
    expect(items).toHaveLength(5);
    for (const item of items) {
      expect(item).toMatchObject({
        synthetic: true,
        source: 'synthetic',
        title: expect.stringMatching(/^\[synthetic\]/),
      });
      expect(item.publicAt <= AS_OF).toBe(true);
    }
    const instants = items.map((item) => item.publicAt);
    expect([...instants].sort().reverse()).toEqual(instants);
  });
});
