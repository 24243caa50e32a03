import type { Dependencies } from '../../../activities/dependencies';
import { createLearntTtl } from '../../../activities/learnt-ttl';
import { createResearchActivities } from '../../../activities/research';
import { createBriefCache } from '../../../db/brief-cache';
import { createBriefMetricsStore } from '../../../db/brief-metrics-store';
import { createBriefStore } from '../../../db/brief-store';
import { createEventStore } from '../../../db/event-store';
import { findViolations } from '../../../db/invariants';
import { createLedgerStore } from '../../../db/ledger-store';
import { createResearchStore } from '../../../db/research-store';
import { createStores } from '../../../db/stores';
import { createWorldStore } from '../../../db/world-store';
import { type BriefKeyParts, briefKey } from '../../../domain/research/cache-key';
import { DEFAULT_TTL_SECONDS } from '../../../domain/research/ttl';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from './fresh-database';
import { aBrief, anEvent, aReservation, briefParts } from './rows';

const REPLAY = { world: 'replay:0123456789ab', asOf: '2025-09-15T13:00:00.000Z' };

let test: TestDatabase;
beforeAll(async () => {
  test = await freshTestDatabase();
  await createWorldStore(test.db).enter({ id: REPLAY.world, asOf: REPLAY.asOf });
}, STACK_START_MS);
afterAll(() => test.drop());
beforeEach(() => test.db.query('truncate briefs, brief_reads, research_sessions, market_events, epochs'));

const store = () => createBriefStore(test.db);
const fresh = (parts: BriefKeyParts) => createBriefCache(store()).findFresh(parts);
const events = () => createEventStore(test.db);
const everything = { type: 'market_crash', scope: { kind: 'everything' } } as const;

describe('a stored brief', () => {
  it('is found again as it was', async () => {
    const brief = aBrief();
    expect(await store().storeBrief(brief, 0)).toEqual({ status: 'stored' });
    expect(await fresh(briefParts())).toEqual(brief);
    expect(await store().get(brief.id)).toEqual(brief);
  });

  it('is found however the symbol is spelt', async () => {
    const brief = aBrief();
    await store().storeBrief(brief, 0);
    expect((await fresh(briefParts({ subject: 'equity: aapl ' })))?.id).toBe(brief.id);
  });

  it('gives way to a newer one of the same key', async () => {
    await store().storeBrief(aBrief(), 0);
    const newer = aBrief();
    await store().storeBrief(newer, 0);
    expect((await fresh(briefParts()))?.id).toBe(newer.id);
  });

  it('is not served to another kind, template or world', async () => {
    await store().storeBrief(aBrief(), 0);
    expect(await fresh(briefParts({ kind: 'web' }))).toBeNull();
    expect(await fresh(briefParts({ template: 'day' }))).toBeNull();
    expect(await fresh(briefParts(REPLAY))).toBeNull();
  });

  it('expires to the second on the clock of its world', async () => {
    const brief = aBrief({ expiresAt: '2025-09-15T15:00:00.000Z' }, REPLAY);
    await store().storeBrief(brief, 0);
    const worlds = createWorldStore(test.db);
    await worlds.setReplayClock(REPLAY.world, '2025-09-15T14:59:59.999Z');
    expect(await store().isFresh(brief.id)).toBe(true);
    await worlds.setReplayClock(REPLAY.world, '2025-09-15T15:00:00.000Z');
    expect(await store().isFresh(brief.id)).toBe(false);
  });

  it('in live work expires on the running clock, which tests may shift', async () => {
    const worlds = createWorldStore(test.db);
    const now = Date.parse(await worlds.now('live'));
    await store().storeBrief(aBrief({ expiresAt: new Date(now + 3_600_000).toISOString() }), 0);
    expect(await fresh(briefParts())).not.toBeNull();
    await worlds.setClockOffsetForTests('live', 3_600_001);
    expect(await fresh(briefParts())).toBeNull();
    await worlds.setClockOffsetForTests('live', 0);
  });
});

describe('a market event', () => {
  it('makes briefs of its symbols stale and no others', async () => {
    await store().storeBrief(aBrief(), 0);
    await store().storeBrief(aBrief({}, { subject: 'equity:MSFT' }), 0);
    await events().recordEvent(anEvent());
    expect(await fresh(briefParts())).toBeNull();
    expect(await fresh(briefParts({ subject: 'equity:MSFT' }))).not.toBeNull();
  });

  it('that covers everything makes all briefs of all worlds stale', async () => {
    await store().storeBrief(aBrief(), 0);
    await store().storeBrief(aBrief({}, REPLAY), 0);
    await events().recordEvent(anEvent(everything));
    expect(await fresh(briefParts())).toBeNull();
    expect(await fresh(briefParts(REPLAY))).toBeNull();
  });

  it('of one world leaves the other worlds alone', async () => {
    await store().storeBrief(aBrief({}, REPLAY), 0);
    await store().storeBrief(aBrief(), 0);
    await events().recordEvent(anEvent({ ...everything, world: REPLAY.world }));
    expect(await fresh(briefParts())).not.toBeNull();
    expect(await fresh(briefParts(REPLAY))).toBeNull();
  });

  it('counts once however often its id arrives, also at once', async () => {
    const event = anEvent();
    const results = await Promise.all(Array.from({ length: 10 }, () => events().recordEvent(event)));
    expect(results.filter((result) => result.first)).toHaveLength(1);
    expect(new Set(results.map((result) => result.seq)).size).toBe(1);
    expect(await events().list()).toHaveLength(1);
  });

  it('during research refuses the brief, which would be stale', async () => {
    const epoch = await store().coveringEpoch('live', 'equity:AAPL');
    const { seq } = await events().recordEvent(anEvent({ reason: 'Q4 numbers' }));
    expect(await store().storeBrief(aBrief(), epoch)).toEqual({ status: 'superseded', epoch: seq });
    expect(await fresh(briefParts())).toBeNull();
    expect((await events().newestCovering('live', 'equity:AAPL', epoch))?.reason).toBe('Q4 numbers');
    expect(await store().storeBrief(aBrief(), seq)).toEqual({ status: 'stored' });
  });

  it('that commits between the check and the storing of a brief still hides it', async () => {
    const epoch = await store().coveringEpoch('live', 'equity:AAPL');
    await Promise.all([
      ...Array.from({ length: 20 }, () => store().storeBrief(aBrief(), epoch)),
      events().recordEvent(anEvent()),
    ]);
    expect(await fresh(briefParts())).toBeNull();
  });

  it('takes its number only when no other one is still to be committed', async () => {
    const impatient = () =>
      test.db.transaction(async (sql) => {
        await sql.query(`set local lock_timeout = '20ms'`);
        await createEventStore(sql).recordEvent(anEvent(everything));
      });
    const seq = await test.db.transaction(async (sql) => {
      const recorded = await createEventStore(sql).recordEvent(anEvent());
      await expect(impatient()).rejects.toThrow(/lock timeout/);
      return recorded.seq;
    });
    await impatient();
    expect(await store().coveringEpoch('live', 'equity:MSFT')).toBeGreaterThan(seq);
  });
});

it('a brief is counted once for a reader that asks for it again, and the next brief anew', async () => {
  const briefCache = createBriefCache(store());
  const { attachResearch } = createResearchActivities({
    ...{ db: test.db, stores: createStores(test.db), briefCache, options: {} },
  } as unknown as Dependencies);
  const ask = (knownBriefId?: string) => {
    const how = { refresh: false, prices: null, sessionId: null, reader: 'd', waiters: [] };
    const research = { ...briefParts(), ...how, ...(knownBriefId === undefined ? {} : { knownBriefId }) };
    return attachResearch({ research });
  };
  const counted = () => test.db.query('select brief_id from brief_reads order by read_at');
  const [brief, newer] = [aBrief(), aBrief()];
  await store().storeBrief(brief, 0);
  const served = { status: 'hit', brief: { briefId: brief.id } };
  expect([await ask(), await ask(brief.id)]).toMatchObject([served, served]);
  expect(await counted()).toEqual([{ briefId: brief.id }]);
  await store().storeBrief(newer, 0);
  expect(await ask(brief.id)).toMatchObject({ status: 'hit', brief: { briefId: newer.id } });
  expect(await counted()).toEqual([{ briefId: brief.id }, { briefId: newer.id }]);
});

describe('the cache in the process', () => {
  it('serves from memory what Postgres says is fresh, and counts the hit', async () => {
    const cache = createBriefCache(store());
    const brief = aBrief();
    await store().storeBrief(brief, 0);
    expect((await cache.serve(briefParts(), 'd1'))?.id).toBe(brief.id);
    const again = await cache.serve(briefParts(), 'd2');
    expect(await cache.serve(briefParts(), 'd3')).toBe(again);
    const [overall] = await createBriefMetricsStore(test.db).metrics({ world: 'live', by: 'overall' });
    expect(overall).toMatchObject({ hits: 3, costSavedMicroUsd: 3_000 });
    expect(cache.size().entries).toBe(1);
  });

  it('never serves a brief after an event that another process recorded', async () => {
    const cache = createBriefCache(store());
    await store().storeBrief(aBrief(), 0);
    await cache.serve(briefParts(), 'd1');
    await events().recordEvent(anEvent());
    expect(await cache.serve(briefParts(), 'd2')).toBeNull();
    expect(cache.size().entries).toBe(0);
    expect(await findViolations(test.db, { drainSeconds: 3600 })).toEqual([]);
  });

  it('sees a newer brief that another process stored', async () => {
    const cache = createBriefCache(store());
    await store().storeBrief(aBrief(), 0);
    await cache.findFresh(briefParts());
    const newer = aBrief();
    await store().storeBrief(newer, 0);
    expect((await cache.findFresh(briefParts()))?.id).toBe(newer.id);
  });

  it('holds no more entries than it may', async () => {
    const cache = createBriefCache(store(), { maxEntries: 2 });
    for (const subject of ['equity:A', 'equity:B', 'equity:C']) {
      await store().storeBrief(aBrief({}, { subject }), 0);
      await cache.serve(briefParts({ subject }), 'd');
    }
    expect(cache.size().entries).toBe(2);
  });
});

describe('limits', () => {
  it('remove the least recently read first', async () => {
    for (const subject of ['equity:A', 'equity:B', 'equity:C'])
      await store().storeBrief(aBrief({}, { subject }), 0);
    await test.db.query(
      `update briefs set last_read_at = now() - interval '1 hour' where subject = 'equity:B'`,
    );
    expect(await store().enforceLimits({ maxEntries: 2, maxBytes: 1e9 })).toBe(1);
    expect((await store().list()).map((brief) => brief.subject).sort()).toEqual(['equity:A', 'equity:C']);
    const { bytes } = await store().size();
    expect(await store().enforceLimits({ maxEntries: 9, maxBytes: bytes - 1 })).toBe(1);
  });

  it('spare expired briefs for an hour, because runs under way may still read them', async () => {
    const brief = aBrief({ expiresAt: '2025-01-01T00:00:00.000Z' });
    await store().storeBrief(brief, 0);
    expect(await store().purgeExpired()).toBe(0);
    await test.db.query(`update briefs set last_read_at = now() - interval '2 hours'`);
    expect(await store().purgeExpired()).toBe(1);
  });
});

describe('metrics', () => {
  it('show one research cost for four models on ten symbols, and 75 % saved', async () => {
    const metrics = createBriefMetricsStore(test.db);
    const research = createResearchStore(test.db);
    for (let symbol = 0; symbol < 10; symbol += 1) {
      const parts = briefParts({ subject: `equity:S${symbol}` });
      const brief = aBrief({ costMicroUsd: 50_000 }, parts);
      await research.start({ id: `r${symbol}`, ...parts, key: briefKey(parts) });
      const read = { ...parts, reader: 'd', briefId: null, epoch: null, costSavedMicroUsd: 0 };
      await metrics.recordRead({ ...read, outcome: 'miss' });
      await store().storeBrief(brief, 0);
      await research.end(`r${symbol}`, {
        status: 'stored',
        restarts: 0,
        briefId: brief.id,
        quality: 80,
        costMicroUsd: 50_000,
        failure: null,
      });
      await metrics.recordRead({ ...read, outcome: 'join', costSavedMicroUsd: 50_000 });
      await store().serve(brief.key, 'd');
      await store().serve(brief.key, 'd');
    }
    const [overall] = await metrics.metrics({ world: 'live', by: 'overall' });
    expect(overall).toEqual({
      subject: '*',
      kind: '*',
      hits: 20,
      misses: 10,
      joins: 10,
      hitRate: 0.75,
      sessions: 10,
      averageQuality: 80,
      costMicroUsd: 500_000,
      costSavedMicroUsd: 1_500_000,
      netCostMicroUsd: -1_000_000,
    });
    expect(await metrics.metrics({ world: 'live', by: 'subject' })).toHaveLength(10);
    expect((await metrics.metrics({ world: 'live', by: 'kind' })).map((row) => row.kind)).toEqual([
      'complete',
    ]);
  });
});

it('research that an event covers is found by world and subject', async () => {
  const research = createResearchStore(test.db);
  const parts = briefParts();
  await research.start({ id: 'r1', ...parts, key: briefKey(parts) });
  await research.start({ id: 'r2', ...parts, key: briefKey(parts), subject: 'equity:MSFT' });
  expect((await research.runningCoveredBy(anEvent())).map((row) => row.id)).toEqual(['r1']);
  expect(await research.runningCoveredBy(anEvent(everything))).toHaveLength(2);
  expect(await research.runningCoveredBy(anEvent({ ...everything, world: 'synthetic' }))).toHaveLength(0);
  await research.end('r1', {
    status: 'failed',
    restarts: 0,
    briefId: null,
    quality: null,
    costMicroUsd: 0,
    failure: 'x',
  });
  expect(await research.runningCoveredBy(anEvent())).toHaveLength(0);
});

it('research that an event makes stale as its brief is stored is found again in its next round', async () => {
  const research = createResearchStore(test.db);
  const parts = briefParts({ subject: 'equity:TWICE' });
  const event = anEvent({ scope: { kind: 'symbols', subjects: ['equity:TWICE'] } });
  const begin = (restarts: number) =>
    research.start({ id: 'again', ...parts, key: briefKey(parts) }, restarts);
  const end = (restarts: number, status: 'stored' | 'failed') =>
    research.end('again', {
      ...{ status, restarts, briefId: `b${restarts}`, quality: 80, costMicroUsd: 0, failure: null },
    });
  const running = async () => (await research.runningCoveredBy(event)).map(({ id }) => id);
  await begin(0);
  await end(0, 'stored');
  await begin(0);
  expect(await running()).toEqual([]);
  await begin(1);
  expect(await running()).toEqual(['again']);
  await end(1, 'stored');
  // A late repetition of a beginning whose round has ended.
  await begin(1);
  expect(await running()).toEqual([]);
  await begin(2);
  await end(2, 'failed');
  await begin(3);
  expect(await running()).toEqual([]);
});

it('research that began after an event was recorded is told apart from what it made stale', async () => {
  const { research, events } = createStores(test.db);
  const parts = briefParts();
  const event = anEvent();
  const begunBefore = async () =>
    (await research.runningCoveredBy(event, { begunBeforeIt: true })).map((row) => row.id);
  await research.start({ id: 'before', ...parts, key: briefKey(parts) });
  expect(await begunBefore()).toEqual([]);
  await events.recordEvent(event);
  await research.start({ id: 'after', ...parts, key: briefKey(parts) });
  await test.db.query(
    `update research_sessions set started_at = started_at + case id when 'before' then -1 else 1 end * interval '1 second'`,
  );
  expect(await begunBefore()).toEqual(['before']);
  expect(await research.runningCoveredBy(event)).toHaveLength(2);
});

it('research that failed is on record with what all its rounds cost', async () => {
  const parts = briefParts();
  const stores = createStores(test.db);
  for (const id of ['failed/run', 'failed/run-2'])
    await stores.research.start({ id, ...parts, key: briefKey(parts) });
  const ledger = createLedgerStore(test.db);
  const keys = [
    'failed/run/0/brief/0/a',
    'failed/run/1/brief/0/a',
    'failed/run/1/verdict/0/b',
    'failed/run-2/0/x',
  ];
  for (const callKey of [...keys, 'failed/run/2/unsent']) await ledger.reserve(aReservation({ callKey }));
  const done = { usage: null, outcome: 'answered' };
  for (const key of keys.slice(0, 2)) await ledger.settle(`${key}#1`, { actualMicroUsd: 20_000, ...done });
  await ledger.markUncertain(`${keys[2]}#1`, 'lost');
  await ledger.voidCall('failed/run/2/unsent#1', 'unavailable');
  const { failResearch } = createResearchActivities({ stores, options: {} } as unknown as Dependencies);
  await failResearch({ sessionRow: 'failed/run', failure: 'no brief', restarts: 1 });
  const told = await test.db.query(
    "select status, cost_micro_usd from research_sessions where id = 'failed/run'",
  );
  expect(told).toEqual([{ status: 'failed', costMicroUsd: 70_000 }]);
});

describe('how long briefs stayed true', () => {
  const HOUR = 3_600;
  let made = 0;
  /** Research that ended so many seconds ago. */
  const research = async (secondsAgo: number, change: Readonly<Record<string, string>> = {}) => {
    made += 1;
    const row = { subject: 'market:kalshi/A', kind: 'technical', world: 'live', status: 'stored', ...change };
    await test.db.query(
      `insert into research_sessions (id, key, world, subject, kind, template, status, started_at, ended_at)
       values ($1, $1, $2, $3, $4, 'swing', $5, world_now('live') - $6 * interval '1 second',
         world_now('live') - $6 * interval '1 second')`,
      [`life-${made}`, row.world, row.subject, row.kind, row.status, secondsAgo],
    );
  };
  const event = (secondsAgo: number, subject: string) =>
    test.db.query(
      `insert into market_events (id, seq, type, everything, subjects, reason, happened_at, recorded_at)
       values ($1, $2, 'earnings', false, $3, 'r', world_now('live'), world_now('live') - $4 * interval '1 second')`,
      [`life-event-${secondsAgo}`, 900_000 + secondsAgo, [subject], secondsAgo],
    );
  /** To the minute, as a busy machine may take a while between two rows. */
  const lives = async () =>
    [...(await createStores(test.db).briefLives.lives('live', DEFAULT_TTL_SECONDS))]
      .map((life) => ({ ...life, seconds: Math.round(life.seconds / 60) * 60 }))
      .sort((a, b) => a.seconds - b.seconds);

  it('ends with the first event that covers it, with now, or with the longest time it could be kept', async () => {
    await research(10 * HOUR);
    await research(2 * HOUR, { subject: 'market:kalshi/B' });
    await research(9 * HOUR, { subject: 'market:kalshi/C' });
    await research(HOUR, { status: 'failed' });
    await research(HOUR, { world: REPLAY.world });
    await event(9.5 * HOUR, 'market:kalshi/A');
    await event(8 * HOUR, 'market:kalshi/A');
    expect(await lives()).toEqual([
      { kind: 'technical', regime: 'unknown', seconds: HOUR / 2, stale: true },
      { kind: 'technical', regime: 'unknown', seconds: 2 * HOUR, stale: false },
      { kind: 'technical', regime: 'unknown', seconds: 4 * HOUR, stale: false },
    ]);
  });

  it('shortens what a new brief is kept for, only where the setting says so and never in a replay', async () => {
    for (let one = 0; one < 40; one += 1) await research(10 * HOUR + one);
    await event(9.9 * HOUR, 'market:kalshi/A');
    const stores = createStores(test.db);
    const seconds = (asOf: string | null, kind: 'technical' | 'web' = 'technical') =>
      createLearntTtl({ stores }).secondsFor(
        { world: 'live', asOf, subject: 'market:kalshi/A', kind },
        new Date().toISOString(),
      );
    expect(await seconds(null)).toBe(HOUR);
    await stores.settings.set({ key: 'ttl_seconds_web', category: 'desk', value: 61 });
    expect(await seconds(null, 'web')).toBe(61);
    expect(await seconds(null)).toBe(HOUR);
    await stores.settings.unset('ttl_seconds_web');
    await stores.settings.set({ key: 'learnt_ttl', category: 'desk', value: true });
    expect(await seconds(null)).toBe(HOUR / 4);
    expect(await seconds(null, 'web')).toBe(2 * HOUR);
    expect(await seconds(REPLAY.asOf)).toBe(HOUR);
    await stores.settings.set({ key: 'ttl_seconds_technical', category: 'desk', value: 600 });
    const { secondsFor } = createLearntTtl({ stores });
    const now = (): Promise<number> =>
      secondsFor(
        { world: 'live', asOf: null, subject: 'market:kalshi/A', kind: 'technical' },
        new Date().toISOString(),
      );
    const kept = await now();
    expect(kept).toBeGreaterThanOrEqual(600 / 4);
    expect(kept).toBeLessThan(600);
    // A change holds from the next brief on, whatever was suggested a moment before.
    await stores.settings.unset('ttl_seconds_technical');
    expect(await now()).toBe(HOUR / 4);
    await stores.settings.unset('learnt_ttl');
  });
});
