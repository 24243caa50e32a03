// The facts of a day, read from real tables, and reports kept.
import { dailyReport, remakeReport } from '../../../client/report';
import { createStores, type Stores } from '../../../db/stores';
import { NO_EDGE } from '../../../domain/ensemble/sizing';
import { FUNNEL_STEPS } from '../../../domain/report/funnel';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from './fresh-database';
import { aDecision, aForecast, aProposition, aReservation } from './rows';

let test: TestDatabase;
let stores: Stores;
let today: string;
/** From now to noon of today: no midnight comes between what a test writes and what it reads. */
let toNoonMs: number;

const shiftClocks = async (offsetMs: number): Promise<void> => {
  for (const world of ['live', 'synthetic']) await stores.worlds.setClockOffsetForTests(world, offsetMs);
};

/** Sessions, alerts and checks bear the database's own time: they too are of the world's noon. */
const allAtNoon = async (): Promise<void> => {
  await test.db.query("update market_sessions set started_at = world_now('live')");
  await test.db.query("update alerts set raised_at = world_now('live')");
  await test.db.query("update health_checks set checked_at = world_now('live')");
};

beforeAll(async () => {
  test = await freshTestDatabase();
  stores = createStores(test.db);
  const now = await stores.worlds.now('live');
  today = now.slice(0, 10);
  toNoonMs = Date.parse(`${today}T12:00:00.000Z`) - Date.parse(now);
  await shiftClocks(toNoonMs);
}, STACK_START_MS);
afterAll(() => test.drop());

const session = () =>
  stores.sessions.open({
    ...{ id: 'session-1', world: 'live', market: 'XNYS', date: today, kind: 'pre_market', mode: 'normal' },
    ...{
      decisionAt: `${today}T14:00:00.000Z`,
      scheduledAt: null,
      stakeMicroUsd: 1,
      subjects: ['equity:AAPL'],
      synthetic: false,
    },
  });

describe('daily reports', () => {
  it('hold the sessions, decisions, spending, alerts and calls of their day', async () => {
    await session();
    await stores.propositions.put(aProposition());
    await stores.decisions.recordDecision(aDecision({ details: { sizing: { why: [NO_EDGE] } } }), [
      aForecast(),
    ]);
    await stores.ledger.reserve(aReservation());
    await stores.alerts.raise({ kind: 'k', episode: 'e', severity: 'info', title: 'A title', details: {} });
    await stores.health.observe({
      ...{ provider: 'openai', model: 'm', origin: 'call', ok: false, failure: 'unavailable', latencyMs: 4 },
    });
    await stores.worlds.enter({ id: 'synthetic', asOf: null });
    await allAtNoon();
    const report = await dailyReport({ stores }, {});
    expect(report).toMatchObject({
      day: today,
      elsewhere: [],
      complete: false,
      sessions: [{ id: 'session-1', status: 'running' }],
      decisions: {
        byStatus: { decided: 1 },
        funnel: FUNNEL_STEPS.map((step) => ({
          step,
          count: ['edge', 'evidence', 'sized'].includes(step) ? 0 : 1,
        })),
        shown: [{ subject: 'equity:AAPL', why: ['edge below fees'] }],
      },
      money: { spentUsd: '0.030000', byModel: [{ model: 'gpt-4o-mini', calls: 1 }] },
      outages: { alerts: [{ title: 'A title' }], calls: [{ provider: 'openai', total: 1, failed: 1 }] },
    });
  });

  it('name the other worlds that were at work on the day', async () => {
    const report = await dailyReport({ stores }, { world: 'synthetic' });
    expect(report).toMatchObject({ sessions: [], elsewhere: [{ world: 'live', sessions: 1, decisions: 1 }] });
    const before = new Date(Date.parse(today) - 86_400_000).toISOString().slice(0, 10);
    expect(await dailyReport({ stores }, { world: 'synthetic', day: before })).toMatchObject({
      elsewhere: [],
    });
  });

  it('are made anew while their day lasts, and kept once it is over', async () => {
    await stores.worlds.setClockOffsetForTests('live', toNoonMs + 86_400_000);
    const whole = await dailyReport({ stores }, { day: today });
    expect(whole.complete).toBe(true);
    await stores.worlds.setClockOffsetForTests('live', toNoonMs);
    expect(await dailyReport({ stores }, { day: today })).toEqual(whole);
    await stores.reports.put({ ...whole, complete: false });
    expect((await stores.reports.get('live', today))?.complete).toBe(true);
    expect(await stores.reports.list({ world: 'live', limit: 5 })).toMatchObject([{ day: today }]);
    expect(await stores.reports.list({ world: 'live', before: today, limit: 5 })).toEqual([]);
  });

  it('are never replaced by reading them, and are made anew only while their rows are kept', async () => {
    const old = new Date(Date.parse(today) - 40 * 86_400_000).toISOString().slice(0, 10);
    const first = await dailyReport({ stores }, { day: old });
    await stores.reports.keep({ ...first, madeAt: `${today}T13:00:00.000Z` });
    expect(await dailyReport({ stores }, { day: old })).toEqual(first);
    await expect(remakeReport({ stores }, { day: old })).rejects.toThrow(
      new RegExp(`^day ${old} cannot be made anew: .*; accepted: a day from \\d{4}-\\d{2}-\\d{2}$`),
    );
    const recent = new Date(Date.parse(today) - 3 * 86_400_000).toISOString().slice(0, 10);
    const before = await dailyReport({ stores }, { day: recent });
    await stores.worlds.setClockOffsetForTests('live', toNoonMs + 60_000);
    const after = await remakeReport({ stores }, { day: recent });
    expect(after.madeAt > before.madeAt).toBe(true);
    expect(await dailyReport({ stores }, { day: recent })).toEqual(after);
    await stores.worlds.setClockOffsetForTests('live', toNoonMs);
  });

  it('of a replay are made whole once its clock has moved on, however long ago its days are', async () => {
    const replay = { world: 'replay:00000000000c', day: '2025-01-02' };
    await stores.worlds.enter({ id: replay.world, asOf: '2025-01-02T12:00:00.000Z' });
    expect(await dailyReport({ stores }, replay)).toMatchObject({ complete: false });
    await stores.worlds.enter({ id: replay.world, asOf: '2025-01-03T12:00:00.000Z' });
    expect(await dailyReport({ stores }, replay)).toMatchObject({ complete: true });
    await expect(remakeReport({ stores }, replay)).rejects.toThrow(/cannot be made anew/);
  });

  it('refuse a day that is none, lies ahead, or a world nobody knows', async () => {
    await expect(dailyReport({ stores }, { day: 'yesterday' })).rejects.toThrow(/day "yesterday"/);
    await expect(dailyReport({ stores }, { day: '2999-01-01' })).rejects.toThrow(/in the future/);
    await expect(dailyReport({ stores }, { world: 'replay:0123456789ab' })).rejects.toThrow(/unknown/);
  });
});
