// Questions that overlap in time share their luck: an experiment counts them as one, and so keeps its promise.
import { blocksOf, evaluateExperiment, type PairedAnswer } from '../../domain/track/experiment-blocks';
import { seededRandom } from '../../domain/track/random';

const DAY_MS = 86_400_000;
const START = Date.parse('2026-01-05T14:00:00.000Z');
const at = (day: number): string => new Date(START + day * DAY_MS).toISOString();
const LATER = at(100_000);

const pair = (day: number, changes: Partial<PairedAnswer> = {}): PairedAnswer => ({
  askedAt: at(day),
  resolvesAt: at(day + 5),
  probabilityA: 0.4,
  probabilityB: 0.6,
  yes: true,
  ...changes,
});

describe('blocks of questions', () => {
  it('join what is asked before the first is due, and begin anew when all of it is due', () => {
    const days = [0, 0, 1, 4, 5, 8, 9, 12];
    const blocks = blocksOf(days.map((day) => pair(day)));
    expect(
      blocks.map((block) => block.map(({ askedAt }) => days.find((day) => at(day) === askedAt))),
    ).toEqual([
      [0, 0, 1, 4],
      [9, 12],
    ]);
  });

  it('wait for their last outcome, and for the time in which more could join', () => {
    const pairs = [pair(0), pair(1, { yes: null }), pair(20)];
    expect(evaluateExperiment(pairs, { alpha: 0.05, now: LATER }).experiment.running.n).toBe(0);
    const known = [pair(0), pair(1), pair(20)];
    expect(evaluateExperiment(known, { alpha: 0.05, now: at(3) }).experiment.running.n).toBe(0);
    expect(evaluateExperiment(known, { alpha: 0.05, now: LATER }).experiment.running.n).toBe(2);
  });

  it('do not wait for questions that are void', () => {
    const none = { yes: null, lapsed: true };
    const pairs = [pair(0), pair(1, none), pair(20, none), pair(40)];
    expect(evaluateExperiment(pairs, { alpha: 0.05, now: LATER }).experiment.running.n).toBe(2);
  });

  it('leave out pairs in which an arm gave no answer', () => {
    const pairs = [pair(0, { probabilityA: null }), pair(1)];
    const { scored, experiment } = evaluateExperiment(pairs, { alpha: 0.05, now: LATER });
    expect([scored, experiment.running.n]).toEqual([1, 1]);
    expect(experiment.running.sum).toBeCloseTo(0.36 - 0.16, 12);
  });
});

it('finds the arm that is better, and says so by itself', () => {
  const pairs = Array.from({ length: 200 }, (_unused, index) =>
    pair(index * 10, { probabilityA: 0.3, probabilityB: 0.8 }),
  );
  const { experiment, estimate } = evaluateExperiment(pairs, { alpha: 0.05, now: LATER });
  expect(experiment.verdict).toBe('b_better');
  expect(estimate[1]).toBeGreaterThan(0);
});

/** Ten questions a day with one common outcome, daily, open for five days: what a watchlist on one market is. */
const commonLuck = (stream: number): readonly PairedAnswer[] => {
  const random = seededRandom(stream + 1);
  return Array.from({ length: 150 }, (_unused, day) => ({ day, yes: random() < 0.5 })).flatMap(
    ({ day, yes }) => {
      const [a, b] = random() < 0.5 ? [0.2, 0.8] : [0.8, 0.2];
      return Array.from({ length: 10 }, () => pair(day, { probabilityA: a, probabilityB: b, yes }));
    },
  );
};

it('finds a difference between equal arms in at most 5 % of streams whose questions share their luck', () => {
  const streams = Array.from({ length: 300 }, (_unused, stream) => commonLuck(stream));
  const found = streams.filter(
    (pairs) => evaluateExperiment(pairs, { alpha: 0.05, now: LATER }).experiment.verdict !== 'undecided',
  );
  expect(found.length / streams.length).toBeLessThanOrEqual(0.05);
  // Counted one by one the same streams would find something that is not there.
  const counted = streams.slice(0, 60);
  const apart = counted.filter((pairs) => {
    const single = pairs.map((each, index) => ({
      ...each,
      askedAt: at(index * 10),
      resolvesAt: at(index * 10 + 5),
    }));
    return evaluateExperiment(single, { alpha: 0.05, now: LATER }).experiment.verdict !== 'undecided';
  });
  expect(apart.length / counted.length).toBeGreaterThan(0.05);
});
