// A cap without a period closes by rule, and with it go the alerts about it.
import { createAlertStore } from '../../../db/alert-store';
import { createCapStore } from '../../../db/cap-store';
import { createExperimentStore } from '../../../db/experiment-store';
import { createLedgerStore } from '../../../db/ledger-store';
import { createRunCap } from '../../../db/run-cap';
import { createSessionStore } from '../../../db/session-store';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from './fresh-database';
import { aReservation } from './rows';

let test: TestDatabase;
beforeAll(async () => {
  test = await freshTestDatabase();
  for (const scope of ['market_session', 'decision'] as const)
    await caps().setLimit({ scope, key: '*', limitMicroUsd: 100, policy: 'stop', reason: 'r' });
}, STACK_START_MS);
afterAll(() => test.drop());

const caps = () => createCapStore(test.db);

const called = async (
  callKey: string,
  about: { readonly sessionId?: string; readonly decisionId?: string; readonly amountMicroUsd: number },
): Promise<void> => {
  const reserved = await createLedgerStore(test.db).reserve(aReservation({ callKey, ...about }));
  expect(reserved.status).toBe('reserved');
};

const settled = (callKey: string, actualMicroUsd: number) =>
  createLedgerStore(test.db).settle(`${callKey}#1`, { actualMicroUsd, usage: null, outcome: 'answered' });

/** As if the call had been sent so much earlier. */
const earlier = (callKey: string, interval: string) =>
  test.db.query('update ledger set reserved_at = reserved_at - $2::interval where call_key = $1', [
    callKey,
    interval,
  ]);

const openKeys = async () => (await caps().status()).map(({ key }) => key);

it('of a session it closes an hour after the last call once the session has ended, and ends its alerts', async () => {
  const sessions = createSessionStore(test.db);
  const id = 'session:live:XNYS:2025-09-15:pre_market';
  await sessions.open({
    ...{ id, world: 'live', market: 'XNYS', date: '2025-09-15', kind: 'pre_market', mode: 'normal' },
    ...{ decisionAt: '2025-09-15T13:00:00.000Z', scheduledAt: null, synthetic: false },
    ...{ stakeMicroUsd: 25_000_000, subjects: ['equity:AAPL'] },
  });
  await called('a member', { sessionId: id, amountMicroUsd: 90 });
  await settled('a member', 90);
  await earlier('a member', '2 hours');
  expect(await caps().closeEnded()).toBe(0);
  const alerts = createAlertStore(test.db);
  expect(await alerts.raiseForCaps()).toHaveLength(2);
  const end = { status: 'cancelled', costMicroUsd: 90, savedMicroUsd: 0, providerCalls: 1 } as const;
  await sessions.close(id, { ...end, mode: 'normal', note: null });
  await called('for the record', { sessionId: id, amountMicroUsd: 5 });
  expect(await caps().closeEnded()).toBe(0);
  await earlier('for the record', '2 hours');
  expect(await caps().closeEnded()).toBe(0);
  await settled('for the record', 5);
  expect(await caps().closeEnded()).toBe(1);
  expect(await alerts.resolveForCaps()).toHaveLength(2);
  expect(await openKeys()).toEqual([]);
});

it('of a decision without a recorded end is asked about after seven days without a call, and closed no sooner', async () => {
  await called('waits', { decisionId: 'decision:a', amountMicroUsd: 90 });
  await earlier('waits', '6 days');
  expect(await caps().silent(10)).toEqual([]);
  await earlier('waits', '2 days');
  expect(await caps().silent(10)).toEqual([{ scope: 'decision', key: 'decision:a', ownLimit: false }]);
  expect(await caps().closeEnded()).toBe(0);
  expect(await openKeys()).toEqual(['decision:a']);
  await caps().reset({ scope: 'decision', key: 'decision:a', reason: 'r' });
});

it('that a run opened for itself is asked about an hour after its last call, or its opening', async () => {
  for (const key of ['decision:b', 'tournament:c']) await createRunCap(caps()).open(key, 90);
  await called('own', { decisionId: 'decision:b', amountMicroUsd: 90 });
  await earlier('own', '59 minutes');
  await test.db.query("update caps set opened_at = opened_at - interval '59 minutes'");
  expect(await caps().silent(10)).toEqual([]);
  await earlier('own', '2 minutes');
  await test.db.query("update caps set opened_at = opened_at - interval '2 minutes'");
  const silent = await caps().silent(10);
  expect(silent.map(({ key, ownLimit }) => [key, ownLimit]).sort()).toEqual([
    ['decision:b', true],
    ['tournament:c', true],
  ]);
  for (const key of ['decision:b', 'tournament:c']) {
    await createRunCap(caps()).close(key);
    await caps().reset({ scope: 'decision', key, reason: 'r' });
  }
});

it('with a limit for one key alone it is left to whoever set that limit', async () => {
  const own = { scope: 'decision', key: 'experiment:a' } as const;
  await caps().setLimit({ ...own, limitMicroUsd: 50, policy: 'stop', reason: 'r' });
  await called('an arm', { decisionId: own.key, amountMicroUsd: 50 });
  await earlier('an arm', '30 days');
  expect(await caps().closeEnded()).toBe(0);
  expect(await caps().silent(10)).toEqual([]);
  expect(await openKeys()).toEqual([own.key]);
});

it('of an experiment stays at its end, and is asked about a day later', async () => {
  const experiments = createExperimentStore(test.db);
  const id = 'experiment:over';
  await experiments.create({
    ...{ id, name: 'n', world: 'live', kind: 'model', armA: 'a', armB: 'b', model: null, category: null },
    ...{ alpha: 0.05, budgetMicroUsd: 50 },
  });
  await createRunCap(caps()).open(id, 50);
  await called('its arm', { decisionId: id, amountMicroUsd: 30 });
  await earlier('its arm', '30 days');
  const asked = async () => (await caps().silent(10)).map(({ key }) => key);
  expect(await asked()).toEqual([]);
  await experiments.end(id, 'stopped', 'r');
  expect(await asked()).toEqual([]);
  await test.db.query("update experiments set ended_at = ended_at - interval '25 hours' where id = $1", [id]);
  expect(await asked()).toEqual([id]);
});
