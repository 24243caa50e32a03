// What is read before a paid call and written after it: one read, one transaction, each answer once.
import type { FinishedCall } from '../../../db/call-store';
import { createStores, type Stores } from '../../../db/stores';
import { seedModels } from '../../../workers/seed-models';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from './fresh-database';
import { aReservation } from './rows';

let test: TestDatabase;
let stores: Stores;
beforeAll(async () => {
  test = await freshTestDatabase(10);
  stores = createStores(test.db);
  await seedModels(stores.registry, []);
}, STACK_START_MS);
afterAll(() => test.drop());

const question = (key: string) => ({ key, provider: 'openai', model: 'gpt-4o-mini' });
const finished = (callKey: string, changes: Partial<FinishedCall> = {}): FinishedCall => ({
  ledgerKey: `${callKey}#1`,
  actualMicroUsd: 12,
  usage: { input: 10, cachedInput: 2, cacheWrite: 0, output: 5, reasoning: 1 },
  answer: {
    ...question(callKey),
    world: 'live',
    answer: { probability: 0.6 },
    usage: null,
    costMicroUsd: 12,
    latencyMs: 20.4,
    servedBy: 'gpt-4o-mini-x',
  },
  observed: 'call',
  ...changes,
});

it('a look finds the answer, the sendings, the model with its price, the mode and the breakers', async () => {
  const before = await stores.calls.look(question('look'));
  expect(before).toMatchObject({
    answered: null,
    sendings: [],
    mode: null,
    breaker: null,
    wholeProvider: null,
  });
  expect(before.model).toEqual(await stores.registry.get('gpt-4o-mini'));
  await stores.ledger.reserve(aReservation({ callKey: 'look', amountMicroUsd: 30 }));
  await stores.modes.override({ mode: 'halted', reason: 'because', by: 'test' });
  await stores.breakers.apply(
    { provider: 'openai', model: '*' },
    { type: 'force_open', until: '2099-01-01T00:00:00.000Z' },
  );
  const after = await stores.calls.look(question('look'));
  const reserved = { key: 'look#1', status: 'reserved', costMicroUsd: 30, failure: null, note: null };
  expect(after.sendings).toEqual([reserved]);
  expect(after.mode).toEqual({ mode: 'halted', manual: true, reason: 'because' });
  expect(after.wholeProvider).toMatchObject({ status: 'open' });
  await stores.modes.endOverride({ reason: 'the test is over', by: 'test' });
  expect((await stores.calls.look({ ...question('look'), model: 'nobody' })).model).toBeNull();
});

it('finishing books, stores and notes health at once, and the first answer under a key counts', async () => {
  for (const ordinal of [1, 2]) await stores.ledger.reserve(aReservation({ callKey: 'twice', ordinal }));
  const first = await stores.calls.finish(finished('twice'));
  expect(first).toMatchObject({ answer: { probability: 0.6 }, latencyMs: 20 });
  const late = finished('twice', { ledgerKey: 'twice#2', actualMicroUsd: 13 });
  const second = await stores.calls.finish({
    ...late,
    answer: { ...late.answer, answer: { probability: 0.1 } },
  });
  expect(second.answer).toEqual({ probability: 0.6 });
  const { answered, sendings } = await stores.calls.look(question('twice'));
  expect(answered).toMatchObject({
    answer: { probability: 0.6 },
    costMicroUsd: 12,
    servedBy: 'gpt-4o-mini-x',
  });
  expect(sendings.map(({ status, costMicroUsd }) => [status, costMicroUsd])).toEqual([
    ['settled', 12],
    ['settled', 13],
  ]);
  expect(await stores.health.list()).toMatchObject([{ model: 'gpt-4o-mini', averageResponseTimeMs: 20 }]);
});

it('an answer with characters that Postgres cannot hold is kept without them, and paid once', async () => {
  await stores.ledger.reserve(aReservation({ callKey: 'odd' }));
  const { answer, ...call } = finished('odd');
  const said = ['a\u0000b', 'half \ud83d', '\\u0000', 'whole \u{1f600} "quoted"\n'];
  await stores.calls.finish({ ...call, answer: { ...answer, answer: { probability: 0.6, reasons: said } } });
  const { answered, sendings } = await stores.calls.look(question('odd'));
  expect(answered?.answer).toEqual({
    probability: 0.6,
    reasons: ['a\ufffdb', 'half \ufffd', '\\u0000', 'whole \u{1f600} "quoted"\n'],
  });
  expect(sendings.map(({ status }) => status)).toEqual(['settled']);
});

it('a call that was never reserved fails alone and leaves no answer', async () => {
  for (const callKey of ['good-1', 'good-2']) await stores.ledger.reserve(aReservation({ callKey }));
  const outcomes = await Promise.allSettled(
    ['good-1', 'unreserved', 'good-2'].map((key) => stores.calls.finish(finished(key))),
  );
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await stores.answers.get('unreserved')).toBeNull();
  expect(await stores.answers.get('good-2')).toMatchObject({ status: 'answered' });
});
