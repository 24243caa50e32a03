// A market's day of several paper competitions: the real workflow and the real reading of bars, on days that the
// made-up tape cannot have, so that the activities around them are given.

import { Context } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import { createCompetitionBars } from '../../../activities/competition-bars';
import { createCompetitionTrading } from '../../../activities/competition-trading';
import { createPaperDay } from '../../../activities/paper-day';
import type { BarSeries } from '../../../domain/market/bar';
import { tradingDays } from '../../../domain/market/calendar';
import { DEFAULT_PAPER_RULES } from '../../../domain/market/paper-account';
import { SourceFailure, type SourceFailureKind } from '../../../sources/port';
import type {
  CompetitionForecasts,
  CompetitionRun,
  PaperDayResult,
} from '../../../workflows/contracts/competition';
import type { OutcomeTally, Position } from '../../../workflows/contracts/outcomes';
import { providerQueue } from '../../../workflows/contracts/task-queues';
import { type CallHarness, createCallHarness } from '../../support/call-harness';
import { temporalAddress, uniquePrefix } from '../../support/test-stack';
import { freshTestDatabase, STACK_START_MS } from '../db/fresh-database';

const DATE = '2026-11-20';
const run = (competitionId: string, symbols: readonly string[]): CompetitionRun => ({
  ...{ competitionId, symbols, world: 'live', market: 'XNYS', prices: null, models: [], callDeadlineMs: 1 },
  ...{ from: DATE, to: '2026-12-31', rules: {} as CompetitionRun['rules'] },
});

jest.setTimeout(STACK_START_MS);

describe('the workflow', () => {
  const queue = uniquePrefix();
  const quiet = () => undefined;
  const logger = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };
  const RUNS = [run('broken', ['AAA']), run('waits', ['AAA']), run('sound', ['AAA', 'BBB'])];
  /** Symbols still missing, by competition. */
  let missing: (competitionId: string) => Promise<readonly string[]>;
  let pages: (string | null)[];
  let parts: number[];
  let settled: string[];
  let client: Client;
  let worker: Worker;
  let caller: Worker;
  let running: Promise<unknown>;

  const ids = (count: number) => Array.from({ length: count }, (_unused, index) => `p${index}`);
  /** Two leagues over one horizon, one over another, and one that knows its answers: all with the same hosted model. */
  const HOSTED = `hosted-${queue}`;
  const LEAGUES = ['first', 'second', 'other-horizon', 'answered-before'].map((competitionId) => ({
    ...run(competitionId, ['AAA']),
    models: [{ model: 'm', provider: HOSTED }],
  }));
  /** Two of them ask a model that never answers, one a model that does. */
  const SLOW = ['one', 'two'].map((competitionId) => ({
    ...run(competitionId, ['AAA']),
    models: ['m', 'hangs'].map((model) => ({ model, provider: HOSTED })),
  }));
  /** For how long the competitions of `SLOW` may ask; null: those of `LEAGUES` are due, without a limit. */
  let askForMs: number | null;
  let ordersOf: string[];
  let asked: {
    readonly key: string;
    readonly model: string;
    readonly category: string;
    readonly deadlineMs: number;
  }[];
  let forecasts: string[];
  const hosted = {
    callModel: async (input: (typeof asked)[number]) => {
      asked.push(input);
      if (input.model === 'hangs') {
        const context = Context.current();
        const beat = setInterval(() => context.heartbeat(), 200);
        await context.cancelled.finally(() => clearInterval(beat));
      }
      return { key: input.key, model: 'm', costMicroUsd: 0, latencyMs: 1, sends: 1 };
    },
  };
  const activities = {
    planPaperDay: async ({ request: { part } }: { request: { part: string } }) => ({
      runs:
        askForMs === null
          ? (part === 'orders' ? LEAGUES : RUNS).map((each) => ({ run: each, date: DATE }))
          : SLOW.map((each) => ({ run: each, date: DATE, askForMs })),
      skipped: null,
    }),
    attachPaperResearch: async () => ({ status: 'hit', brief: { briefId: 'b', seriesId: 's' } }),
    askPaperSubject: async ({ run: { competitionId } }: { run: CompetitionRun }) => ({
      ...{ symbol: 'AAA', briefId: 'b', seriesId: 's', missing: null, category: 'crypto' },
      propositionId: competitionId === 'other-horizon' ? 'p-10' : 'p-5',
      ...(competitionId === 'other-horizon' ? { deadlinesMs: { [HOSTED]: 600_000 } } : {}),
      ...(competitionId === 'answered-before' ? { propositionId: 'p-still', forecastBy: ['m'] } : {}),
    }),
    unservedCompetitor: async () => null,
    forecastCompetitionDay: async ({ run: { competitionId }, askedOnce }: CompetitionForecasts) => {
      forecasts.push(`${competitionId} ${askedOnce}`);
      return 1;
    },
    placeCompetitionOrders: async ({ run: { competitionId } }: { run: CompetitionRun }) => {
      ordersOf.push(competitionId);
      return competitionId === 'two' ? { orders: 0, late: true } : { orders: 3 };
    },
    missingPaperBars: ({ run: { competitionId } }: { run: CompetitionRun }) => missing(competitionId),
    settlePaperDays: async ({ run: { competitionId } }: { run: CompetitionRun }) => {
      settled.push(competitionId);
      return { settledDays: 1 };
    },
    listDueOutcomes: async ({ after }: { after: Position | null }) => {
      pages.push(after?.id ?? null);
      const next: Position = { resolvesAt: `${DATE}T21:00:00.000Z`, id: 'p29' };
      return after === null ? { propositionIds: ids(30), next } : { propositionIds: ids(5), next: null };
    },
    resolveOutcomes: async ({
      propositionIds,
    }: {
      propositionIds: readonly string[];
    }): Promise<OutcomeTally> => {
      parts.push(propositionIds.length);
      return {
        resolved: propositionIds.length,
        voided: 0,
        corrected: 0,
        unchanged: 0,
        scored: 0,
        pending: [],
      };
    },
  };

  const start = (workflowId: string, part = 'end_of_day') =>
    client.workflow.start('paperDay', {
      workflowId: `${queue}-${workflowId}`,
      taskQueue: queue,
      args: [{ market: 'XNYS', part }],
    });

  beforeAll(async () => {
    const address = await temporalAddress();
    client = new Client({ connection: await Connection.connect({ address }) });
    const connection = await NativeConnection.connect({ address });
    const workflowsPath = require.resolve('../../../workflows/paper-day.ts');
    const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger });
    worker = await Worker.create({ connection, taskQueue: queue, workflowBundle, activities });
    caller = await Worker.create({ connection, taskQueue: providerQueue(HOSTED), activities: hosted });
    running = Promise.all([worker.run(), caller.run()]);
  }, STACK_START_MS);
  afterAll(async () => {
    worker.shutdown();
    caller.shutdown();
    await running;
    await client.connection.close();
  });
  beforeEach(() => {
    [pages, parts, settled, asked, forecasts, ordersOf, askForMs] = [[], [], [], [], [], [], null];
  });

  it('lets no competition that is broken or slow cost the others their day, and resolves what is due once', async () => {
    let free = (): void => {};
    const others = new Promise<void>((resolve) => {
      free = resolve;
    });
    missing = async (competitionId) => {
      if (competitionId === 'broken') throw ApplicationFailure.nonRetryable('no such symbol', 'BadInput');
      // One after another, it would wait for the one behind it for ever.
      if (competitionId === 'waits') await others;
      if (competitionId === 'sound') free();
      return [];
    };
    const { rounds, resolved } = (await (await start('beside')).result()) as PaperDayResult;
    expect(settled.sort()).toEqual(['sound', 'waits']);
    expect(rounds).toContainEqual(
      expect.objectContaining({ competitionId: 'broken', missing: ['not done: no such symbol'] }),
    );
    expect([pages, parts.sort(), resolved]).toEqual([[null, 'p29'], [25, 5, 5], 35]);
  });

  it('asks a hosted model once for the leagues that ask the same, as what it is, and anew for another horizon alone', async () => {
    const { rounds } = (await (await start('leagues', 'orders')).result()) as PaperDayResult;
    expect(rounds.map((round) => round.forecasts)).toEqual([1, 1, 1, 1]);
    // Looked for under the keys that were asked.
    expect(forecasts.sort()).toEqual([
      'answered-before true',
      'first true',
      'other-horizon true',
      'second true',
    ]);
    expect(asked.map(({ key }) => key).sort()).toEqual(
      ['p-10', 'p-5'].map((id) => `competition:live/${DATE}/AAA/${id}/m`),
    );
    expect(asked.map(({ category }) => category)).toEqual(['crypto', 'crypto']);
    expect(asked.map(({ key, deadlineMs }) => [key.includes('/p-10/'), deadlineMs]).sort()).toEqual([
      [false, 1],
      [true, 600_000],
    ]);
  });

  it('places the orders of all before the open, whichever model has not answered by then', async () => {
    askForMs = 9_000;
    const { rounds } = (await (await start('slow', 'orders')).result()) as PaperDayResult;
    expect(asked.map(({ model }) => model).sort()).toEqual(['hangs', 'm']);
    expect(ordersOf.sort()).toEqual(['one', 'two']);
    const slow = 'hangs: not all of its answers came before the open';
    // Whichever competition is done first.
    const seen = rounds.map(({ competitionId, orders, missing: why }) => [competitionId, { orders, why }]);
    expect(Object.fromEntries(seen)).toEqual({
      one: { orders: 3, why: [slow] },
      two: { orders: 0, why: [slow, 'no orders: the market had opened'] },
    });
    // What it was asked is looked for all the same, and on record as missing.
    expect(forecasts).toHaveLength(4);
  });

  it('waits for the closing bar of a single symbol that is late', async () => {
    missing = async (competitionId) => (competitionId === 'sound' ? ['BBB'] : []);
    const day = await start('late');
    const waits = async () =>
      ((await day.fetchHistory()).events ?? []).some((event) => event.timerStartedEventAttributes);
    while (!(await waits()) && (await day.describe()).status.name === 'RUNNING');
    expect([await waits(), settled.includes('sound')]).toEqual([true, false]);
    await day.terminate('seen');
  });
});

describe('the bars of a live competition', () => {
  /** Of a symbol named for how its source fails, or sound. */
  const bars = async (request: { readonly symbol: string }): Promise<BarSeries> => {
    const kind = request.symbol as SourceFailureKind;
    if (request.symbol !== 'SOUND') throw new SourceFailure('yahoo', kind, `it is ${kind}`);
    const bar = { symbol: 'SOUND', date: DATE, open: 1, high: 1, low: 1, close: 1, volume: 1 };
    return {
      symbol: 'SOUND',
      currency: 'USD',
      source: 'yahoo',
      synthetic: false,
      bars: [bar],
      fetchedAt: DATE,
    };
  };

  const harnessed = async (
    use: (dependencies: CallHarness['dependencies']) => Promise<void>,
  ): Promise<void> => {
    const test = await freshTestDatabase(2);
    const harness = await createCallHarness(test.url, [], 2);
    const sources = { prices: { dailyBars: bars } } as unknown as typeof harness.dependencies.sources;
    await use({ ...harness.dependencies, sources });
    await harness.close();
    await test.drop();
  };
  const inActivity = <T>(work: () => Promise<T>) => new MockActivityEnvironment().run(work) as Promise<T>;

  it('are none where the source has none of the symbol, and are waited for where it cannot be asked', () =>
    harnessed(async (dependencies) => {
      const { barsAt } = createCompetitionBars(dependencies);
      const { missingPaperBars } = createPaperDay(dependencies);
      const symbols = ['SOUND', 'not_found', 'stale', 'rate_limited'];
      const day = run('bars', symbols);
      const of = (symbol: string) => inActivity(() => barsAt(day, symbol, `${DATE}T21:00:00.000Z`));
      expect([await of('not_found'), await of('stale')]).toEqual([null, null]);
      await expect(of('rate_limited')).rejects.toThrow('it is rate_limited');
      const missing = await inActivity(() => missingPaperBars({ run: day, date: DATE }));
      expect(missing).toEqual(symbols.slice(1));
    }));

  it('are wanted by models that may be asked until a minute before the open', () =>
    harnessed(async (dependencies) => {
      const { competitions, worlds } = dependencies.stores;
      await competitions.create({
        id: 'live-one',
        definition: { ...run('live-one', ['T']), rules: DEFAULT_PAPER_RULES },
      });
      await competitions.start('live-one', { house: [], worldOf: () => 'live' });
      const { planPaperDay } = createPaperDay(dependencies);
      const planAt = async (at: string, part: 'orders' | 'end_of_day') => {
        await worlds.setClockOffsetForTests('live', Date.parse(at) - Date.now());
        return (await planPaperDay({ request: { market: 'XNYS', part }, scheduledAt: null })).runs;
      };
      // The exchange opens at 14:30 UTC.
      const [due] = await planAt(`${DATE}T14:00:00.000Z`, 'orders');
      expect(Math.round(due!.askForMs! / 60_000)).toBe(29);
      const [closed] = await planAt(`${DATE}T21:30:00.000Z`, 'end_of_day');
      expect(closed).toMatchObject({ date: DATE });
      expect(closed).not.toHaveProperty('askForMs');
    }));

  it('are ordered from once a day, whatever is known when the orders are placed again', () =>
    harnessed(async (dependencies) => {
      const { competitions, worlds } = dependencies.stores;
      const symbols = Array.from({ length: 8 }, (_unused, index) => `T${index}`);
      const wave = tradingDays('XNYS', '2026-08-03', '2026-11-19').map((date, day) => {
        const price = 100 + 10 * Math.sin(day / 3);
        return { symbol: 'T', date, open: price, high: price, low: price, close: price, volume: 1 };
      });
      let saidByModel = (_symbol: string): number => 0.9;
      const known = {
        series: { get: async () => ({ bars: wave }) },
        propositions: { get: async () => ({ priceOfYes: 0.5 }) },
        forecasts: {
          ofProposition: async (symbol: string) => [
            { attemptGroup: 'competition', model: 'm', probability: saidByModel(symbol) },
          ],
        },
      };
      const stores = { ...dependencies.stores, ...known } as unknown as typeof dependencies.stores;
      const { placeCompetitionOrders } = createCompetitionTrading({ ...dependencies, stores });
      const day = { ...run('twice', symbols), rules: DEFAULT_PAPER_RULES };
      await competitions.create({ id: 'twice', definition: day });
      await competitions.addAccounts('twice', [{ id: 'twice/a', name: 'a', kind: 'model', models: ['m'] }]);
      await competitions.start('twice', { house: [], worldOf: () => 'live' });
      await worlds.setClockOffsetForTests('live', Date.parse(`${DATE}T14:00:00.000Z`) - Date.now());
      const subjects = symbols.map((symbol) => ({
        ...{ symbol, propositionId: symbol, briefId: 'b', seriesId: 's', missing: null },
      }));
      const place = () => placeCompetitionOrders({ run: day, date: DATE, subjects });
      const first = await place();
      const orders = await competitions.orders('twice');
      expect(first).toEqual({ orders: orders.length });
      // Its cash does not last for all that it would buy.
      expect(orders.length).toBeGreaterThan(0);
      expect(orders.length).toBeLessThan(symbols.length);
      expect(await place()).toEqual(first);
      saidByModel = (symbol) => (orders.some((order) => order.symbol === symbol) ? 0.5 : 0.95);
      expect(await place()).toEqual(first);
      expect(await competitions.orders('twice')).toEqual(orders);
    }));

  it('book a crash once the source has let it stand for five days, and never a split', () =>
    harnessed(async (dependencies) => {
      const { competitions } = dependencies.stores;
      const days = tradingDays('XNYS', '2026-11-09', '2026-11-18');
      // The first close is 100, every later price 56; `now` is what the source gives for the first.
      const settledBy = async (id: string, now: number) => {
        let today = 0;
        const dailyBars = async () => ({
          bars: days.slice(0, today + 1).map((date, index) => {
            const price = index > 0 ? 56 : today > 1 ? now : 100;
            return { symbol: 'T', date, open: price, high: price, low: price, close: price, volume: 1 };
          }),
          synthetic: false,
        });
        const sources = { prices: { dailyBars } } as unknown as typeof dependencies.sources;
        const { settleCompetitionDay } = createCompetitionTrading({ ...dependencies, sources });
        const day = { ...run(id, ['T']), from: days[0]!, rules: DEFAULT_PAPER_RULES };
        await competitions.create({ id, definition: day });
        await competitions.addAccounts(id, [{ id: `${id}/a`, name: 'a', kind: 'model', models: ['m'] }]);
        await competitions.start(id, { house: [], worldOf: () => 'live' });
        const order = { symbol: 'T', side: 'buy', quantity: 1, placedOn: days[0]!, reason: 'test' } as const;
        await competitions.placeOrders(`${id}/a`, [{ ...order, probability: null, priceOfYes: null }]);
        const marks: number[] = [];
        for (; today < days.length; today += 1) {
          await inActivity(() => settleCompetitionDay({ run: day, date: days[today]! }));
          marks.push((await competitions.positions(id))[0]!.markMicroUsd / 1e6);
        }
        return marks;
      };
      expect(days).toHaveLength(8);
      expect(await settledBy('crash', 100)).toEqual([100, 100, 100, 100, 100, 100, 56, 56]);
      expect(await settledBy('split', 56)).toEqual(Array.from({ length: 8 }, () => 100));
    }));

  it('suspend no position for a real move over a day whose bar was late', () =>
    harnessed(async (dependencies) => {
      const { competitions } = dependencies.stores;
      const days = ['2026-11-18', '2026-11-19', '2026-11-20'];
      const closes = [100, 150, 190];
      // Without jumps from one close to the next open.
      const all = closes.map((close, day) => {
        const open = closes[day - 1] ?? close;
        return { symbol: 'T', date: days[day]!, open, high: close, low: open, close, volume: 1 };
      });
      let known: readonly number[] = [];
      const dailyBars = async () => ({
        bars: all.filter((_bar, day) => known.includes(day)),
        synthetic: false,
      });
      const sources = { prices: { dailyBars } } as unknown as typeof dependencies.sources;
      const { settleCompetitionDay } = createCompetitionTrading({ ...dependencies, sources });
      const day = { ...run('late', ['T']), from: days[0]!, rules: DEFAULT_PAPER_RULES };
      await competitions.create({ id: 'late', definition: day });
      await competitions.addAccounts('late', [{ id: 'late/a', name: 'a', kind: 'model', models: ['m'] }]);
      await competitions.start('late', { house: [], worldOf: () => 'live' });
      const order = { symbol: 'T', side: 'buy', quantity: 1, placedOn: days[0]!, reason: 'test' } as const;
      await competitions.placeOrders('late/a', [{ ...order, probability: null, priceOfYes: null }]);
      const heldOn = async (date: string, bars: readonly number[]) => {
        known = bars;
        await inActivity(() => settleCompetitionDay({ run: day, date }));
        return (await competitions.positions('late'))[0];
      };
      expect(await heldOn(days[0]!, [0])).toMatchObject({ markMicroUsd: 100e6, markedOn: days[0] });
      expect(await heldOn(days[1]!, [0])).toMatchObject({ markMicroUsd: 100e6, markedOn: days[0] });
      expect(await heldOn(days[2]!, [0, 1, 2])).toMatchObject({ markMicroUsd: 190e6, frozen: null });
    }));
});
