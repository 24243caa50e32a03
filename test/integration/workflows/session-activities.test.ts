// Sessions as activities: the world that a run is in, by whoever started it, and the mode that its end names.
import { MockActivityEnvironment } from '@temporalio/testing';
import { createSessionActivities, type ResolvedSession } from '../../../activities/sessions';
import { scheduleInstant } from '../../../domain/desk/schedule-kinds';
import { addMinutes } from '../../../domain/market/iso-date';
import type { SessionInput, SessionRequest } from '../../../workflows/contracts/session';
import { type CallHarness, createCallHarness } from '../../support/call-harness';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from '../db/fresh-database';
import { aDecision, aProposition } from '../db/rows';

let test: TestDatabase;
let harness: CallHarness;

beforeAll(async () => {
  test = await freshTestDatabase(5);
  harness = await createCallHarness(test.url, [], 5);
}, STACK_START_MS);
afterAll(async () => {
  await harness.close();
  await test.drop();
});

const REQUEST: SessionRequest = {
  ...{ market: 'CRYPTO', kind: 'open', date: null, replay: false, members: null },
  ...{ strategy: null, stakeMicroUsd: null, template: 'swing', researchKind: 'complete', refresh: false },
  ...{ prices: null, horizonDays: 5, requestKey: null, subjects: ['equity:BTC-USD'] },
};

const DUE = scheduleInstant('CRYPTO', '2026-11-20', 'open', 45);

describe('the world of a session', () => {
  /** Bitcoin's session of today, by a source that answers or does not. */
  const resolved = async (hasPrices: boolean, scheduledAt: string | null): Promise<ResolvedSession> => {
    const sources = {
      pricesReachable: async () => hasPrices,
    } as unknown as typeof harness.dependencies.sources;
    const { resolveSession } = createSessionActivities({ ...harness.dependencies, sources });
    const ask = { request: REQUEST, scheduledAt };
    return new MockActivityEnvironment().run<[typeof ask], ResolvedSession, typeof resolveSession>(
      resolveSession,
      ask,
    );
  };
  const clockAt = (instant: string) =>
    harness.stores.worlds.setClockOffsetForTests('live', Date.parse(instant) - Date.now());

  it('is the live one by schedule, whatever the source says', async () => {
    await clockAt(addMinutes(DUE, 1));
    expect((await resolved(true, DUE)).session).toMatchObject({ world: 'live', synthetic: false });
    expect(await resolved(false, DUE)).toMatchObject({
      session: null,
      mayStillRun: true,
      target: { sessionId: null, world: 'live' },
    });
  });

  it('is asked for again only while a late start is worth something', async () => {
    await clockAt(addMinutes(DUE, 29));
    expect((await resolved(false, DUE)).mayStillRun).toBe(true);
    await clockAt(addMinutes(DUE, 31));
    expect((await resolved(false, DUE)).mayStillRun).toBe(false);
  });

  it('is the made-up one by schedule where the setting says so, and by hand without prices', async () => {
    expect((await resolved(false, null)).session).toMatchObject({ world: 'synthetic', synthetic: true });
    expect((await resolved(true, null)).session).toMatchObject({ world: 'live' });
    await harness.stores.settings.set({ key: 'desk_world', category: 'desk', value: 'synthetic' });
    expect((await resolved(true, DUE)).session).toMatchObject({ world: 'synthetic', scheduledAt: DUE });
    await harness.stores.settings.unset('desk_world');
  });
});

it('names the harshest mode of its decisions, though the mode was normal before and after them', async () => {
  const { stores, dependencies } = harness;
  const { openSession, closeSession } = createSessionActivities(dependencies);
  const session: SessionInput = {
    ...{ request: REQUEST, sessionId: 'session:bad-minute', world: 'live', synthetic: false, asOf: null },
    ...{ date: '2026-11-20', scheduledAt: null, decisionAt: DUE, deadlineAt: null, stakeMicroUsd: 1 },
    ...{ subjects: ['equity:AAA', 'equity:BBB'], concurrency: 1, next: 0 },
  };
  await openSession(session);
  await stores.propositions.put(aProposition());
  for (const mode of ['normal', 'conservative']) {
    const about = { sessionId: session.sessionId, mode };
    await stores.decisions.recordDecision(aDecision({ id: `decision-${mode}`, ...about }), []);
  }
  expect(await closeSession(session)).toMatchObject({ mode: 'conservative', decided: 2 });
  expect(await stores.sessions.get(session.sessionId)).toMatchObject({ mode: 'conservative' });
});
