import { questionForm } from '../../domain/research/question-form';
import { type AskedAnswer, contradictionsIn } from '../../domain/track/contradictions';

const answer = (
  statement: string,
  probability: number | null,
  change: Partial<AskedAnswer> = {},
): AskedAnswer => ({
  model: 'm',
  modelVersion: '1',
  statement,
  resolvesAt: '2025-07-01T00:00:00.000Z',
  madeAt: '2025-03-01T09:00:00.000Z',
  probability,
  ...change,
});

const found = (...answers: readonly AskedAnswer[]): readonly number[] => [
  ...contradictionsIn(answers, questionForm),
];

const SOONER = 'Will the Fed cut rates by March 31, 2025?';
const LATER = 'Will the Fed cut rates by December 31, 2025?';

describe('contradictions', () => {
  test('the same question answered far apart on one day, however it is put', () => {
    expect(found(answer(SOONER, 0.2), answer('Will the Fed cut rates by 31 March 2025?', 0.8))).toEqual([1]);
    expect(found(answer(SOONER, 0.2), answer(SOONER, 0.4))).toEqual([]);
  });

  test('a question and its negation both held likely', () => {
    const negated = 'Will the Fed not cut rates by March 31, 2025?';
    expect(found(answer(SOONER, 0.8), answer(negated, 0.7))).toEqual([1]);
    expect(found(answer(SOONER, 0.8), answer(negated, 0.15))).toEqual([]);
  });

  test('the sooner held for likelier than the later, in either order', () => {
    expect(found(answer(SOONER, 0.7), answer(LATER, 0.3))).toEqual([1]);
    expect(found(answer(LATER, 0.3), answer(SOONER, 0.7))).toEqual([1]);
    expect(found(answer(SOONER, 0.3), answer(LATER, 0.7))).toEqual([]);
  });

  test.each([
    ['another day', { madeAt: '2025-03-02T09:00:00.000Z' }],
    ['another model', { model: 'n' }],
    ['another version of it', { modelVersion: '2' }],
    ['another horizon of the same words', { resolvesAt: '2025-08-01T00:00:00.000Z' }],
  ])('%s contradicts nothing', (_name, change) => {
    expect(found(answer(SOONER, 0.1), answer(SOONER, 0.9, change))).toEqual([]);
  });

  test('a failed answer contradicts nothing', () => {
    expect(found(answer(SOONER, 0.9), answer(SOONER, null))).toEqual([]);
  });
});
