import type { Dependencies } from '../../activities/dependencies';
import { createExperimentActivities } from '../../activities/experiments';
import type { DecisionRecord } from '../../workflows/contracts/decision';
import { aModel } from '../integration/db/rows';

const experiment = { id: 'x', kind: 'model', armA: 'member', armB: 'other', category: null, model: null };

const dependencies = {
  stores: {
    experiments: { running: async () => [experiment] },
    registry: {
      list: async () =>
        ['member', 'other'].map((id) => ({ ...aModel({ id, keyName: null }), origin: 'seed' })),
    },
    caps: { limits: async () => [], get: async () => null },
  },
  providers: new Set(['openai']),
  options: { keysPresent: new Set() },
  logger: { warn: ({ error }: { error: string }) => expect(error).toBeUndefined() },
} as unknown as Dependencies;

const answer = (probability: number) => ({ model: 'member', standsInFor: null, probability });

const recorded = (votes: object): DecisionRecord =>
  ({
    input: { world: 'live' },
    plan: { category: 'equity', decisionId: 'd', price: null },
    result: { status: 'decided', members: [answer(0.9)], research: null },
    ...votes,
  }) as unknown as DecisionRecord;

it.each([
  ['its first vote, which no critique has moved', { firstVotes: [answer(0.6)] }, 0.6],
  ['its answer where all voted once', {}, 0.9],
])('an arm that was asked as a member stands with %s', async (_title, votes, known) => {
  const arms = await createExperimentActivities(dependencies).enterExperiments(recorded(votes));
  expect(arms?.experiments[0]?.arms.map((arm) => arm.known)).toEqual([known, null]);
});
