// Intervals of rolling windows: how often they hold the true mean, and that no data are counted twice.
import { type Random, randomNormal, seededRandom } from '../../domain/track/random';
import { WINDOW_MEASURES, type WindowMeasure } from '../../domain/track/window-measures';
import { rollingWindows, type TimedScore, WINDOWS, type WindowName } from '../../domain/track/windows';

const NOW = 1_000_000_000_000;
const DAY_MS = 86_400_000;

const fresh = (values: readonly number[]): readonly TimedScore[] =>
  values.map((value, index) => ({ atMs: NOW - 1_000, value, cluster: `c${index}` }));

const halfHits = (n: number): readonly number[] => Array.from({ length: n }, (_, index) => index % 2);
const find = (rows: readonly TimedScore[], name: WindowName, measure?: WindowMeasure) =>
  rollingWindows(rows, NOW, measure).find(({ window }) => window === name)!;
const widthOf = ([low, high]: readonly [number, number]): number => high - low;

/** Share of samples whose 90 % interval holds the true mean, by window. */
const coverage = (
  sample: (random: Random) => readonly TimedScore[],
  truth: number,
  measure: WindowMeasure = WINDOW_MEASURES.accuracy,
): Readonly<Record<WindowName, number>> => {
  const random = seededRandom(7);
  const samples = 400;
  const held = new Map<WindowName, number>(WINDOWS.map((name) => [name, 0]));
  for (let i = 0; i < samples; i += 1)
    for (const { window, interval } of rollingWindows(sample(random), NOW, measure))
      if (interval![0] <= truth && truth <= interval![1]) held.set(window, held.get(window)! + 1);
  return Object.fromEntries([...held].map(([name, count]) => [name, count / samples])) as Record<
    WindowName,
    number
  >;
};

describe('The interval of a window', () => {
  it('is the same for all windows that hold the same rows', () => {
    const windows = rollingWindows(fresh(halfHits(20)), NOW);
    for (const { interval } of windows) {
      expect(interval![0]).toBeCloseTo(windows.at(-1)!.interval![0], 12);
      expect(interval![1]).toBeCloseTo(windows.at(-1)!.interval![1], 12);
    }
    expect(windows[0]!.interval![0]).toBeCloseTo(0.314, 2);
    expect(windows[0]!.interval![1]).toBeCloseTo(0.686, 2);
  });

  it('is wide for two clusters that agree, and ends where the measure does', () => {
    for (const { value, interval } of rollingWindows(fresh([1, 1]), NOW)) {
      expect(value).toBeCloseTo(1, 12);
      expect(interval![0]).toBeCloseTo(0.47, 2);
      expect(interval![1]).toBe(1);
    }
    expect(find(fresh([1, 0]), 'all').interval).toEqual([0, 1]);
  });

  it('counts an event of many rows as one observation of many', () => {
    const rows = [
      ...Array.from({ length: 99 }, () => ({ atMs: NOW - 1_000, value: 1, cluster: 'event' })),
      ...fresh(Array.from({ length: 10 }, () => 0)),
    ];
    for (const name of ['1h', 'all'] as const) {
      const { value, interval } = find(rows, name);
      expect(value).toBeCloseTo(99 / 109, 12);
      expect(value! - interval![0]).toBeGreaterThan(0.5);
    }
  });

  it('widens by one fresh outcome, however long and steady the record before it', () => {
    const old = Array.from({ length: 200 }, (_, index) => ({
      ...{ atMs: NOW - 90 * DAY_MS - index, value: index % 2, cluster: `old${index}` },
    }));
    const hour = find([...old, ...fresh([1])], '1h').interval!;
    const all = find([...old, ...fresh([1])], 'all').interval!;
    // 1 - (20 / 21) ^ 5, nearly a quarter of the value, is that one outcome.
    expect(widthOf(hour)).toBeGreaterThan(2.5 * widthOf(all));
  });

  it('begins as wide as its own measure may spread', () => {
    const widths = (['accuracy', 'confidenceCalibration', 'skill'] as const).map((name) =>
      widthOf(find(fresh([0, 0, 0, 0]), 'all', { ...WINDOW_MEASURES[name], range: [-9, 9] }).interval!),
    );
    expect(widths[1]! / widths[0]!).toBeCloseTo(1.5, 12);
    expect(widths[2]! / widths[0]!).toBeCloseTo(0.4, 12);
  });

  it('needs clusters that differ where nothing is known of the spread, and is wide from two', () => {
    const time = WINDOW_MEASURES.responseTimeMs;
    expect(find(fresh([900]), 'all', time).interval).toBeNull();
    expect(find(fresh([900, 900]), 'all', time).interval).toBeNull();
    const [low, high] = find(fresh([900, 1_100]), 'all', time).interval!;
    expect([low, high]).toEqual([expect.closeTo(368.6, 0), expect.closeTo(1_631.4, 0)]);
    expect(find(fresh([100, 1_100]), 'all', time).interval![0]).toBe(0);
  });
});

describe('The interval of a window holds the true mean', () => {
  const hit = (random: Random): number => (random() < 0.6 ? 1 : 0);
  const several = (n: number, draw: (random: Random) => number) => (random: Random) =>
    fresh(Array.from({ length: n }, () => draw(random)));

  // Of few hits only some shares are possible, so that the least of them can lie some points below 90 %.
  it.each([
    [2, 0.82],
    [10, 0.85],
    [20, 0.85],
    [50, 0.86],
  ])('in all windows where %i hits are all of the last hour', (n, least) => {
    const held = coverage(several(n, hit), 0.6);
    for (const name of WINDOWS) expect([name, held[name] >= least]).toEqual([name, true]);
  });

  it('in all windows of three outcomes a day for sixty days', () => {
    const held = coverage((random) => {
      const at = (index: number) => NOW - (Math.floor(index / 3) + (0.3 + 7 * (index % 3)) / 24) * DAY_MS;
      return Array.from({ length: 180 }, (_, index) => ({
        ...{ atMs: at(index), value: hit(random), cluster: `c${index}` },
      }));
    }, 0.6);
    for (const name of WINDOWS) {
      expect([name, held[name] >= 0.86]).toEqual([name, true]);
      expect([name, held[name] <= 0.95]).toEqual([name, true]);
    }
  });

  it('where one event has two thirds of the rows', () => {
    const held = coverage((random) => {
      const whole = hit(random);
      const event = Array.from({ length: 40 }, () => ({ atMs: NOW - 1_000, value: whole, cluster: 'event' }));
      return [...event, ...several(20, hit)(random)];
    }, 0.6);
    expect(held.all).toBeGreaterThan(0.88);
    expect(held['1h']).toBeGreaterThan(0.88);
  });

  it.each([
    [2, 0.1],
    [2, 0.2],
    [20, 0.1],
    [20, 0.2],
  ])('of the skill in %i outcomes that spread by %f', (n, spread) => {
    const held = coverage(
      several(n, (random) => spread * randomNormal(random)),
      0,
      WINDOW_MEASURES.skill,
    );
    expect(held.all).toBeGreaterThanOrEqual(0.86);
    expect(held['1h']).toBeGreaterThanOrEqual(0.86);
  });

  it.each([2, 3, 6, 20])('of log losses, of whose spread nothing is known, from %i outcomes', (n) => {
    const draw = (random: Random): number => 2 + 0.4 * randomNormal(random);
    const held = coverage(several(n, draw), 2, WINDOW_MEASURES.logLoss);
    expect(held.all).toBeGreaterThanOrEqual(0.86);
    expect(held['1h']).toBeLessThanOrEqual(0.95);
  });
});
