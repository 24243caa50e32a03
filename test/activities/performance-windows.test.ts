import type { Dependencies } from '../../activities/dependencies';
import { createTrackRecordActivities, rollUpBySlice } from '../../activities/track-record';
import type { ScoredForecast } from '../../db/performance-store';
import { scoreForecast } from '../../domain/track/forecast-score';

const rollUp = (...input: Parameters<typeof rollUpBySlice>) => [...rollUpBySlice(...input)].flat();

const NOW = '2025-09-30T00:00:00.000Z';
const HOUR_MS = 3_600_000;

const score = (changes: Partial<ScoredForecast> & { readonly hoursAgo?: number }): ScoredForecast => {
  const { hoursAgo = 2, ...rest } = changes;
  const probability = rest.probability ?? 0.7;
  const yes = rest.yes ?? true;
  return {
    forecastId: `${rest.model ?? 'a'}/${rest.propositionId ?? 'p'}`,
    world: 'live',
    model: 'a',
    modelVersion: '1',
    propositionId: 'p',
    decisionId: null,
    subject: `question:${rest.propositionId ?? 'p'}`,
    outcomeRevision: 1,
    marketCategory: 'equity',
    volatilityRegime: 'low',
    timeToExpiry: '1_to_7_days',
    probability,
    price: null,
    yes,
    ...scoreForecast(probability, yes ? 1 : 0),
    responseTimeMs: 100,
    costMicroUsd: 10,
    pnlMicroUsd: null,
    forecastAt: NOW,
    resolvedAt: new Date(Date.parse(NOW) - hoursAgo * HOUR_MS).toISOString(),
    scoredAt: NOW,
    ...rest,
  };
};

const find = (rows: readonly ScoredForecast[], match: Readonly<Record<string, string>>) =>
  rollUp('live', rows, NOW).filter((window) =>
    Object.entries(match).every(([key, value]) => window[key as keyof typeof window] === value),
  );

const WHOLE = { marketCategory: '*', volatilityRegime: '*', timeToExpiry: '*' };

test('each model has six windows in total, in each margin and in each full context', () => {
  const rows = [score({}), score({ propositionId: 'q', marketCategory: 'crypto' })];
  // One total, two categories, one regime, one time to expiry, two full contexts.
  expect(rollUp('live', rows, NOW)).toHaveLength(7 * 6);
});

test('analysts have windows in their own category, and none over all categories', () => {
  const windows = rollUp('live', [score({ model: 'analyst:buffett', marketCategory: 'analysts' })], NOW);
  expect(new Set(windows.map(({ marketCategory }) => marketCategory))).toEqual(new Set(['analysts']));
  expect(windows.filter(({ timeWindow }) => timeWindow === 'all').map(({ n }) => n)).toEqual([1, 1]);
});

test('a window counts what resolved inside it, and the longest counts all', () => {
  const rows = [score({ hoursAgo: 3 }), score({ propositionId: 'q', hoursAgo: 24 * 20 })];
  const byWindow = Object.fromEntries(
    find(rows, { model: 'a', ...WHOLE }).map((window) => [window.timeWindow, window.n]),
  );
  expect(byWindow).toEqual({ '1h': 0, '6h': 1, '24h': 1, '7d': 1, '30d': 2, all: 2 });
});

test('a short window without rows takes the value of the longer one and says that n is 0', () => {
  const [hour] = find([score({ hoursAgo: 3 })], { model: 'a', timeWindow: '1h', ...WHOLE });
  expect(hour).toMatchObject({ n: 0 });
  expect(hour!.metrics.brier).toBeCloseTo(0.09, 12);
  expect(hour!.metrics.brierRaw).toBeNull();
});

test('what has no bounds has no interval from one observation, and one from two', () => {
  const intervalsOf = (rows: readonly ScoredForecast[]) => {
    const { metrics } = find(rows, { model: 'a', timeWindow: 'all', ...WHOLE })[0]!;
    return ['brier', 'logLoss', 'responseTimeMs'].map((name) =>
      metrics[`${name}Low`] === null ? null : metrics[`${name}High`]! - metrics[`${name}Low`]!,
    );
  };
  const first = score({ responseTimeMs: 1_200 });
  expect(intervalsOf([first])).toEqual([expect.any(Number), null, null]);
  const [, , time] = intervalsOf([first, score({ propositionId: 'q', responseTimeMs: 200 })]);
  expect(time).toBeGreaterThan(1_000);
});

test('skill is the Brier score of the simple mean of all members minus the own', () => {
  const rows = [
    score({ model: 'a', probability: 0.9 }),
    score({ model: 'b', probability: 0.5, forecastId: 'b/p' }),
  ];
  const [a] = find(rows, { model: 'a', timeWindow: 'all', ...WHOLE });
  expect(a!.metrics.skillRaw).toBeCloseTo(0.3 ** 2 - 0.1 ** 2, 12);
  expect(a!.metrics.costMicroUsd).toBe(10);
});

test('who was asked alone has Brier scores of it and no skill, and what it shows beside others is not thinned by it', () => {
  const solo = ['q', 'r', 's'].map((propositionId) => score({ propositionId, probability: 0.9 }));
  const [alone] = find(solo, { model: 'a', timeWindow: 'all', ...WHOLE });
  expect(alone).toMatchObject({ n: 3, metrics: { compared: 0, skill: null, skillLow: null } });
  expect(alone!.metrics.brier).toBeCloseTo(0.01, 12);
  const shared = [
    score({ model: 'a', probability: 0.9 }),
    score({ model: 'b', probability: 0.5, forecastId: 'b/p' }),
  ];
  const [both] = find([...solo, ...shared], { model: 'a', timeWindow: 'all', ...WHOLE });
  expect(both).toMatchObject({ n: 4, metrics: { compared: 1 } });
  expect(both!.metrics.skillRaw).toBeCloseTo(0.3 ** 2 - 0.1 ** 2, 12);
});

test('skill is against those who were asked in the same decision, else on the same day', () => {
  const row = (model: string, day: string, probability: number, decisionId: string | null) =>
    score({
      model,
      probability,
      decisionId,
      forecastId: `${model}/${day}`,
      forecastAt: `${day}T09:00:00.000Z`,
    });
  const skillOfLate = (early: string | null, late: string | null): number => {
    const rows = [
      ...['a', 'b'].map((model) => row(model, '2025-09-01', 0.3, early)),
      ...['a', 'b', 'late'].map((model) => row(model, '2025-09-20', 0.8, late)),
    ];
    return find(rows, { model: 'late', timeWindow: 'all', ...WHOLE })[0]!.metrics.skillRaw!;
  };
  expect(skillOfLate('decision-1', 'decision-2')).toBeCloseTo(0, 12);
  expect(skillOfLate(null, null)).toBeCloseTo(0, 12);
  expect(skillOfLate('decision-1', 'decision-1')).toBeGreaterThan(0.1);
});

test('every window has the cost of its own forecasts, and those without a known cost count in neither figure', () => {
  const rows = [
    score({ hoursAgo: 3, costMicroUsd: 30 }),
    score({ propositionId: 'q', hoursAgo: 24 * 20, costMicroUsd: 50 }),
    score({ propositionId: 'r', hoursAgo: 3, costMicroUsd: null }),
  ];
  const costs = Object.fromEntries(
    find(rows, { model: 'a', ...WHOLE }).map(({ timeWindow, metrics }) => [
      timeWindow,
      [metrics.costMicroUsd, metrics.pricedForecasts],
    ]),
  );
  expect(costs).toMatchObject({ '1h': [0, 0], '6h': [30, 1], '30d': [80, 2], all: [80, 2] });
});

test('a roll-up lets other work of the process go on between any two slices', async () => {
  const rows = Array.from({ length: 20 }, (_unused, index) => score({ model: `m${index}` }));
  let written = 0;
  const performance = {
    scores: async ({ marketCategory }: { readonly marketCategory?: string }) => (marketCategory ? [] : rows),
    putWindows: async (windows: readonly unknown[]) => {
      written += windows.length;
    },
  };
  const stores = { performance, worlds: { now: async () => NOW } } as unknown as Dependencies['stores'];
  let turns = 0;
  let over = false;
  const turn = (): void => {
    turns += 1;
    if (!over) setImmediate(turn);
  };
  setImmediate(turn);
  await createTrackRecordActivities({ stores } as Dependencies).rollUpPerformance({ world: 'live' });
  over = true;
  expect(written).toBe(rollUp('live', rows, NOW).length);
  expect(turns).toBeGreaterThanOrEqual(written / 6 - 1);
});
