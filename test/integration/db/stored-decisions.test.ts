// What is told of a decision on record: what each member said in the vote that counts, and what it was made with.
import { listDecisions, storedDecision } from '../../../client/stored-decisions';
import { createStores, type Stores } from '../../../db/stores';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from './fresh-database';
import { aDecision, aForecast, aProposition } from './rows';

let test: TestDatabase;
let stores: Stores;
beforeAll(async () => {
  test = await freshTestDatabase(1);
  stores = createStores(test.db);
}, STACK_START_MS);
afterAll(() => test.drop());

const client = () => ({ stores, namespace: 'default', uiUrl: 'http://127.0.0.1:8233' });
const member = (model: string) => ({
  ...{ model, provider: 'house', status: 'answered' as const, failure: null, probability: 0.6 },
  ...{ calibratedProbability: 0.55, weight: 0.5, costMicroUsd: 0, latencyMs: 4, answerKey: null },
});
const vote = (model: string, attemptGroup: string, reason: string, shadow = false) =>
  aForecast({ model, attemptGroup, reasons: [reason], calibratedProbability: 0.55, shadow });

it('one decision is told whole: the second vote where there is one, and no shadow call', async () => {
  await stores.propositions.put(aProposition());
  await stores.decisions.recordDecision(
    aDecision({
      members: [member('firm'), member('turned')],
      weightsVersion: 'weights-3',
      calibrationVersions: { firm: 'calibrator-2' },
      details: {
        statement: 'AAPL closes higher',
        resolvesAt: '2026-11-30T21:00:00.000Z',
        sizingWeightVersion: 'sizing-1',
        sizing: {
          pulledProbability: 0.58,
          edge: 0.08,
          spreadVariance: 0.01,
          shrink: 0.5,
          kelly: 0.2,
          why: [],
        },
      },
    }),
    [
      vote('firm', 'first', 'as before'),
      vote('turned', 'first', 'at first'),
      vote('turned', 'second', 'on reflection'),
      vote('watching', 'first', 'nobody asked', true),
    ],
  );
  const told = await storedDecision(client(), 'decision-1');
  expect(told).toMatchObject({
    ...{ statement: 'AAPL closes higher', resolvesAt: '2026-11-30T21:00:00.000Z' },
    versions: { weights: 'weights-3', sizingWeight: 'sizing-1', calibration: { firm: 'calibrator-2' } },
    sizing: { pulledProbability: 0.58, edge: 0.08, spreadVariance: 0.01, shrink: 0.5, kelly: 0.2 },
    members: [
      { model: 'firm', reasons: ['as before'], calibratedProbability: 0.55, modelVersion: '1' },
      { model: 'turned', reasons: ['on reflection'] },
    ],
    workflowUrl: 'http://127.0.0.1:8233/namespaces/default/workflows/decision-1',
  });
  expect(told?.sizing).not.toHaveProperty('why');
  expect(await storedDecision(client(), 'decision-2')).toBeNull();
});

it('a list names the same decisions without what was said', async () => {
  const { decisions, next } = await listDecisions(client(), { world: 'live', limit: 5 });
  expect([decisions.map(({ decisionId }) => decisionId), next]).toEqual([['decision-1'], null]);
  expect(decisions[0]?.members[0]).not.toHaveProperty('reasons');
});
