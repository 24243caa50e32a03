// What a decision knows of its members over several rounds of asking.
import type { MemberResult } from '../../workflows/contracts/decision';
import { createDecisionBoard } from '../../workflows/decision-board';

const result = (model: string, status: 'answered' | 'failed'): MemberResult => ({
  ...{ model, provider: 'p', status, failure: status === 'failed' ? 'timed_out' : null },
  ...{ probability: status === 'answered' ? 0.6 : null, weight: null, costMicroUsd: 5, latencyMs: 1 },
  ...{ answerKey: null, sends: 1, modelVersion: null, hops: [], standsInFor: null },
});

it('a model that stood in for one member in one round and for another in the next has one vote', () => {
  const board = createDecisionBoard(() => undefined);
  board.plan([]);
  board.landed('a', result('stand-in', 'answered'));
  board.landed('c', result('c', 'failed'));
  board.plan([]);
  board.landed('b', result('stand-in', 'failed'));
  board.landed('c', result('c', 'answered'));
  expect(board.members().map(({ model, status }) => [model, status])).toEqual([
    ['stand-in', 'answered'],
    ['c', 'answered'],
  ]);
});
