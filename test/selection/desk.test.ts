import fc from 'fast-check';
import registryFile from '../../data/models.json';
import { badLook, IN_SERVICE, type Look, nextStanding } from '../../domain/selection/deselection';
import {
  earnedBy,
  earnedQuality,
  NO_RATINGS,
  qualityFromRecord,
  rated,
} from '../../domain/selection/earned-quality';
import {
  capabilitiesShape,
  currentSpendShape,
  estimateCostShape,
  estimatePlan,
  perMonth,
  recommendationsShape,
} from '../../domain/selection/estimates';
import { parseRegistry } from '../../domain/selection/registry';
import { modelForTask } from '../../domain/selection/task-model';
import { taskType } from '../../domain/selection/tasks';
import type { TIERS } from '../../domain/selection/tiers';
import { taskSettings } from '../../domain/settings/task-settings';

const ALL = parseRegistry(registryFile);
const EIGHT = ALL.filter((model) =>
  [
    'mistral-7b',
    'llama3.2',
    'deepseek-chat',
    'qwen-plus',
    'qwen-turbo',
    'gpt-4o-mini',
    'claude-3-5-sonnet',
    'gpt-4o',
  ].includes(model.id),
);
const KEYS = new Set(['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'DEEPSEEK_API_KEY', 'OPENROUTER_API_KEY']);

describe('estimates', () => {
  test('a plan is priced by task and by model, by hand', () => {
    // theme_analysis: 8000 in, 1500 out. gpt-4o: 8000 x 2.5 + 1500 x 10 = 35000 micro-dollars a call.
    // health_check_review: 10000 in, 1500 out. Sonnet: 10000 x 3 + 1500 x 15 = 52500.
    const estimate = estimatePlan({
      models: EIGHT,
      keysPresent: KEYS,
      tier: 'premium',
      usage: { theme_analysis: 10, health_check_review: 2 },
    });
    expect(estimateCostShape(estimate)).toEqual({
      total_cost: 0.455,
      by_task: { theme_analysis: 0.35, health_check_review: 0.105 },
      by_model: { 'gpt-4o': 0.35, 'claude-3-5-sonnet': 0.105 },
      impossible_tasks: [],
    });
  });

  test('learned tokens replace the usual ones', () => {
    const estimate = estimatePlan(
      { models: EIGHT, keysPresent: KEYS, tier: 'premium', usage: { theme_analysis: 1 } },
      () => ({ n: 100, inputTokens: 4000, outputTokens: 1000 }),
    );
    expect(estimate.totalMicroUsd).toBe(20_000);
  });

  test('tasks that nobody can do are named, and malformed counts refused', () => {
    const plan = { models: EIGHT, keysPresent: new Set<string>(), tier: 'premium' as const };
    expect(estimatePlan({ ...plan, usage: { theme_analysis: 3 } }).impossible).toEqual(['theme_analysis']);
    for (const count of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => estimatePlan({ ...plan, usage: { theme_analysis: count } })).toThrow(
        'estimated_usage.theme_analysis is',
      );
  });

  test('recommendations cover the three tiers', () => {
    const shape = recommendationsShape('theme_analysis', { models: EIGHT, keysPresent: KEYS });
    expect(shape.task_type).toBe('theme_analysis');
    expect(Object.values(shape.recommendations).map((one) => one?.model_id)).toEqual([
      'deepseek-chat',
      'deepseek-chat',
      'gpt-4o',
    ]);
    expect(shape.recommendations.premium?.estimated_cost).toBe(0.035);
  });

  test('capabilities carry the known fields in dollars', () => {
    const { models } = capabilitiesShape(EIGHT, new Set());
    expect(models.find((one) => one.model_id === 'gpt-4o')).toMatchObject({
      display_name: 'GPT-4o',
      quality_score: 9,
      cost_per_1m_input: 2.5,
      cost_per_1m_output: 10,
      local_only: false,
      available: false,
    });
    expect(models.find((one) => one.model_id === 'llama3.2')).toMatchObject({
      cost_per_1m_input: 0,
      available: true,
    });
  });

  test('current spend shows budget and remainder, never below zero', () => {
    const month = { month: '2026-03', heldMicroUsd: 500_000 };
    expect(currentSpendShape({ ...month, spentMicroUsd: 1_250_000, budgetMicroUsd: 5_000_000 })).toEqual({
      current_month: '2026-03',
      spend: 1.25,
      budget: 5,
      budget_remaining: 3.25,
    });
    const over = { ...month, spentMicroUsd: 4, heldMicroUsd: 2 };
    expect(currentSpendShape({ ...over, budgetMicroUsd: 5 }).budget_remaining).toBe(0);
    expect(currentSpendShape({ ...over, budgetMicroUsd: null }).budget).toBeNull();
  });
});

const look = (change: Partial<Look> = {}): Look => ({
  breaker: 'closed',
  calls: 10,
  failures: 0,
  medianLatencyMs: 1000,
  usualLatencyMs: 900,
  screened: null,
  ...change,
});
const NOW = '2026-03-02T14:30:00.000Z';

describe('deselection', () => {
  test.each([
    [look({ breaker: 'open' }), 'breaker open'],
    [look({ breaker: 'half_open' }), 'breaker half_open'],
    [look({ failures: 5 }), '5 of 10 calls failed'],
    [look({ medianLatencyMs: 3601 }), 'latency 3601 ms, usually 900 ms'],
    [look({ screened: 'silent halves' }), 'screened: silent halves'],
    [look(), null],
    [look({ calls: 4, failures: 4 }), null],
    [look({ usualLatencyMs: null, medianLatencyMs: 99_999 }), null],
  ])('%j gives %s', (one, reason) => {
    expect(badLook(one)).toBe(reason);
  });

  test('a model leaves at once and returns after three good looks in a row', () => {
    const out = nextStanding(IN_SERVICE, look({ breaker: 'open' }), NOW);
    expect(out).toMatchObject({ changed: true, standing: { selected: false, since: NOW } });
    const looks = [look(), look(), look({ failures: 9 }), look(), look(), look()];
    let standing = out.standing;
    const selected = looks.map((one) => {
      standing = nextStanding(standing, one, NOW).standing;
      return standing.selected;
    });
    expect(selected).toEqual([false, false, false, false, false, true]);
  });
});

describe('earned quality', () => {
  test('starts at the seed and moves toward the ratings', () => {
    expect(earnedQuality(7, NO_RATINGS)).toBe(7);
    expect(earnedQuality(7, rated(NO_RATINGS, 1))).toBe(6);
    const many = Array.from({ length: 200 }).reduce<typeof NO_RATINGS>(
      (record) => rated(record, 2),
      NO_RATINGS,
    );
    expect(earnedQuality(9, many)).toBeLessThan(2.5);
  });

  test('stays within 0 and 10 whatever is rated', () => {
    const rating = fc.double({ min: 0, max: 10, noNaN: true });
    fc.assert(
      fc.property(rating, fc.array(rating, { maxLength: 300 }), (seed, ratings) => {
        const quality = earnedQuality(seed, ratings.reduce(rated, NO_RATINGS));
        expect(quality).toBeGreaterThanOrEqual(0);
        expect(quality).toBeLessThanOrEqual(10.000001);
      }),
    );
  });

  test.each([-0.1, 10.1, Number.NaN])('a rating of %s is refused', (rating) => {
    expect(() => rated(NO_RATINGS, rating)).toThrow('accepted: a number from 0 (useless) to 10 (perfect)');
  });

  test('a track record moves a model by about one point per Brier point once it is long', () => {
    expect(qualityFromRecord(8, { n: 0, skill: 0.02 })).toBe(8);
    expect(qualityFromRecord(8, { n: 100, skill: 0.01 })).toBeCloseTo(8.5, 12);
  });

  test('a rating moves its model for every task of the same strength, and for no other', () => {
    const qualityOf = earnedBy([
      { modelId: 'gpt-4o', task: 'theme_analysis', rating: 0 },
      { modelId: 'gpt-4o', task: 'abolished_task', rating: 0 },
    ]);
    const gpt = EIGHT.find((one) => one.id === 'gpt-4o')!;
    const claude = EIGHT.find((one) => one.id === 'claude-3-5-sonnet')!;
    expect(qualityOf(gpt, taskType('pacing_analysis').needs)).toBeCloseTo((5 * gpt.quality) / 6, 12);
    expect(qualityOf(gpt, 'prose')).toBe(gpt.quality);
    expect(qualityOf(claude, 'analysis')).toBe(claude.quality);
  });

  test('a track record moves forecasting alone', () => {
    const gpt = EIGHT.find((one) => one.id === 'gpt-4o')!;
    const qualityOf = earnedBy([], new Map([['gpt-4o', { n: 100, skill: -0.02 }]]));
    expect(qualityOf(gpt, 'forecasting')).toBeCloseTo(gpt.quality - 1, 12);
    expect(qualityOf(gpt, 'analysis')).toBe(gpt.quality);
  });
});

describe('the model of a task under the settings', () => {
  const ask = (settings: Record<string, unknown>, tier?: (typeof TIERS)[number], keysPresent = KEYS) =>
    modelForTask(
      taskSettings(new Map(Object.entries(settings))),
      { task: 'theme_analysis', models: EIGHT, keysPresent },
      tier,
    );

  test('is the map of models while tiers are not enabled, which they are not by default', () => {
    expect(ask({})).toMatchObject({
      model: null,
      reason: expect.stringContaining('task_models names no model'),
    });
    expect(ask({ task_models: { theme_analysis: 'qwen-plus' } }).model?.id).toBe('qwen-plus');
    const without = ask({ task_models: { theme_analysis: 'qwen-plus' } }, undefined, new Set());
    expect(without).toMatchObject({ model: null, reason: expect.stringContaining('OPENROUTER_API_KEY') });
  });

  test('is the tier of the settings once enabled, and the tier of the request before that', () => {
    expect(ask({ enabled: true, quality_tier: 'premium' }).model?.id).toBe('gpt-4o');
    expect(ask({ enabled: true }).model?.id).toBe('deepseek-chat');
    expect(ask({ task_models: { theme_analysis: 'qwen-plus' } }, 'premium').model?.id).toBe('gpt-4o');
  });

  test('prefers a local model where the setting says so and quality is similar', () => {
    const near = { ...EIGHT.find((one) => one.id === 'llama3.2')!, id: 'near', quality: 8.8 };
    const pick = (prefer_local: boolean) =>
      modelForTask(
        taskSettings(new Map(Object.entries({ enabled: true, quality_tier: 'premium', prefer_local }))),
        { task: 'health_check_review', models: [...EIGHT, near], keysPresent: KEYS },
      ).model?.id;
    expect([pick(false), pick(true)]).toEqual(['claude-3-5-sonnet', 'near']);
  });
});

test('one model can be priced alone, and a plan per day costs thirty times as much a month', () => {
  const plan = { models: EIGHT, keysPresent: KEYS, tier: 'budget' as const, usage: { theme_analysis: 10 } };
  expect(estimatePlan({ ...plan, onlyModel: 'gpt-4o' }).byModel).toEqual({ 'gpt-4o': 350_000 });
  const unable = estimatePlan({ ...plan, onlyModel: 'llama3.2' });
  expect([unable.totalMicroUsd, unable.impossible]).toEqual([0, ['theme_analysis']]);
  expect(() => estimatePlan({ ...plan, onlyModel: 'gpt-9' })).toThrow('model is "gpt-9"; accepted: ');
  expect(perMonth(350_000, 'day')).toBe(10_500_000);
  expect(perMonth(350_000, 'month')).toBe(350_000);
});
