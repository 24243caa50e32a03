// The desk by itself on a stack of its own, whose made-up world's clock this file moves: warming under its cap,
// research after events, detectors, and a competition that trades day by day.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import { COMPETITION_GROUP } from '../../../activities/competition-forecasts';
import { createCompetition, joinCompetition, startLiveCompetition } from '../../../client/competition';
import { competitionDocument } from '../../../client/competition-document';
import { readLiveDefinition } from '../../../client/competition-input';
import type { ConclaveClient } from '../../../client/connect';
import { deskSchedule } from '../../../client/desk-schedules';
import { sendMarketEvent } from '../../../client/events';
import { describeSchedule } from '../../../client/known-schedules';
import { research } from '../../../client/research';
import { syncSchedules } from '../../../client/schedules';
import { sessionDocument, startSession } from '../../../client/sessions';
import { changeSetting } from '../../../client/settings';
import { openDatabase } from '../../../db/database';
import { findViolations } from '../../../db/invariants';
import { latenessText } from '../../../domain/desk/lateness';
import { scheduleInstant } from '../../../domain/desk/schedule-kinds';
import { sessionTimes, tradingDays } from '../../../domain/market/calendar';
import { addDays } from '../../../domain/market/iso-date';
import type { PaperDayRequest, PaperDayResult } from '../../../workflows/contracts/competition';
import type {
  EventWatchResult,
  WarmingInput,
  WarmingRequest,
  WarmingResult,
} from '../../../workflows/contracts/desk';
import type { SessionResult } from '../../../workflows/contracts/session';
import { CONCLAVE_QUEUE } from '../../../workflows/contracts/task-queues';
import { ALERT_WATCH_ID } from '../../../workflows/contracts/workflow-ids';
import { lookForAlerts } from '../../../workflows/messages';
import { conclave } from '../../support/conclave-cli';
import { type ProviderServer, startProviderServer } from '../../support/provider-server/provider-server';
import { endStack, enterStack, type RunningStack, stackPlace } from '../../support/running-stack';
import { STACK_START_MS } from '../db/fresh-database';

jest.setTimeout(300_000);

const WORLD = 'synthetic';

/** Ten trading days from this one on, by New York's winter hours: 14:30 to 21:00 UTC. */
const isPlainFortnight = (monday: string): boolean => {
  const days = tradingDays('XNYS', monday, addDays(monday, 11)).map((day) => sessionTimes('XNYS', day));
  const plain = days.filter(({ openUtc, closeUtc }) => `${openUtc}${closeUtc}`.match(/T14:30:.*T21:00:/));
  return plain.length === 10;
};
/** The next such Monday: deadlines in the made-up world are kept by timers, so its days lie ahead of the real ones. */
const nextPlainMonday = (today: string): string => {
  let day = addDays(today, 2);
  while (new Date(day).getUTCDay() !== 1 || !isPlainFortnight(day)) day = addDays(day, 1);
  return day;
};
const MONDAY = nextPlainMonday(new Date().toISOString().slice(0, 10));
/** So many days after that Monday. */
const dayAt = (days: number): string => addDays(MONDAY, days);
const MODELS = ['house-drift', 'house-momentum', 'house-mean-reversion', 'house-logistic'];

let folder: string;
let server: ProviderServer;
let running: RunningStack;
let runs = 0;

const client = (): ConclaveClient => running.client;

const run = async <T>(type: string, argument: unknown, workflowId = `desk-test-${runs++}`): Promise<T> =>
  (await client().temporal.workflow.execute(type, {
    workflowId,
    taskQueue: CONCLAVE_QUEUE,
    args: [argument],
  })) as T;

const warm = (request: WarmingRequest): Promise<WarmingResult> =>
  run('cacheWarming', { request, going: null });
const warmNewYork = () => warm({ purpose: 'session', market: 'XNYS' });

/** Moves the made-up world's clock; time then runs on from there. */
const clockAt = (instant: string): Promise<void> =>
  client().stores.worlds.setClockOffsetForTests(WORLD, Date.parse(instant) - Date.now());

const set = (key: string, value: unknown): Promise<void> =>
  client().stores.settings.set({ key, category: 'desk', value, reason: 'test' });

const watch = async (market: string, symbols: readonly string[]): Promise<void> => {
  await client().stores.watchlists.remove(await client().stores.watchlists.list());
  await client().stores.watchlists.add(symbols.map((symbol) => ({ market, subject: `equity:${symbol}` })));
};

const brief = (subject: string) =>
  research(client(), {
    ...{ world: WORLD, asOf: null, subject, kind: 'complete', template: 'swing', refresh: false },
    ...{ prices: null, sessionId: null, reader: 'test', waiters: [] },
  } as const);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'conclave-desk-'));
  server = await startProviderServer();
  const env = { OPENAI_API_KEY: 'sk-desk-test', OPENAI_BASE_URL: `${server.as('openai')}/v1` };
  running = await enterStack(stackPlace(join(folder, 'home'), { env }));
  await client().stores.worlds.enter({ id: WORLD, asOf: null });
  await set('desk_world', WORLD);
}, STACK_START_MS);
afterAll(async () => {
  await running?.close();
  if (running) await endStack(running.place);
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
}, STACK_START_MS);

describe('warming', () => {
  it('ends as skipped with the reason on a closed day and once the session has begun', async () => {
    await watch('XNYS', ['WARMA', 'WARMB']);
    await clockAt(`${dayAt(-2)}T13:20:00Z`);
    expect(await warmNewYork()).toMatchObject({
      skipped: `XNYS is closed on ${dayAt(-2)} (weekend)`,
      made: 0,
    });
    await clockAt(`${MONDAY}T14:05:00Z`);
    expect((await warmNewYork()).skipped).toContain(`late: the session of ${MONDAY}T14:00:00.000Z has begun`);
    await set('warming_enabled', false);
    await clockAt(`${MONDAY}T13:20:00Z`);
    expect((await warmNewYork()).skipped).toBe('the setting warming_enabled is false');
    await set('warming_enabled', true);
  });

  it('makes briefs that are fresh at the session, which then pays for no research', async () => {
    await clockAt(`${MONDAY}T13:20:00Z`);
    const result = await warmNewYork();
    expect(result).toMatchObject({ skipped: null, made: 2, failed: 0, overBudget: 0, date: MONDAY });
    expect(result.costMicroUsd).toBeGreaterThan(0);
    expect(await client().stores.caps.limits()).toEqual([]);
    await clockAt(`${MONDAY}T14:00:00Z`);
    const target = await startSession(client(), {
      ...{ market: 'XNYS', kind: 'pre_market', date: null, replay: false, subjects: [], members: MODELS },
      ...{ strategy: null, stakeMicroUsd: null, template: 'swing', researchKind: 'complete', refresh: false },
      ...{ prices: null, horizonDays: 5, requestKey: 'warmed' },
    });
    await client().temporal.workflow.getHandle('trigger:XNYS:pre_market:warmed').result();
    const { subjects, totals } = await sessionDocument(client(), target.sessionId!);
    expect(subjects.map((each) => each.research?.cache)).toEqual(['hit', 'hit']);
    expect(totals.costUsd).toBe('0.000000');
  });

  it('finds everything fresh when it runs again', async () => {
    await clockAt(`${MONDAY}T13:25:00Z`);
    expect(await warmNewYork()).toMatchObject({ made: 0, fresh: 2, costMicroUsd: expect.any(Number) });
  });

  it('makes no brief that a close before the session outdates; each ends with the close after its facts', async () => {
    await clockAt(`${MONDAY}T20:50:00Z`);
    expect((await brief('equity:CLOSES')).brief.expiresAt).toBe(`${MONDAY}T21:00:00.000Z`);
    await clockAt(`${MONDAY}T21:00:01Z`);
    expect((await brief('equity:CLOSES')).ref.cache).toBe('miss');
    await watch('CRYPTO', ['BTC-USD']);
    await clockAt(`${MONDAY}T23:15:00Z`);
    const result = await warm({ purpose: 'session', market: 'CRYPTO' });
    expect(result).toMatchObject({ skipped: null, made: 0, tooEarly: expect.arrayContaining(['complete']) });
  });

  it('never spends past its budget, and leaves what it cannot pay for to the session', async () => {
    const [cost] = (await client().stores.desk.briefCosts(WORLD)).values();
    const budgetUsd = (2.5 * cost!) / 1e6;
    await set('warming_budget_usd', budgetUsd);
    await watch('XNYS', ['WARMC', 'WARMD', 'WARME', 'WARMF', 'WARMG', 'WARMH']);
    await clockAt(`${dayAt(1)}T13:20:00Z`);
    const result = await warmNewYork();
    expect(result.costMicroUsd).toBeLessThanOrEqual(Math.round(budgetUsd * 1e6));
    expect(result.overBudget + result.failed).toBeGreaterThan(0);
    expect(result.made + result.overBudget + result.failed).toBe(6);
    const house = await client().stores.desk.freshUntil(WORLD, 'swing');
    expect([...house.keys()].filter((key) => /WARM[C-H]/.test(key))).toHaveLength(result.made);
    await set('warming_budget_usd', 1);
  });
});

describe('warming that its session overtakes', () => {
  const sessionId = 'warming:overtaken';
  const capped = async () => (await client().stores.caps.limits()).some(({ key }) => key === sessionId);

  it('keeps its cap until the research that goes on has ended', async () => {
    const budgetMicroUsd = 1_000_000;
    await client().stores.caps.setLimit({
      ...{ scope: 'market_session', key: sessionId, limitMicroUsd: budgetMicroUsd, policy: 'stop' },
      reason: 'test',
    } as const);
    server.clear();
    server.set({ delayMs: 5_000 });
    const ended = run<WarmingResult>('cacheWarming', {
      request: { purpose: 'session', market: 'XNYS' },
      going: {
        tally: { made: 0, fresh: 0, failed: 0, overBudget: 0, late: 0 },
        plan: {
          ...{ sessionId, world: WORLD, date: MONDAY, skipped: null, fresh: 0, tooEarly: [], budgetMicroUsd },
          items: [{ subject: 'equity:OVERTAKEN', kind: 'complete', refresh: false, expectedMicroUsd: 0 }],
          concurrency: 1,
          deadlineAt: new Date(Date.now() + 4_000).toISOString(),
        },
      },
    } satisfies WarmingInput);
    // The second call, which verifies, is made well after the session has begun.
    await server.waitForCalls(2);
    server.set({ delayMs: 0 });
    expect(await capped()).toBe(true);
    const { late, made, costMicroUsd } = await ended;
    expect({ late, made }).toEqual({ late: 1, made: 0 });
    expect(await capped()).toBe(false);
    expect((await brief('equity:OVERTAKEN')).ref.cache).toBe('hit');
    expect(costMicroUsd).toBe((await client().stores.sessions.ledgerTotals(sessionId)).costMicroUsd);
  });
});

/** A call of a model about the subject has arrived at the provider. */
const called = async (subject: string): Promise<void> => {
  while (!server.calls().some(({ callKey }) => callKey.includes(subject))) await delay(50);
};

describe('events', () => {
  const eventResearch = (id: string) => client().temporal.workflow.getHandle(`event-research:${id}`);
  const ended = (id: string) => eventResearch(id).result() as Promise<WarmingResult>;
  /** An event that was signalled is on record a moment before its research begins. */
  const begun = async (id: string): Promise<void> => {
    for (;;) {
      try {
        await eventResearch(id).describe();
        return;
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        await delay(50);
      }
    }
  };

  it('have held and watched symbols that they cover researched anew, and nothing else', async () => {
    await watch('CRYPTO', ['BTC-USD', 'ETH-USD']);
    const before = [await brief('equity:BTC-USD'), await brief('equity:ETH-USD')];
    await brief('equity:SOL-USD');
    const event = { id: 'desk-1', type: 'major_news', symbols: ['BTC-USD', 'SOL-USD'], reason: 'test' };
    await sendMarketEvent(client(), event);
    expect(await ended('desk-1')).toMatchObject({ made: 1, fresh: 0, skipped: null });
    const after = [await brief('equity:BTC-USD'), await brief('equity:ETH-USD')];
    expect(after[0]!.ref).toMatchObject({ cache: 'hit' });
    expect(after[0]!.ref.briefId).not.toBe(before[0]!.ref.briefId);
    expect(after[1]!.ref.briefId).toBe(before[1]!.ref.briefId);
    const asked = { world: WORLD, subject: 'equity:SOL-USD', asOf: '2999-01-01T00:00:00.000Z' };
    const lastEventAt = (type: string, asOf = asked.asOf) =>
      client().stores.desk.lastEventAt({ ...asked, type, asOf });
    const at = await lastEventAt('major_news');
    expect(at).not.toBeNull();
    expect(await lastEventAt('earnings')).toBeNull();
    expect(await lastEventAt('major_news', '2020-01-01T00:00:00.000Z')).toBeNull();
  });

  it('count once: the same id starts no second research', async () => {
    const event = { id: 'desk-1', type: 'major_news', symbols: ['BTC-USD'], reason: 'test again' };
    const first = await eventResearch('desk-1').describe();
    expect(await sendMarketEvent(client(), event)).toMatchObject({ first: false });
    const second = await eventResearch('desk-1').describe();
    expect(second.runId).toBe(first.runId);
  });

  it('restart, in a session that runs, the research that they cover and leave the rest alone', async () => {
    await watch('XNYS', ['WARMA']);
    const subjects = ['equity:DURINGA', 'equity:DURINGB'];
    server.clear();
    // Below the heartbeat's time-out, and long enough for the event to come while these two calls are under way.
    server.set({ delayMs: 5_000 });
    await startSession(client(), {
      ...{ market: 'XNYS', kind: 'open', date: null, replay: false, subjects, members: MODELS },
      ...{ strategy: null, stakeMicroUsd: null, template: 'swing', researchKind: 'complete', refresh: false },
      ...{ prices: null, horizonDays: 5, requestKey: 'during' },
    });
    for (const subject of subjects) await called(subject);
    await sendMarketEvent(client(), {
      ...{ id: 'desk-during', type: 'earnings', symbols: ['DURINGA'], reason: 'test' },
    });
    server.set({ delayMs: 0 });
    const ended = (await client()
      .temporal.workflow.getHandle('trigger:XNYS:open:during')
      .result()) as SessionResult;
    const document = await sessionDocument(client(), ended.sessionId);
    expect(document.subjects.map((each) => [each.subject, each.research?.cache])).toEqual([
      ['equity:DURINGA', 'restarted'],
      ['equity:DURINGB', 'miss'],
    ]);
  });

  it('start no research where the market is closed or the setting says no', async () => {
    await watch('XNYS', ['WARMA']);
    await clockAt(`${dayAt(5)}T15:00:00Z`);
    await sendMarketEvent(client(), { id: 'desk-2', type: 'market_crash', reason: 'a Saturday' });
    expect((await ended('desk-2')).skipped).toMatch(/covered while its market is open/);
    await set('event_research', false);
    await sendMarketEvent(client(), { id: 'desk-3', type: 'market_crash', reason: 'switched off' });
    expect((await ended('desk-3')).skipped).toBe('the setting event_research is false');
    await set('event_research', true);
  });

  it('are proposed by detectors under the thresholds in force, each once', async () => {
    await watch('CRYPTO', ['BTC-USD', 'ETH-USD', 'ADA-USD', 'DOT-USD', 'LTC-USD']);
    await set('detector_gap', 1);
    await set('detector_volatility', 100);
    const looked = () => run<EventWatchResult>('eventWatch', {});
    expect((await looked()).proposed.filter(({ id }) => /gap|volatility/.test(id))).toEqual([]);
    await set('detector_gap', 0.001);
    await set('detector_volatility', 1.1);
    const seen = await looked();
    expect(seen.degraded).toEqual([]);
    const ids = seen.proposed.map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(0);
    const recorded = () => client().stores.desk.recordedEvents(ids);
    while ((await recorded()).size < ids.length) await looked();
    for (const id of ids) {
      await begun(id);
      expect(await ended(id)).toMatchObject({ failed: 0 });
    }
    expect((await looked()).proposed).toEqual([]);
  });
});

describe('a competition that trades day by day', () => {
  const NAME = 'desk-league';
  const part = (which: PaperDayRequest['part']) =>
    run<PaperDayResult>('paperDay', { market: 'XNYS', part: which });
  const words = { symbols: 'AAPL,MSFT,NVDA', world: WORLD };

  beforeAll(async () => {
    await clockAt(`${MONDAY}T14:00:00Z`);
    const now = await client().stores.worlds.now(WORLD);
    await createCompetition(client(), NAME, readLiveDefinition(words, now));
  });

  it('needs four models, and starts in the world it names', async () => {
    await joinCompetition(client(), NAME, MODELS.slice(0, 3));
    await expect(startLiveCompetition(client(), NAME)).rejects.toThrow(/has 3 models; accepted: at least 4/);
    await joinCompetition(client(), NAME, MODELS);
    expect(await startLiveCompetition(client(), NAME)).toMatchObject({ status: 'running', world: WORLD });
  });

  it('places orders before the open, settles after the close, and shows a whole board', async () => {
    for (const date of [0, 1, 2, 3].map(dayAt)) {
      await clockAt(`${date}T14:00:00Z`);
      const { rounds } = await part('orders');
      expect(rounds).toMatchObject([{ competitionId: NAME, forecasts: 4 * 3, missing: [] }]);
      expect((await part('orders')).rounds).toMatchObject([{ forecasts: 4 * 3 }]);
      await clockAt(`${date}T21:20:00Z`);
      expect((await part('end_of_day')).rounds).toMatchObject([{ settledDays: 1, missing: [] }]);
      expect((await part('end_of_day')).rounds).toMatchObject([{ settledDays: 0 }]);
    }
    const standing = { market: 'XNYS', settledThrough: dayAt(3), orderedAt: expect.any(String) };
    expect(await client().stores.alertFacts.paperStandings(COMPETITION_GROUP)).toMatchObject([standing]);
    const document = await competitionDocument(client(), NAME);
    expect(document.board.map(({ account }) => account).sort()).toEqual(
      [...MODELS, 'buy-and-hold', 'house-baseline'].sort(),
    );
    for (const row of document.board) {
      expect(row).toEqual(
        expect.objectContaining({
          ...{ return: expect.any(Number), maxDrawdown: expect.any(Number), turnover: expect.any(Number) },
          ...{ modelCostUsd: expect.any(String), returnAfterModelCost: expect.any(Number) },
        }),
      );
      expect(row).toHaveProperty('sharpe');
      expect(row).toHaveProperty('hitRate');
      expect(row).toHaveProperty('brier');
    }
    expect(new Set(document.snapshots.map(({ date }) => date)).size).toBe(4);
    expect(document.orders.length).toBeGreaterThan(0);
    expect(document.research.savedShare).toBeGreaterThanOrEqual(0.75);
  });

  it('settles the accounts that a killed worker left a day behind', async () => {
    const { competitions } = client().stores;
    const accounts = new Set((await competitions.snapshots(NAME)).map(({ accountId }) => accountId));
    const [behind] = accounts;
    const db = openDatabase(running.stack.databaseUrl, { poolSize: 1, applicationName: 'test' });
    for (const table of ['positions', 'snapshots'])
      await db.query(`delete from ${table} where account_id = $1 and date = $2`, [behind, dayAt(3)]);
    await db.close();
    const standings = await client().stores.alertFacts.paperStandings(COMPETITION_GROUP);
    expect(standings).toMatchObject([{ settledThrough: dayAt(2) }]);
    expect((await part('end_of_day')).rounds).toMatchObject([{ settledDays: 1 }]);
    const settled = await competitions.snapshots(NAME);
    expect(settled.filter(({ date }) => date === dayAt(3))).toHaveLength(accounts.size);
  });

  it('makes up for days it could not settle, and refuses orders once the market is open', async () => {
    await clockAt(`${dayAt(4)}T15:00:00Z`);
    expect((await part('orders')).skipped).toContain(`late: XNYS opened at ${dayAt(4)}T14:30`);
    expect((await part('end_of_day')).rounds).toMatchObject([{ date: dayAt(3), settledDays: 0 }]);
    await clockAt(`${dayAt(8)}T21:20:00Z`);
    expect((await part('end_of_day')).rounds).toMatchObject([{ settledDays: 3 }]);
    await clockAt(`${dayAt(6)}T14:00:00Z`);
    expect((await part('orders')).skipped).toBe(`XNYS is closed on ${dayAt(6)} (weekend)`);
  });

  it('warms what its accounts hold, on the watchlist or not', async () => {
    await watch('XNYS', ['WARMA']);
    const held = await client().stores.desk.heldSymbols(WORLD);
    expect(held.length).toBeGreaterThan(0);
    await clockAt(`${dayAt(9)}T13:20:00Z`);
    expect(await warmNewYork()).toMatchObject({ made: held.length + 1 });
  });

  it('takes no orders after its last day, settles none, and is finished', async () => {
    const db = openDatabase(running.stack.databaseUrl, { poolSize: 1, applicationName: 'test' });
    await db.query(
      `update competitions set definition = definition || jsonb_build_object('to', $2::text) where id = $1`,
      [NAME, dayAt(8)],
    );
    await db.close();
    await clockAt(`${dayAt(9)}T14:00:00Z`);
    expect((await part('orders')).skipped).toBe(`ended on ${dayAt(8)}`);
    await clockAt(`${dayAt(9)}T21:20:00Z`);
    expect((await part('end_of_day')).rounds).toMatchObject([{ settledDays: 0 }]);
    expect((await client().stores.competitions.get(NAME))?.status).toBe('finished');
  });
});

describe('a competition on a market that never closes', () => {
  const NAME = 'desk-crypto';
  const part = (which: PaperDayRequest['part']) =>
    run<PaperDayResult>('paperDay', { market: 'CRYPTO', part: which });

  it('orders before UTC midnight, fills at it, and settles each UTC day, weekends too', async () => {
    await clockAt(`${dayAt(11)}T12:00:00Z`);
    const words = { symbols: 'BTC-USD,ETH-USD', world: WORLD, cash: '100000000' };
    const now = await client().stores.worlds.now(WORLD);
    await createCompetition(client(), NAME, readLiveDefinition(words, now));
    await joinCompetition(client(), NAME, MODELS);
    await startLiveCompetition(client(), NAME);
    expect((await part('orders')).skipped).toBe(`begins on ${dayAt(12)}`);
    for (const day of [dayAt(12), dayAt(13)]) {
      await clockAt(`${addDays(day, -1)}T23:30:00Z`);
      expect((await part('orders')).rounds).toMatchObject([{ date: day, forecasts: 4 * 2, missing: [] }]);
      await clockAt(`${addDays(day, 1)}T00:20:00Z`);
      expect((await part('end_of_day')).rounds).toMatchObject([{ date: day, settledDays: 1, missing: [] }]);
    }
    const { orders, snapshots, notes } = await competitionDocument(client(), NAME);
    expect([...new Set(snapshots.map(({ date }) => date))]).toEqual([dayAt(12), dayAt(13)]);
    expect(orders.find(({ account }) => account === 'buy-and-hold')).toMatchObject({
      ...{ placedOn: dayAt(12), filledOn: dayAt(12), status: 'filled' },
    });
    expect(notes.at(-1)).toMatch(/never closes: its days are UTC days/);
    await clockAt(`${dayAt(14)}T00:05:00Z`);
    expect((await part('orders')).skipped).toContain(`late: CRYPTO opened at ${dayAt(14)}T00:00`);
  });

  it('has its schedules at those times, every day', async () => {
    const changes = await syncSchedules(client(), { kinds: ['open'], dryRun: true });
    const ids = changes.map(({ scheduleId: id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['desk:CRYPTO:paper_orders', 'desk:CRYPTO:end_of_day']));
    const settings = { kinds: ['open'], times: {}, leadMinutes: 45 } as const;
    const { words } = deskSchedule('CRYPTO', 'paper_orders', dayAt(12), settings);
    expect(words).toMatchObject({ zone: 'UTC', time: '23:30', days: 'every day' });
  });
});

describe('sharing', () => {
  const LANGUAGE_MODELS = [
    ...['gpt-5.6-sol', 'gpt-5.6-luna', 'gpt-5.5', 'gpt-5.4-mini', 'gpt-5.1', 'gpt-5-mini', 'gpt-4.1'],
    ...['gpt-4.1-mini', 'gpt-4o', 'gpt-4o-mini'],
  ];
  const SUBJECTS = Array.from({ length: 10 }, (_unused, index) => `equity:SHARE${'ABCDEFGHIJ'[index]}`);

  const session = async (
    key: string,
    members: readonly string[],
    subjects: readonly string[],
  ): Promise<void> => {
    const requestKey = `${key}-${members[0]}`;
    await startSession(client(), {
      ...{ market: 'XNYS', kind: 'open', date: null, replay: false, subjects, members },
      ...{ strategy: null, stakeMicroUsd: null, template: 'swing', researchKind: 'complete', refresh: false },
      ...{ prices: null, horizonDays: 5, requestKey },
    });
    await client().temporal.workflow.getHandle(`trigger:XNYS:open:${requestKey}`).result();
  };

  interface Sums {
    readonly sessions: number;
    readonly reads: number;
    readonly hitRate: number;
    readonly savedShare: number;
  }

  /** From the command's own metrics, over these subjects. */
  const metricsOf = async (subjects: readonly string[]): Promise<Sums> => {
    const shown = await conclave(['cache', '--world', WORLD, '--by', 'subject', '--json'], running.place);
    const { metrics } = shown.json<{
      metrics: {
        readonly subject: string;
        readonly sessions: number;
        readonly hits: number;
        readonly joins: number;
        readonly misses: number;
        readonly costUsd: string;
        readonly costSavedUsd: string;
      }[];
    }>();
    const own = metrics.filter(({ subject }) => subjects.includes(subject));
    const sum = (pick: (row: (typeof own)[number]) => number) =>
      own.reduce((total, row) => total + pick(row), 0);
    const reads = sum(({ hits, joins, misses }) => hits + joins + misses);
    const saved = sum(({ costSavedUsd }) => Number(costSavedUsd));
    return {
      sessions: sum(({ sessions }) => sessions),
      reads,
      hitRate: sum(({ hits, joins }) => hits + joins) / reads,
      savedShare: saved / (saved + sum(({ costUsd }) => Number(costUsd))),
    };
  };

  const atOnce = (models: readonly string[], subjects: readonly string[]) =>
    Promise.all(models.map((model) => session('at-once', [model], subjects)));

  it('pays for research once, by four models on ten symbols that all begin at once and by six more', async () => {
    await clockAt(`${dayAt(10)}T14:35:00Z`);
    await atOnce(LANGUAGE_MODELS.slice(0, 4), SUBJECTS);
    const four = await metricsOf(SUBJECTS);
    expect(four).toMatchObject({ sessions: 10, reads: 40 });
    expect(four.savedShare).toBeCloseTo(0.75, 2);
    await atOnce(LANGUAGE_MODELS.slice(4), SUBJECTS);
    const ten = await metricsOf(SUBJECTS);
    expect(ten).toMatchObject({ sessions: 10, reads: 100 });
    expect(ten.savedShare).toBeCloseTo(0.9, 2);
  });

  it('says so of one session as well, in which four models decide together', async () => {
    await clockAt(`${dayAt(10)}T14:40:00Z`);
    const subjects = ['equity:TOGETHERA', 'equity:TOGETHERB'];
    await session('together', LANGUAGE_MODELS.slice(0, 4), subjects);
    const shared = await metricsOf(subjects);
    expect(shared).toMatchObject({ sessions: 2, reads: 8 });
    expect(shared.savedShare).toBeCloseTo(0.75, 2);
    const { sessions, briefMetrics } = client().stores;
    const [row] = await sessions.list({ world: WORLD, limit: 1 });
    const own = (await briefMetrics.metrics({ world: WORLD, by: 'subject' })).filter(({ subject }) =>
      subjects.includes(subject),
    );
    expect(row?.savedMicroUsd).toBe(own.reduce((sum, { costMicroUsd }) => sum + 3 * costMicroUsd, 0));
    expect(row?.savedMicroUsd).toBeGreaterThan(0);
  });

  it('serves popular symbols from the cache more than four times out of five over a day', async () => {
    const popular = ['equity:POPA', 'equity:POPB'];
    for (const time of ['14:00', '14:35', '19:00', '20:50']) {
      await clockAt(`${dayAt(11)}T${time}:00Z`);
      await Promise.all(LANGUAGE_MODELS.slice(0, 3).map((model) => session(`day-${time}`, [model], popular)));
    }
    expect((await metricsOf(popular)).hitRate).toBeGreaterThan(0.8);
  });
});

it('ends a session as usual when one of its decisions was terminated, and says of which it has none', async () => {
  const subjects = ['equity:ENDEDA', 'equity:ENDEDB'];
  server.clear();
  // Long enough that the decision has not ended when it is terminated.
  server.set({ delayMs: 4_000 });
  const { sessionId } = await startSession(client(), {
    ...{ market: 'XNYS', kind: 'open', date: null, replay: false, subjects, members: MODELS },
    ...{ strategy: null, stakeMicroUsd: null, template: 'swing', researchKind: 'complete', refresh: false },
    ...{ prices: null, horizonDays: 5, requestKey: 'one-ended' },
  });
  for (const subject of subjects) await called(subject);
  await client().temporal.workflow.getHandle(`decision:equity:ENDEDA:${sessionId}`).terminate('by hand');
  server.set({ delayMs: 0 });
  const trigger = client().temporal.workflow.getHandle('trigger:XNYS:open:one-ended');
  expect(await trigger.result()).toMatchObject({ status: 'finished', decided: 1, undecided: 1 });
  const { status, note, subjects: decided } = await sessionDocument(client(), sessionId!);
  expect(decided.map(({ subject }) => subject)).toEqual(['equity:ENDEDB']);
  expect([status, note]).toEqual(['finished', 'Undecided. equity:ENDEDA: it was terminated']);
  const shown = await conclave(['session', '--follow', sessionId!], running.place);
  expect(shown.stdout).toContain(`! ${note}`);
});

const watcher = () => client().temporal.workflow.getHandle(ALERT_WATCH_ID);

/** A look of the watch's own would sync schedules half way through what a test changes: it sleeps for an hour. */
const stopWatching = async (): Promise<void> => {
  const asleep = async () => {
    do await watcher().executeUpdate(lookForAlerts);
    while ((await watcher().describe()).raw.pendingActivities?.length);
  };
  await asleep();
  await watcher().terminate('the tests look themselves');
  await client().temporal.workflow.start('alertWatch', {
    workflowId: ALERT_WATCH_ID,
    taskQueue: CONCLAVE_QUEUE,
    args: [{ everyMs: 3_600_000 }],
  });
  await asleep();
};

describe('a session by schedule while no real price can be had', () => {
  const SCHEDULE = 'desk:CRYPTO:open';
  const schedule = () => client().temporal.schedule.getHandle(SCHEDULE);
  const trigger = async () => {
    const last = (await describeSchedule(client(), SCHEDULE))!.info.recentActions.at(-1);
    return last ? client().temporal.workflow.getHandle(last.action.workflow.workflowId) : null;
  };
  const begun = async () => {
    let found = await trigger();
    while (!found) found = await trigger();
    return found;
  };

  beforeAll(async () => {
    await stopWatching();
    await set('desk_world', 'live');
    await watch('CRYPTO', ['BTC-USD']);
    await syncSchedules(client(), { kinds: ['open'], dryRun: false });
  });
  afterAll(() => set('desk_world', WORLD));

  it('waits for one as long as it may still start, and takes no made-up ones', async () => {
    await schedule().trigger();
    const waiting = await begun();
    const waits = async () =>
      ((await waiting.fetchHistory()).events ?? []).some((event) => event.timerStartedEventAttributes);
    while (!(await waits())) await client().stores.worlds.now(WORLD);
    await waiting.terminate('seen');
    await schedule().delete();
  });

  it('is missed after that, in words that say what to do', async () => {
    await syncSchedules(client(), { kinds: ['open'], dryRun: false });
    const due = Date.parse(
      scheduleInstant('CRYPTO', addDays(new Date().toISOString().slice(0, 10), -1), 'open', 45),
    );
    await schedule().backfill({ start: new Date(due - 60_000), end: new Date(due + 60_000) });
    expect(await (await begun()).result()).toMatchObject({
      ...{ sessionId: null, world: 'live' },
      skipped: expect.stringMatching(
        /^no real prices until .*"conclave session --market CRYPTO --kind open"/,
      ),
    });
    const opened = await client().stores.sessions.list({ world: WORLD, limit: 500 });
    expect(opened.filter(({ market }) => market === 'CRYPTO')).toEqual([]);
  });
});

it('says of a session that its schedule started late how late it was, wherever it is shown', async () => {
  const now = new Date().toISOString();
  const date = tradingDays('XNYS', addDays(now.slice(0, 10), -10), addDays(now.slice(0, 10), -1)).at(-1)!;
  const dueAt = scheduleInstant('XNYS', date, 'open', 45);
  await client().stores.worlds.setClockOffsetForTests(WORLD, 0);
  await watch('XNYS', ['LATEA']);
  await syncSchedules(client(), { kinds: ['open'], dryRun: false });
  const due = Date.parse(dueAt);
  const period = { start: new Date(due - 60_000), end: new Date(due + 60_000) };
  const schedule = 'desk:XNYS:open';
  await client().temporal.schedule.getHandle(schedule).backfill(period);
  const started = async () => (await describeSchedule(client(), schedule))!.info.recentActions[0]?.action;
  while (!(await started())) await client().stores.worlds.now(WORLD);
  const trigger = client().temporal.workflow.getHandle((await started())!.workflow.workflowId);
  const result = (await trigger.result()) as SessionResult;
  const id = `session:${WORLD}:XNYS:${date}:open`;
  expect(result.sessionId).toBe(id);
  const late = result.lateSeconds!;
  expect(result.scheduledAt).toBe(dueAt);
  expect(late).toBeGreaterThanOrEqual(Math.round((Date.parse(now) - due) / 1_000) - 1);
  // Whole seconds, rounded.
  expect(late).toBeLessThanOrEqual(Math.ceil((Date.now() - due) / 1_000));
  const json = (await conclave(['session', '--follow', id, '--json'], running.place)).json();
  expect(json).toMatchObject({ scheduledAt: dueAt, lateSeconds: late });
  const shown = await conclave(['session', '--follow', id], running.place);
  expect(shown.stdout).toContain(`started ${latenessText(late)} (due ${dueAt})`);
  const byHand = (await client().stores.sessions.list({ world: WORLD })).find(
    ({ kind }) => kind === 'pre_market',
  );
  expect(await sessionDocument(client(), byHand!.id)).toMatchObject({ scheduledAt: null, lateSeconds: null });
});

it('moves schedules by itself when a setting or a watchlist asks for others', async () => {
  const look = () => watcher().executeUpdate(lookForAlerts);
  const last = async () => (await client().stores.scheduleSyncs.list(1))[0];
  await watch('XTKS', ['7203.T']);
  await syncSchedules(client(), { kinds: ['end_of_day'], dryRun: false });
  await changeSetting(client(), { key: 'schedule_times', value: { 'XTKS:end_of_day': '16:10' } });
  await look();
  expect(await last()).toMatchObject({
    cause: 'worker',
    changes: [{ change: 'replaced', differences: ['time: 16:15 -> 16:10'] }],
  });
  await watch('XTKS', []);
  await look();
  expect((await last())?.changes).toContainEqual({
    scheduleId: 'desk:XTKS:end_of_day',
    change: 'deleted',
    differences: [],
  });
});

it('leaves no row that breaks an invariant', async () => {
  const db = openDatabase(running.stack.databaseUrl, { poolSize: 1, applicationName: 'desk-test' });
  expect(await findViolations(db, { drainSeconds: 0 })).toEqual([]);
  await db.close();
});
