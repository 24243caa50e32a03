// The bounds of skill are those of requirement C5: under the prior, so that a short record never looks like a sure one.
import { randomNormal, seededRandom } from '../../domain/track/random';
import { rankMembers, type SkillRow } from '../../domain/track/ranking';

const rowsOf = (gains: readonly number[]): readonly SkillRow[] =>
  gains.map((gain, cluster) => ({ cluster: `c${cluster}`, memberLoss: 0.3 - gain, meanLoss: 0.3 }));

const ranked = (gains: readonly number[]) =>
  rankMembers([{ member: 'a', rows: rowsOf(gains), costUsd: null }])[0]!;

test('a record is surer with every observation, and two that agree prove little', () => {
  const widths = [1, 2, 5, 20, 100].map((n) => {
    const { lower, upper } = ranked(Array.from({ length: n }, () => 0.05));
    return upper - lower;
  });
  expect(widths).toEqual([...widths].sort((x, y) => y - x));
  const { skill, lower } = ranked([0.05, 0.05]);
  expect(skill).toBeCloseTo(0.05 / 11, 12);
  expect(lower).toBeLessThan(-0.02);
});

test('a short lucky record does not lead a long good one', () => {
  const order = rankMembers([
    { member: 'lucky', rows: rowsOf([0.12, 0.12]), costUsd: null },
    {
      member: 'steady',
      rows: rowsOf(Array.from({ length: 120 }, (_, i) => (i % 2 ? 0.06 : -0.04))),
      costUsd: null,
    },
  ]);
  expect(order.map(({ member }) => member)).toEqual(['steady', 'lucky']);
});

test.each([1, 2, 5, 50])('the truth is below the lower bound once in ten after %i observations', (n) => {
  const random = seededRandom(5);
  const trials = 2_000;
  let below = 0;
  for (let trial = 0; trial < trials; trial += 1) {
    const truth = (0.1 / Math.sqrt(20)) * randomNormal(random);
    const { lower } = ranked(Array.from({ length: n }, () => truth + 0.1 * randomNormal(random)));
    if (truth < lower) below += 1;
  }
  expect(below / trials).toBeGreaterThan(0.08);
  expect(below / trials).toBeLessThan(0.12);
});

test('a noisy member has wider bounds than a quiet one of equal skill', () => {
  const swinging = (size: number) =>
    ranked(Array.from({ length: 200 }, (_, i) => 0.02 + (i % 2 ? size : -size)));
  expect(swinging(0.3).lower).toBeLessThan(swinging(0.05).lower);
});

test('nothing is known without rows', () => {
  expect(ranked([])).toMatchObject({ skill: 0, lower: -1, upper: 1 });
});
