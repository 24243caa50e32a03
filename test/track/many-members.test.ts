// Contributions of more members than a double has bits for.

import { seededRandom } from '../../domain/track/random';
import { contributions, leaveOneOut, poolValue, sampledShapley } from '../../domain/track/shapley';

const rowsOf = (members: number) => {
  const random = seededRandom(11);
  return Array.from({ length: 6 }, () => ({
    className: 'market',
    y: (random() < 0.5 ? 1 : 0) as 0 | 1,
    p: Array.from({ length: members }, () => random()),
  }));
};

/** Minus the Brier score of the log-odds mean of some members, by the definition. */
const scoreOf = (rows: ReturnType<typeof rowsOf>, chosen: (m: number) => boolean): number => {
  const scores = rows.map(({ p, y }) => {
    const logits = p
      .filter((_, m) => chosen(m))
      .map((each) => {
        const clipped = Math.min(0.99, Math.max(0.01, each));
        return Math.log(clipped / (1 - clipped));
      });
    const mean = logits.length === 0 ? 0 : logits.reduce((sum, each) => sum + each, 0) / logits.length;
    return (1 / (1 + Math.exp(-mean)) - y) ** 2;
  });
  return -scores.reduce((sum, each) => sum + each, 0) / scores.length;
};

describe.each([52, 53, 54, 60, 80])('Of %i members', (members) => {
  const rows = rowsOf(members);
  const all = scoreOf(rows, () => true);

  it('the sampled contributions add up to the gain over one half', () => {
    const parts = sampledShapley(poolValue(rows, members), members, { orders: 40, seed: 3 });
    const total = parts.reduce((sum, part) => sum + part.value, 0);
    expect(Math.abs(total - (all + 0.25))).toBeLessThan(1e-9 + Math.abs(scoreOf(rows, () => false) + 0.25));
    const same = contributions(rows, members, { orders: 40, seed: 3 });
    expect(same).toEqual(parts);
  });

  it('what is lost without one is what the others are worth', () => {
    leaveOneOut(poolValue(rows, members), members).forEach((lost, m) => {
      expect(lost).toBeCloseTo(all - scoreOf(rows, (other) => other !== m), 9);
    });
  });
});
