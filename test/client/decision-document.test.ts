// What a decision's document says of a member that did not answer, from its result and from its row alike.
import { decisionRow } from '../../activities/decision-row';
import { decisionDocument } from '../../client/documents';
import type { DecisionRecord as DecisionRow } from '../../db/decision-record';
import type { DecisionRecord } from '../../workflows/contracts/decision';

const problem = 'the provider refused the request as invalid (status 404)';
const hop = { model: 'desk/qwen3', provider: 'desk', failure: 'bad_request', costMicroUsd: 0, latencyMs: 4 };
const standIn = {
  ...{ model: 'house-drift', provider: 'house', status: 'answered', failure: null, probability: 0.6 },
  ...{ weight: 1, costMicroUsd: 0, latencyMs: 4, answerKey: null, standsInFor: 'desk/qwen3', problem },
  ...{ sends: 1, modelVersion: null, hops: [{ ...hop, problem }] },
};
const result = {
  ...{ decisionId: 'decision:1', subject: 'equity:AAPL', status: 'decided', members: [standIn] },
  ...{ quorum: { asked: 1, answered: 1, needed: 1 }, sizeMicroUsd: 0, costMicroUsd: 0 },
};
const record = {
  ...{ input: {}, plan: { members: [] }, result, shadow: [], secondVote: [], sizing: null },
} as unknown as DecisionRecord;

const said = { model: 'house-drift', standsInFor: 'desk/qwen3', problem };

it('it names the member in whose place another was asked, and why', () => {
  expect(decisionDocument(record.result).members).toMatchObject([said]);
  const row = { ...decisionRow(record), createdAt: '2026-11-20T12:00:00.000Z' } as DecisionRow;
  expect(decisionDocument(row).members).toMatchObject([said]);
  expect(row.members[0]?.hops).toEqual([{ model: 'desk/qwen3', failure: 'bad_request', problem }]);
});

it('it says when it was made where it is on record', () => {
  const row = { ...decisionRow(record), createdAt: '2026-11-20T12:00:00.000Z' } as DecisionRow;
  expect(decisionDocument(row).createdAt).toBe('2026-11-20T12:00:00.000Z');
  expect(decisionDocument(record.result)).not.toHaveProperty('createdAt');
});

it('it says null of a row from before that was told', () => {
  const { standsInFor: _seat, problem: _why, ...earlier } = standIn;
  const before = { ...result, members: [earlier] } as unknown as DecisionRecord['result'];
  expect(decisionDocument(before).members).toMatchObject([{ standsInFor: null, problem: null }]);
});
