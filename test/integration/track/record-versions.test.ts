// Dated versions of weights and calibrators: what changed is added, what has evidence works, what lost it is
// rolled back, and two processes that write at once do it once.

import type { ConclaveClient } from '../../../client/connect';
import { replayDecision } from '../../../client/replay';
import { calibrationView } from '../../../client/track-views';
import { type LearntVersions, writeRecordVersions } from '../../../db/record-versions';
import { createStores } from '../../../db/stores';
import { createCalibratorStore, createSizingWeightStore, createWeightStore } from '../../../db/version-store';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from '../db/fresh-database';
import { aDecision, anOutcome, aProposition } from '../db/rows';

let database: TestDatabase;
beforeAll(async () => {
  database = await freshTestDatabase();
}, STACK_START_MS);
afterAll(() => database.drop());

const SCOPE = { world: 'live', marketCategory: 'equity' } as const;

const learnt = (
  a: number,
  changes: { readonly atWork?: boolean; readonly n?: number } = {},
): LearntVersions => {
  const { atWork = true, n = 10 } = changes;
  return {
    trainedThrough: '2025-09-22T20:00:00.000Z',
    weights: [{ marketCategory: 'equity', body: { x: a, y: 1 - a }, n, evidence: { eValue: 1 }, atWork }],
    calibrators: [
      {
        model: 'x',
        marketCategory: 'equity',
        body: { kind: 'platt', slope: 1 + a, intercept: 0 },
        n,
        evidence: {},
        atWork,
      },
    ],
    sizingWeights: [
      { marketCategory: 'equity', body: { weight: 1 - a }, n, evidence: { eValue: 1 }, atWork },
    ],
  };
};

const write = (versions: LearntVersions) => writeRecordVersions(database.db, 'live', versions);
const weights = () => createWeightStore(database.db);
const sizingWeights = () => createSizingWeightStore(database.db);
const calibrators = () => createCalibratorStore(database.db);

test('the same record twice is one version, under the id that decisions name', async () => {
  const [first, second] = await Promise.all([write(learnt(0.6)), write(learnt(0.6))]);
  expect([first.added, second.added].sort()).toEqual([0, 3]);
  expect(first.weights).toEqual([{ marketCategory: 'equity', id: 'live/equity@1' }]);
  expect(first.calibrators).toEqual([{ model: 'x', marketCategory: 'equity', id: 'live/x/equity@1' }]);
  expect(await weights().history(SCOPE)).toHaveLength(1);
});

test('a change is a new version that takes over, to the last digit', async () => {
  const third = 1 / 3;
  await write(learnt(third));
  expect(await weights().current(SCOPE)).toMatchObject({
    id: 'live/equity@2',
    body: { x: third, y: 1 - third },
    n: 10,
    trainedThrough: '2025-09-22T20:00:00.000Z',
  });
  const history = await weights().history(SCOPE);
  expect(history.map(({ status }) => status)).toEqual(['active', 'retired']);
  expect(history[1]?.retiredReason).toBe('a newer version');
});

test('what loses its evidence is rolled back to the prior, and comes back with evidence', async () => {
  await write(learnt(0.7, { atWork: false }));
  expect(await weights().current(SCOPE)).toBeNull();
  expect(await sizingWeights().current(SCOPE)).toBeNull();
  const [candidate, rolledBack] = await weights().history(SCOPE);
  expect(candidate).toMatchObject({ id: 'live/equity@3', status: 'candidate' });
  expect(rolledBack).toMatchObject({ status: 'retired', retiredReason: 'rolled back by the evidence' });
  await write(learnt(0.7));
  expect(await weights().current(SCOPE)).toMatchObject({ id: 'live/equity@3', retiredReason: null });
  expect(await sizingWeights().current(SCOPE)).toMatchObject({ version: 3, body: { weight: 1 - 0.7 } });
});

test('a model of which nothing is learnt any more loses its calibrator', async () => {
  await write({ ...learnt(0.7), calibrators: [] });
  const [last] = await calibrators().history({ ...SCOPE, model: 'x' });
  expect(last).toMatchObject({
    status: 'retired',
    retiredReason: 'nothing learnt of this version of the model',
  });
});

test('the newest of each scope is shown, at work or not', async () => {
  await write({ ...learnt(0.7, { atWork: false }), calibrators: [] });
  const stores = createStores(database.db);
  const view = await calibrationView({ stores }, { world: 'live', window: 'all' });
  expect(view.calibrators).toMatchObject([{ model: 'x', category: 'equity', status: 'retired' }]);
  expect(view.sizingWeights).toMatchObject([
    { category: 'equity', version: 'live/equity@3', status: 'retired', weight: 1 - 0.7, n: 10 },
  ]);
  const other = await calibrationView({ stores }, { world: 'live', window: 'all', category: 'politics' });
  expect([other.calibrators, other.sizingWeights]).toEqual([[], []]);
});

test('a replay under the weights of now takes those at work, not a version without evidence', async () => {
  const stores = createStores(database.db);
  await stores.propositions.put(aProposition());
  const [member] = aDecision().members;
  const members = ['x', 'y'].map((model, index) => ({ ...member!, model, probability: 0.3 + 0.4 * index }));
  await stores.decisions.recordDecision(aDecision({ members }), []);
  const now = { decisionId: 'decision-1', strategy: null, weights: 'now' } as const;
  const used = async () => (await replayDecision({ stores } as ConclaveClient, now)).weightsUsed;
  await write(learnt(0.6));
  expect(await used()).toEqual({ x: 0.6, y: 0.4 });
  await write(learnt(0.9, { atWork: false }));
  expect(await used()).toEqual({ x: 0.5, y: 0.5 });
});

test('a resolved decision brings what was decided, its price and its time; made-up bars bring no answer', async () => {
  const stores = createStores(database.db);
  await stores.outcomes.record(anOutcome({ resolvedAt: '2099-01-01T00:00:00.000Z' }));
  const synthetic = aDecision({
    id: 'decision-2',
    synthetic: true,
    details: { now: '2025-09-16T13:00:00.000Z' },
  });
  await stores.decisions.recordDecision(synthetic, []);
  const rows = await stores.track.resolvedDecisions('live', '2099-01-02T00:00:00.000Z');
  const brought = new Map(rows.map((row) => [row.decisionId, row]));
  expect(brought.get('decision-1')).toMatchObject({ probability: 0.6, price: 0.54, yes: true });
  expect(brought.get('decision-2')).toMatchObject({
    ...{ probability: null, price: 0.54, madeAt: '2025-09-16T13:00:00.000Z' },
  });
});
