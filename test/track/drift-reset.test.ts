import { memberDrift, withoutDrifted } from '../../domain/track/drift-reset';
import { sigmoid } from '../../domain/track/log-odds';
import { randomNormal, seededRandom } from '../../domain/track/random';
import { fitRecord, learntWeights, type ResolvedForecast } from '../../domain/track/record';

/** Two members that see the truth; from `turnsAt` on the first one says the opposite. */
const rows = (n: number, turnsAt: number, seed = 3): readonly ResolvedForecast[] => {
  const random = seededRandom(seed);
  return Array.from({ length: n }, (_, index) => {
    const truth = 2 * randomNormal(random);
    const y = random() < sigmoid(truth) ? 1 : 0;
    const worse = sigmoid(truth + randomNormal(random));
    const p = [sigmoid(index < turnsAt ? truth : -truth), worse];
    return {
      rowId: `r${index}`,
      cluster: `r${index}`,
      category: 'c',
      y,
      weight: 1,
      p,
      shadow: { equal: null, weighted: null, calibrated: [p[0]!, Number.NaN] },
    };
  });
};

test('a steady member is not reset, one that turns is, soon after it has turned', () => {
  expect(memberDrift(rows(300, 300), 0)).toMatchObject({ resets: 0, since: 0 });
  const turned = memberDrift(rows(360, 300), 0);
  expect(turned.resets).toBeGreaterThan(0);
  expect(turned.since).toBeGreaterThan(300);
  expect(turned.since).toBeLessThan(360);
});

test('a member that was always wrong, and is known to be, has not changed', () => {
  const wrong = (calibrated: number) =>
    rows(400, 0, 5).map((row) => ({
      ...row,
      p: [row.y === 1 ? 0.05 : 0.95, row.p[1]!],
      shadow: { equal: null, weighted: null, calibrated: [calibrated, Number.NaN] },
    }));
  expect(memberDrift(wrong(0.5), 0).resets).toBe(0);
  expect(memberDrift(wrong(Number.NaN), 0).resets).toBe(0);
  expect(memberDrift(wrong(0.95), 0).resets).toBeGreaterThan(0);
});

test('weights start from the prior where a member drifted, and what the other earned stays out of it', () => {
  const all = rows(320, 300);
  const { since } = memberDrift(all, 0);
  const record = fitRecord(all.slice(0, since), { members: ['a', 'b'] });
  expect(record.drifts[0]).toMatchObject({ resets: 1, since });
  expect(learntWeights(record, 'c')).toBeNull();
  const before = fitRecord(all.slice(0, 290), { members: ['a', 'b'] });
  expect(learntWeights(before, 'c')!.a).toBeGreaterThan(0.5);
  const masked = withoutDrifted(all, record.drifts);
  expect(masked.slice(0, since).every((row) => Number.isNaN(row.p[0]!) && !Number.isNaN(row.p[1]!))).toBe(
    true,
  );
  expect(masked.slice(since)).toEqual(all.slice(since));
});

test('ten strikes of one event that fail together are one surprise, not ten', () => {
  const events = (n: number, strikes: number, wrongFrom: number): readonly ResolvedForecast[] =>
    Array.from({ length: n * strikes }, (_, index) => {
      const event = Math.floor(index / strikes);
      const y = event >= wrongFrom || event % 10 === 0 ? 0 : 1;
      return {
        ...{ rowId: `r${index}`, cluster: `e${event}`, category: 'c', y, weight: 1, p: [0.9] },
        shadow: { equal: null, weighted: null, calibrated: [0.9] },
      };
    });
  const alone = memberDrift(events(104, 1, 100), 0);
  expect(memberDrift(events(104, 10, 100), 0)).toEqual(alone);
  expect(alone.resets).toBe(0);
  const turned = memberDrift(events(140, 10, 100), 0);
  expect(turned.resets).toBeGreaterThan(0);
  expect(turned.since % 10).toBe(0);
});
