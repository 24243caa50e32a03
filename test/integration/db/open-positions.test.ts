import type { Dependencies } from '../../../activities/dependencies';
import { createReviewActivities } from '../../../activities/reviews';
import { createSettingsInForce } from '../../../activities/settings-in-force';
import { sizingCaps } from '../../../activities/sizing-basis';
import { createDecisionStore } from '../../../db/decision-store';
import { createEventStore } from '../../../db/event-store';
import { createModeStore } from '../../../db/mode-store';
import { type RecordingFacts, settledUnderLock } from '../../../db/open-positions';
import { createOutcomeStore } from '../../../db/outcome-store';
import { createPropositionStore } from '../../../db/proposition-store';
import { createStores } from '../../../db/stores';
import { tradeAtRecording } from '../../../domain/ensemble/at-recording';
import type { MarketEvent } from '../../../domain/research/market-events';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from './fresh-database';
import { aDecision, anEvent, anOutcome, aProposition } from './rows';

let test: TestDatabase;
beforeAll(async () => {
  test = await freshTestDatabase();
}, STACK_START_MS);
afterAll(() => test.drop());
beforeEach(async () => {
  await test.db.query('truncate propositions cascade');
  await createPropositionStore(test.db).put(aProposition());
});

const decisions = () => createDecisionStore(test.db);

it('counts trades on a subject and on its event as held until their outcome is known', async () => {
  const held = (world = 'live', exceptDecisionId = 'another', through = '2025-09-23T00:00:00.000Z') =>
    decisions().openPositions({
      world,
      subject: 'market:kalshi/KXFED-26DEC-T4',
      cluster: 'market:kalshi/KXFED-26DEC-',
      exceptDecisionId,
      through,
    });
  const trade = async (id: string, subject: string, sizeMicroUsd: number) => {
    await createPropositionStore(test.db).put(aProposition({ id: `on-${id}` }));
    const action = sizeMicroUsd > 0 ? 'buy' : 'hold';
    await decisions().recordDecision(
      aDecision({ id, subject, propositionId: `on-${id}`, action, sizeMicroUsd, stakeMicroUsd: 60_000_000 }),
      [],
    );
  };
  await trade('first', 'market:kalshi/KXFED-26DEC-T4', 5_000_000);
  await trade('strike', 'market:kalshi/KXFED-26DEC-T5', 7_000_000);
  await trade('other', 'market:kalshi/KXFED-27JAN-T4', 9_000_000);
  await trade('none', 'market:kalshi/KXFED-26DEC-T4', 0);
  expect(await held()).toEqual({ positionMicroUsd: 5_000_000, clusterMicroUsd: 12_000_000 });
  expect(await held('live', 'first')).toEqual({ positionMicroUsd: 0, clusterMicroUsd: 7_000_000 });
  expect(await held('elsewhere')).toEqual({ positionMicroUsd: 0, clusterMicroUsd: 0 });
  await createOutcomeStore(test.db).record(anOutcome({ propositionId: 'on-first' }));
  expect(await held()).toEqual({ positionMicroUsd: 0, clusterMicroUsd: 7_000_000 });
  const both = { positionMicroUsd: 5_000_000, clusterMicroUsd: 12_000_000 };
  expect(await held('live', 'another', '2025-09-22T19:59:00.000Z')).toEqual(both);
  const none = { positionMicroUsd: 0, clusterMicroUsd: 0 };
  expect(await held('live', 'another', '2025-09-15T12:59:00.000Z')).toEqual(none);
});

it('counts no share as held because another symbol begins alike', async () => {
  const bought = { action: 'buy', sizeMicroUsd: 5_000_000 } as const;
  await decisions().recordDecision(aDecision({ id: 'fedex', subject: 'equity:FDX', ...bought }), []);
  const through = '2025-09-16T00:00:00.000Z';
  const of = (subject: string) =>
    decisions().openPositions({
      ...{ world: 'live', subject, cluster: subject, exceptDecisionId: 'new', through },
    });
  expect(await of('equity:F')).toEqual({ positionMicroUsd: 0, clusterMicroUsd: 0 });
  expect(await of('equity:FDX')).toEqual({ positionMicroUsd: 5_000_000, clusterMicroUsd: 5_000_000 });
});

it('keeps trades that were sized side by side within the caps together', async () => {
  const caps = { positionMicroUsd: 10_000_000, clusterMicroUsd: 15_000_000 };
  const record = (index: number) => {
    const subject = `market:kalshi/KXCPI-26DEC-T${index % 3}`;
    const decision = aDecision({ id: `racer-${index}`, subject, action: 'buy', sizeMicroUsd: 4_000_000 });
    return decisions().recordDecision(decision, [], {
      ...{ cluster: 'market:kalshi/KXCPI-26DEC-', asOf: null, trades: true, epoch: null },
      settle: ({ now, open }) => {
        const held = {
          ...{ heldPositionMicroUsd: open.positionMicroUsd, heldClusterMicroUsd: open.clusterMicroUsd },
        };
        const trade = tradeAtRecording(decision, {
          ...{ now, pricedAt: null, deadlineAt: null, event: null, halted: null },
          caps: { ...caps, ...held },
        });
        return { ...decision, ...trade };
      },
    });
  };
  await Promise.all(Array.from({ length: 12 }, (_unused, index) => record(index)));
  const [held] = await test.db.query<{ total: number; most: number }>(
    `select sum(size_micro_usd) as total, (select max(s) from (select sum(size_micro_usd) as s
       from ensemble_decisions group by subject) each) as most from ensemble_decisions`,
  );
  expect(held).toEqual({ total: 15_000_000, most: expect.any(Number) });
  expect(held!.most).toBeLessThanOrEqual(10_000_000);
});

it('tells a trade of the newest event since its research that covers its subject in its world', async () => {
  const events = createEventStore(test.db);
  const record = async (changes: Partial<MarketEvent>) => (await events.recordEvent(anEvent(changes))).seq;
  const told = async (epoch: number | null, world = 'live') => {
    const decision = aDecision({ id: `at-${epoch}-${world}`, subject: 'equity:aapl', world });
    let seen: string | null = 'nobody asked';
    await decisions().recordDecision(decision, [], {
      ...{ cluster: decision.subject, asOf: null, trades: true, epoch },
      settle: ({ event }) => {
        seen = event?.reason ?? null;
        return decision;
      },
    });
    return seen;
  };
  const before = await record({ reason: 'before its research' });
  await record({ reason: 'elsewhere', world: 'synthetic' });
  await record({ reason: 'of others', scope: { kind: 'symbols', subjects: ['equity:MSFT'] } });
  expect([await told(before), await told(null)]).toEqual([null, null]);
  const crash = await record({ reason: 'all', type: 'market_crash', scope: { kind: 'everything' } });
  expect(await told(before - 1)).toBe('all');
  expect(await told(crash)).toBeNull();
});

it.each([
  ['event be acknowledged between the look for it', () => createEventStore(test.db).recordEvent(anEvent())],
  [
    'halt be acknowledged between the look at the mode',
    () => createModeStore(test.db).override({ mode: 'halted', reason: 'costs', by: 'Bo' }),
  ],
])('lets no %s and the end of the trade it would have held', async (_what, act: () => Promise<unknown>) => {
  const order: string[] = [];
  let acted: Promise<void> | null = null;
  await test.db.transaction(async (sql) => {
    const settle = ({ event, mode }: RecordingFacts) => [event, mode];
    const at = { cluster: 'equity:AAPL', asOf: null, trades: true, epoch: 1_000_000, settle };
    expect(await settledUnderLock(sql, aDecision(), at)).toEqual([null, null]);
    acted = act().then(() => void order.push('act'));
    const waiting = async (): Promise<boolean> =>
      (
        await test.db.query(
          `select 1 from pg_locks l join pg_database d on d.oid = l.database
           where d.datname = current_database() and l.locktype = 'advisory' and not l.granted`,
        )
      ).length > 0;
    while (!(await waiting()) && order.length === 0);
    order.push('trade');
  });
  await acted;
  expect(order).toEqual(['trade', 'act']);
  await createModeStore(test.db).endOverride({ reason: 'over', by: 'Bo' });
});

it('tells a trade of the mode in force, and a past day of none', async () => {
  const modes = createModeStore(test.db);
  await modes.override({ mode: 'halted', reason: 'costs', by: 'Bo' });
  const told = (asOf: string | null) =>
    test.db.transaction((sql) =>
      settledUnderLock(sql, aDecision(), {
        ...{ cluster: 'equity:AAPL', asOf, trades: true, epoch: null },
        settle: ({ mode }) => mode?.reason ?? null,
      }),
    );
  expect([await told(null), await told('2025-09-16T00:00:00.000Z')]).toEqual(['costs', null]);
  await modes.endOverride({ reason: 'over', by: 'Bo' });
});

it('holds nobody up where nothing is traded, and still looks for the event', async () => {
  const row = aDecision({ id: 'a-hold', subject: 'equity:AAPL' });
  const { seq } = await createEventStore(test.db).recordEvent(anEvent({ reason: 'meanwhile' }));
  await test.db.transaction(async (sql) => {
    const settle = ({ open, event }: RecordingFacts) => [open, event?.reason];
    const at = { cluster: row.subject, asOf: null, trades: false, epoch: seq - 1, settle };
    expect(await settledUnderLock(sql, row, at)).toEqual([
      { positionMicroUsd: 0, clusterMicroUsd: 0 },
      'meanwhile',
    ]);
    expect(
      await sql.query(`select 1 from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()`),
    ).toEqual([]);
  });
});

it('keeps disputed trades that people approve at the same time within the caps together', async () => {
  const stores = createStores(test.db);
  const { closeReview } = createReviewActivities({ stores, sources: {} as Dependencies['sources'] });
  await stores.propositions.put(aProposition({ id: 'open', resolvesAt: '2099-01-01T00:00:00.000Z' }));
  const settings = await createSettingsInForce(stores).forDecision('equity');
  const caps = sizingCaps(settings, { positionMicroUsd: 0, clusterMicroUsd: 0 });
  const sizeMicroUsd = Math.ceil(caps.positionMicroUsd * 0.6);
  const review = { probability: 0.7, action: 'buy', sizeMicroUsd } as const;
  const approve = async (id: string, subject = 'equity:AAPL', research: object | null = null) => {
    const none = { status: 'parked', probability: null, action: 'hold', sizeMicroUsd: 0 } as const;
    const stakeMicroUsd = sizeMicroUsd;
    await decisions().recordDecision(
      aDecision({
        id,
        subject,
        propositionId: 'open',
        ...none,
        stakeMicroUsd,
        details: { review, research },
      }),
      [],
    );
    return () =>
      closeReview({
        reviewId: `review:${id}`,
        input: {
          ...{ world: 'live', targetKind: 'decision', targetId: id, options: ['approve', 'reject'] },
          ...{ declaredDefault: 'reject', timeoutMs: 60_000 },
        },
        status: 'answered',
        answer: { verdict: 'approve', reviewer: 'me', reason: 'sure' },
        dueAt: '2099-01-01T00:00:00.000Z',
      });
  };
  const approvals = await Promise.all(['a', 'b', 'c'].map((id) => approve(`parked-${id}`)));
  await Promise.all(approvals.map((run) => run()));
  const ended = await Promise.all(['a', 'b', 'c'].map((id) => decisions().get(`parked-${id}`)));
  const sizes = ended.map((row) => row!.sizeMicroUsd).sort((x, y) => y - x);
  expect(sizes).toEqual([sizeMicroUsd, caps.positionMicroUsd - sizeMicroUsd, 0]);
  expect(ended.map((row) => row!.status).sort()).toEqual(['decided', 'decided', 'no_consensus']);

  const { seq } = await stores.events.recordEvent(
    anEvent({ scope: { kind: 'symbols', subjects: ['equity:TSLA'] }, reason: 'recall' }),
  );
  for (const epoch of [seq - 1, seq])
    await (await approve(`weighed-at-${epoch - seq}`, 'equity:TSLA', { epoch }))();
  expect(await decisions().get('weighed-at--1')).toMatchObject({
    ...{ status: 'no_consensus', sizeMicroUsd: 0 },
    why: [
      'Approved by me: sure. After its research came earnings (recall); nothing is traded',
      expect.any(String),
    ],
  });
  expect(await decisions().get('weighed-at-0')).toMatchObject({ status: 'decided', sizeMicroUsd });
});
