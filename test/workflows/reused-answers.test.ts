// A member whose answer was taken over is not asked; nothing here could reach a provider.
import type { ReusedForecast } from '../../workflows/contracts/decision';
import { askMember, type StageContext } from '../../workflows/decision-members';

const reused: ReusedForecast = {
  ...{ model: 'a', provider: 'openai', answerKey: 'decision:other/run/first/a', modelVersion: 'a-1' },
  ...{ probability: 0.7, costThenMicroUsd: 900, givenAt: '2026-03-02T11:45:00.000Z' },
  ...{ from: 'decision:other', similarity: 0.6 },
};

const landed: string[] = [];
const context = {
  plan: { reusedAnswers: [reused] },
  board: { asking: () => undefined, landed: (planned: string) => void landed.push(planned) },
} as unknown as StageContext;
const member = { ...reused, weight: null, calibrator: null, calibratorVersion: null } as never;

it('its result is the earlier answer, without a call, a cost or a hop', async () => {
  expect(await askMember(context, member, { round: 'first' })).toEqual({
    ...{ model: 'a', provider: 'openai', status: 'answered', failure: null, probability: 0.7, weight: null },
    ...{ costMicroUsd: 0, latencyMs: 0, answerKey: reused.answerKey, standsInFor: null, modelVersion: 'a-1' },
    ...{ sends: 0, hops: [] },
  });
  expect(landed).toEqual(['a']);
});
