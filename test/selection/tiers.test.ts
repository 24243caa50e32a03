import registryFile from '../../data/models.json';
import { isFree } from '../../domain/money/prices';
import type { ModelEntry } from '../../domain/selection/model';
import { STRENGTHS } from '../../domain/selection/model';
import { parseRegistry } from '../../domain/selection/registry';
import { TASK_TYPES, taskType } from '../../domain/selection/tasks';
import { pickForTask, pickFromMap, TIERS, type Tier, taskCost } from '../../domain/selection/tiers';

const ALL = parseRegistry(registryFile);
const ORIGINAL_EIGHT = [
  'mistral-7b',
  'llama3.2',
  'deepseek-chat',
  'qwen-plus',
  'qwen-turbo',
  'gpt-4o-mini',
  'claude-3-5-sonnet',
  'gpt-4o',
];
const EIGHT = ALL.filter((model) => ORIGINAL_EIGHT.includes(model.id));
const KEYS = ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'XAI_API_KEY', 'DEEPSEEK_API_KEY', 'OPENROUTER_API_KEY'];
const EVERY_KEY: ReadonlySet<string> = new Set(KEYS);

const pick = (task: string, tier: Tier, models: readonly ModelEntry[] = EIGHT, keysPresent = EVERY_KEY) =>
  pickForTask({ task, tier, models, keysPresent });

describe('the original eight', () => {
  test('are all in the registry', () => {
    expect(EIGHT.map((model) => model.id).sort()).toEqual([...ORIGINAL_EIGHT].sort());
  });

  test.each([
    ['health_check_review', 'budget', 'llama3.2'],
    ['health_check_review', 'balanced', 'llama3.2'],
    ['health_check_review', 'premium', 'claude-3-5-sonnet'],
    ['theme_analysis', 'budget', 'deepseek-chat'],
    ['theme_analysis', 'balanced', 'deepseek-chat'],
    ['theme_analysis', 'premium', 'gpt-4o'],
  ] as const)('%s at %s is done by %s', (task, tier, expected) => {
    expect(pick(task, tier).model?.id).toBe(expected);
  });
});

/** Hosted models of no price, as some providers have: one good, one poor. */
const hostedFree = (id: string, quality: number): ModelEntry => {
  const model = EIGHT.find((one) => one.id === 'gpt-4o') as ModelEntry;
  const price = { ...(model.price as NonNullable<ModelEntry['price']>), inputPer1M: 0, outputPer1M: 0 };
  const strengths = STRENGTHS;
  return { ...model, id, quality, price, strengths, keyName: 'OPENROUTER_API_KEY' };
};
const WITH_FREE_HOSTED = [...ALL, hostedFree('free-good', 9.9), hostedFree('free-poor', 5)];

/** The rules of D3 said again, in the plainest way. */
const expectedPick = (task: string, tier: Tier, models: readonly ModelEntry[], keys: ReadonlySet<string>) => {
  const needed = taskType(task);
  const usable = models.filter(
    (model) => model.strengths.includes(needed.needs) && (model.keyName === null || keys.has(model.keyName)),
  );
  const cost = (model: ModelEntry) => taskCost(model, needed) ?? Number.NaN;
  const good = usable.filter(
    (model) => isFree(model) && model.quality >= 6 && (tier !== 'budget' || model.local),
  );
  const hosted = usable.filter((model) => !model.local);
  if (tier === 'premium') return { best: usable, score: (model: ModelEntry) => model.quality };
  if (good.length > 0) return { best: good, score: (model: ModelEntry) => model.quality };
  if (tier === 'budget') return { best: hosted, score: (model: ModelEntry) => -cost(model) };
  const worth = hosted.filter((model) => !isFree(model) || model.quality >= 6);
  return { best: worth, score: (model: ModelEntry) => model.quality / cost(model) };
};

const keySets: readonly (readonly [string, ReadonlySet<string>])[] = [
  ['every key', EVERY_KEY],
  ['no key', new Set<string>()],
  ...KEYS.map((key) => [`all but ${key}`, new Set(KEYS.filter((other) => other !== key))] as const),
  ...KEYS.map((key) => [`only ${key}`, new Set([key])] as const),
];

describe.each(keySets)('with %s', (_name, keys) => {
  const cases = TASK_TYPES.flatMap(({ type }) => TIERS.map((tier) => [type, tier] as const));
  test.each(cases)(
    '%s at %s follows the rule, with the whole registry, the eight, hosted models alone, and free hosted ones',
    (task, tier) => {
      const hosted = ALL.filter((model) => !model.local);
      for (const models of [ALL, EIGHT, hosted, WITH_FREE_HOSTED, [...EIGHT, hostedFree('poor', 5)]]) {
        const { model } = pick(task, tier, models, keys);
        const { best, score } = expectedPick(task, tier, models, keys);
        if (best.length === 0) expect(model).toBeNull();
        else expect(score(model as ModelEntry)).toBe(Math.max(...best.map(score)));
      }
    },
  );
});

describe('tiers', () => {
  test('budget never takes a hosted model where a good local one has the strength', () => {
    for (const { type } of TASK_TYPES) {
      const { model } = pick(type, 'budget', ALL);
      const local = ALL.some(
        (one) => one.local && one.quality >= 6 && one.strengths.includes(taskType(type).needs),
      );
      expect(model?.local ?? false).toBe(local);
    }
  });

  test('a free local model below quality 6 is passed over and the reason says so', () => {
    const mistral = EIGHT.filter((model) => model.id === 'mistral-7b' || model.id === 'claude-3-5-sonnet');
    const { model, considered } = pick('prose_draft', 'budget', mistral);
    expect(model?.id).toBe('claude-3-5-sonnet');
    expect(considered.find((one) => one.model === 'mistral-7b')).toEqual({
      model: 'mistral-7b',
      taken: false,
      reason: 'free, but of quality 5.6, below 6',
    });
  });

  test('a hosted model whose price is unknown is never a candidate', () => {
    const unpriced = EIGHT.map((model) => (model.id === 'deepseek-chat' ? { ...model, price: null } : model));
    const { model, considered } = pick('theme_analysis', 'budget', unpriced);
    expect(model?.id).toBe('gpt-4o');
    expect(considered.find((one) => one.model === 'deepseek-chat')?.reason).toBe('its price is unknown');
  });

  test('prefer-local takes a local model of similar quality and leaves a clearly better hosted one', () => {
    const local = {
      ...(EIGHT.find((model) => model.id === 'llama3.2') as ModelEntry),
      id: 'near',
      quality: 8.8,
    };
    const ask = (quality: number) =>
      pickForTask({
        task: 'health_check_review',
        tier: 'premium',
        models: [...EIGHT, { ...local, quality }],
        keysPresent: EVERY_KEY,
        preferLocal: true,
      }).model?.id;
    expect(ask(8.8)).toBe('near');
    expect(ask(8.6)).toBe('claude-3-5-sonnet');
  });

  test('a model that is not installed, not served any more or deselected is out, each with its reason', () => {
    const { model, considered } = pickForTask({
      task: 'health_check_review',
      tier: 'premium',
      models: EIGHT,
      keysPresent: EVERY_KEY,
      installed: new Set(EIGHT.filter(({ local, id }) => !local && id !== 'gpt-4o-mini').map(({ id }) => id)),
      deselected: new Map([['claude-3-5-sonnet', 'breaker open']]),
    });
    expect(model?.id).toBe('qwen-plus');
    const reasons = Object.fromEntries(considered.map((one) => [one.model, one.reason]));
    expect(reasons['llama3.2']).toBe('not installed');
    expect(reasons['gpt-4o-mini']).toBe('no longer served');
    expect(reasons['claude-3-5-sonnet']).toBe('breaker open');
  });

  test('earned quality moves the choice', () => {
    const { model } = pickForTask({
      task: 'theme_analysis',
      tier: 'premium',
      models: EIGHT,
      keysPresent: EVERY_KEY,
      qualityOf: (one) => (one.id === 'deepseek-chat' ? 9.1 : one.quality),
    });
    expect(model?.id).toBe('deepseek-chat');
  });

  test('every candidate gets exactly one reason and at most one is taken', () => {
    const { considered } = pick('forecast', 'balanced', ALL);
    expect(considered).toHaveLength(ALL.length);
    expect(considered.filter((one) => one.taken)).toHaveLength(1);
    expect(considered.every((one) => one.reason !== '')).toBe(true);
  });

  test('an unknown task names the accepted ones', () => {
    expect(() => pick('cooking', 'budget')).toThrow(/task "cooking" is not known; accepted: prose_draft, /);
  });

  test('with tiers disabled the manual map decides, and an unknown model is refused', () => {
    expect(pickFromMap('summary', { summary: 'gpt-4o' }, EIGHT)?.id).toBe('gpt-4o');
    expect(pickFromMap('summary', {}, EIGHT)).toBeNull();
    expect(() => pickFromMap('summary', { summary: 'gpt-9' }, EIGHT)).toThrow(
      /task_models.summary is "gpt-9"/,
    );
  });
});

test('fifteen or more task types map to a needed strength, seven of them writing strengths', () => {
  expect(TASK_TYPES.length).toBeGreaterThanOrEqual(15);
  expect(new Set(TASK_TYPES.map((task) => task.type)).size).toBe(TASK_TYPES.length);
  const needed = new Set(TASK_TYPES.map((task) => task.needs));
  for (const strength of STRENGTHS) expect(needed).toContain(strength);
});
