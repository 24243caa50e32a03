import { strategyNamed } from '../../domain/ensemble/all-strategies';
import type { Calibrator } from '../../domain/ensemble/calibrator';
import { nearestAnswer } from '../../domain/ensemble/nearest-answer';
import type { StrategyInput } from '../../domain/ensemble/strategy';

const answers = (...ps: readonly (number | null)[]): StrategyInput['answers'] =>
  ps.map((probability, index) =>
    probability === null
      ? { model: `m${index}`, status: 'failed', failure: 'malformed' }
      : { model: `m${index}`, status: 'answered', probability },
  );

const half = (value: number): Calibrator => ({ kind: 'identity', reliability: 0.5, half: value });

test('a decision is its own nearest answer', () => {
  const input = { answers: answers(0.7, 0.72, 0.74) };
  for (const name of ['weighted_vote', 'consensus', 'calibrated_confidence'] as const)
    expect(nearestAnswer(name, input)).toEqual({
      p: strategyNamed(name).decide(input).probability,
      decided: true,
    });
});

test('without agreement a consensus leans to the weighted vote', () => {
  const input = { answers: answers(0.1, 0.5, 0.9) };
  expect(strategyNamed('consensus').decide(input).status).toBe('no_consensus');
  const vote = strategyNamed('weighted_vote').decide(input).probability;
  expect(nearestAnswer('consensus', input)).toEqual({ p: vote, decided: false });
});

test('without confidence calibrated_confidence leans to its most confident member', () => {
  const input = { answers: answers(0.52, 0.47, 0.5), thresholds: { confidence: 0.9 } };
  expect(nearestAnswer('calibrated_confidence', input)).toEqual({ p: 0.47, decided: false });
});

test('all at exactly one half: the mean of what their halves stand for, and no decision', () => {
  const calibrators = { m0: half(0.2), m1: half(0.4) };
  const input = { answers: answers(0.5, 0.5, 0.5), calibrators };
  expect(strategyNamed('calibrated_confidence').decide(input)).toMatchObject({
    status: 'abstained',
    probability: null,
    reasoning: expect.arrayContaining(['No member holds an opinion']),
  });
  expect(nearestAnswer('calibrated_confidence', input).p).toBeCloseTo((0.2 + 0.4 + 0.5) / 3, 12);
});

test('below quorum there is nothing to lean to', () => {
  for (const name of ['weighted_vote', 'calibrated_confidence', 'consensus'] as const)
    expect(nearestAnswer(name, { answers: answers(0.7, null, null) })).toEqual({ p: null, decided: false });
});
