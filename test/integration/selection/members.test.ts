// Who takes part in a decision, chosen over a real database from what models have earned, cost and how they do.
import { createHedgePlan } from '../../../activities/hedge-plan';
import type { SelectionRequest } from '../../../activities/member-selection';
import { createMemberSelection } from '../../../activities/member-selection';
import { createPanelModels } from '../../../activities/panel-models';
import { createResearchModels } from '../../../activities/research-models';
import { createSelectionReads } from '../../../db/selection-reads';
import { DEFAULT_BREAKER_SETTINGS } from '../../../domain/outage/breaker-state';
import { decisionSettings } from '../../../domain/settings/decision-settings';
import { unknownModel } from '../../../providers/compatible-models';
import { createProviders } from '../../../providers/create-providers';
import type { PanelInput } from '../../../workflows/contracts/panel';
import type { ResearchInput } from '../../../workflows/contracts/research';
import { type CallHarness, createCallHarness } from '../../support/call-harness';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from '../db/fresh-database';

const NOW = '2026-01-10T15:00:00.000Z';

let test: TestDatabase;
let harness: CallHarness;

/** Nobody listens there, and nobody is asked. */
const hosted = (name: string) => ({
  ...{ name, kind: 'openai-compatible' as const, baseUrl: 'http://127.0.0.1:9/v1' },
  readKey: () => 'sk-x',
});

beforeAll(async () => {
  test = await freshTestDatabase(5);
  harness = await createCallHarness(test.url, ['openai', 'deepseek', 'anthropic'].map(hosted), 5);
}, STACK_START_MS);
afterAll(async () => {
  await harness.close();
  await test.drop();
});
beforeEach(async () => {
  await test.db.query('truncate breakers, model_health, health_checks, performance_windows restart identity');
  await harness.stores.worlds.setClockOffsetForTests('live', 0);
});

const settings = decisionSettings(new Map([['shadow_share', 0]]), 'politics');

const select = (change: Partial<SelectionRequest> = {}, dependencies = harness.dependencies) =>
  createMemberSelection(dependencies).select({
    decisionId: 'd',
    input: {
      ...{ world: 'live', asOf: null, subject: 'question:q', sessionId: null, stakeMicroUsd: 25_000_000 },
      ...{ strategy: null, members: null, horizonDays: 5, research: null, recorded: null },
      ...{ recordedLatencyScale: 0, prices: null, deadlineAt: null, maxCostMicroUsd: null, priority: 1 },
    },
    proposition: {
      id: 'q',
      world: 'live',
      subject: 'question:q',
      statement: 'It happens.',
      category: 'politics',
      asOf: NOW,
      resolvesAt: '2026-01-13T15:00:00.000Z',
      rule: { type: 'manual' },
      priceOfYes: 0.4,
      priceAt: NOW,
    },
    settings,
    budgetLeftMicroUsd: null,
    now: NOW,
    ...change,
  });

type Chosen = Awaited<ReturnType<typeof select>>;

const names = ({ members }: Chosen): readonly string[] => members.map(({ model }) => model);
const whyOf = ({ notes }: Chosen, model: string) => notes.find((note) => note.model === model);

/** Windows as the roll-up writes them: of all time and of the last 30 days. */
const earned = (model: string, skill: number, context: Readonly<Record<string, string>> = {}) =>
  harness.stores.performance.putWindows(
    (['30d', 'all'] as const).map((timeWindow) => ({
      ...{ world: 'live', model, marketCategory: '*', volatilityRegime: '*', timeToExpiry: '*' },
      ...context,
      timeWindow,
      n: timeWindow === 'all' ? 600 : 40,
      metrics: { skill },
      asOf: '2026-01-10T00:00:00.000Z',
    })),
  );

const calls = (provider: string, model: string, minutesAgo: number, ok: boolean, latencyMs = 2_000) =>
  test.db.query(
    `insert into health_checks (provider, model, origin, ok, failure, latency_ms, checked_at)
     select $1, $2, 'call', $3, $4, $5, clock_timestamp() - $6 * interval '1 minute' from generate_series(1, 8)`,
    [provider, model, ok, ok ? null : 'unavailable', latencyMs, minutesAgo],
  );

it("gives every usable model a reason, and a seat to the setting's number of them", async () => {
  const chosen = await select();
  expect(chosen.members).toHaveLength(5);
  expect(
    chosen.notes
      .filter(({ taken }) => taken)
      .map(({ model }) => model)
      .sort(),
  ).toEqual([...names(chosen)].sort());
  for (const note of chosen.notes) expect(note.why).toMatch(/^(taken|not taken): /);
  expect(chosen.notes.length).toBe(chosen.members.length + chosen.substitutes.length);
  expect(chosen.choice).toMatchObject({
    shadow: null,
    timeToExpiry: '1_to_7_days',
    volatilityRegime: 'unknown',
  });
});

it('says which models would answer, had they a price, where only the house is asked', async () => {
  const { dependencies, stores } = harness;
  const providers = createProviders({ hosted: [hosted('lan')] });
  const cast = () =>
    createPanelModels({ ...dependencies, providers }).cast({ model: null, asOf: null } as PanelInput);
  const house = () => select({}, { ...dependencies, providers });
  expect((await house()).remarks).toEqual([]);
  const free = unknownModel({ name: 'lan', keyName: null, local: true }, 'qwen');
  await stores.registry.putDiscovered({ ...free, local: false });
  const said = 'No price is known for lan/qwen: not asked. ';
  expect((await house()).remarks).toEqual([expect.stringContaining(said)]);
  expect((await cast()).notes).toContainEqual(expect.stringContaining(said));
  await stores.registry.putDiscovered(free);
  expect(names(await house())).toContain('lan/qwen');
  expect((await house()).remarks.join()).not.toContain(said);
  await stores.registry.remove('lan/qwen');
});

it('counts as outcomes behind a skill those on which a model was compared', async () => {
  const window = (model: string, metrics: Readonly<Record<string, number | null>>) =>
    (['30d', 'all'] as const).map((timeWindow) => ({
      ...{ world: 'live', model, marketCategory: '*', volatilityRegime: '*', timeToExpiry: '*' },
      ...{ timeWindow, n: 200, metrics, asOf: '2026-01-10T00:00:00.000Z' },
    }));
  await harness.stores.performance.putWindows([
    ...window('asked-alone', { skill: null, compared: 0, costMicroUsd: 400, pricedForecasts: 200 }),
    ...window('asked-beside', { skill: 0.02, compared: 20 }),
  ]);
  const rows = await createSelectionReads(test.db).contexts({
    ...{ world: 'live', category: 'equity', regime: 'unknown', expiry: '1_to_7_days', through: NOW },
  });
  expect(rows.find(({ model }) => model === 'asked-alone')).toMatchObject({
    ...{ n: 0, skill: 0, costPerForecastMicroUsd: 2 },
  });
  expect(rows.find(({ model }) => model === 'asked-beside')).toMatchObject({ n: 20, skill: 0.02 });
});

it('refuses a named model that no worker can call, which would wait for one for ever', async () => {
  const wish = (members: readonly string[]) => ({
    input: {
      ...{ world: 'live', asOf: null, subject: 'question:q', sessionId: null, stakeMicroUsd: 25_000_000 },
      ...{ strategy: null, members, horizonDays: 5, research: null, recorded: null },
      ...{ recordedLatencyScale: 0, prices: null, deadlineAt: null, maxCostMicroUsd: null, priority: 1 },
    },
  });
  expect(names(await select(wish(['gpt-4o-mini', 'house-drift'])))).toEqual(['gpt-4o-mini', 'house-drift']);
  await expect(select(wish(['gpt-4o-mini', 'grok-4.6']))).rejects.toThrow(
    /^model "grok-4\.6" cannot be called: it needs XAI_API_KEY, which is not set where the workers run; /,
  );
});

it('weighs what a forecast came to in this category against what it earned', async () => {
  const [first] = names(await select());
  const costing = (marketCategory: string, costMicroUsd: number) =>
    harness.stores.performance.putWindows([
      {
        ...{ world: 'live', model: first!, marketCategory, volatilityRegime: '*', timeToExpiry: '*' },
        ...{ timeWindow: '30d', n: 40, asOf: '2026-01-10T00:00:00.000Z' },
        metrics: { skill: 0.02, costMicroUsd, pricedForecasts: 40 },
      },
    ]);
  await costing('*', 4_000);
  expect(whyOf(await select(), first!)?.why).toContain('usually $0.0001');
  await costing('politics', 80_000);
  expect(whyOf(await select(), first!)?.why).toMatch(/usually \$0\.002, \$0\.00\d+ a point/);
});

it('prefers what was earned, and in this category to elsewhere; what was computed later is not known yet', async () => {
  const last = (await select()).substitutes.at(-1)!.model;
  await earned(last, 0.03);
  expect(names(await select())[0]).toBe(last);
  expect(whyOf(await select(), last)?.why).toMatch(/^taken: \+2\.\d\d points from 600 outcomes/);
  await earned(last, -0.05, { marketCategory: 'politics' });
  expect(names(await select())).not.toContain(last);
  expect(names(await select({ now: '2026-01-09T00:00:00.000Z' }))).not.toContain(last);
});

it('leaves a model out while its breaker is open, asks it once it may be probed, and takes it back', async () => {
  const [first] = (await select()).members;
  const key = { provider: first!.provider, model: first!.model };
  for (let n = 0; n < DEFAULT_BREAKER_SETTINGS.failuresToOpen; n += 1)
    await harness.stores.breakers.apply(key, {
      ...{ type: 'failed', holder: 'h', generation: 0, kind: 'unavailable' },
    } as Parameters<typeof harness.stores.breakers.apply>[1]);
  const out = await select();
  expect(names(out)).not.toContain(key.model);
  expect(whyOf(out, key.model)).toMatchObject({
    taken: false,
    why: expect.stringMatching(/breaker is open until/),
  });
  expect([...out.shadow, ...out.substitutes].map(({ model }) => model)).not.toContain(key.model);

  await harness.stores.worlds.setClockOffsetForTests('live', DEFAULT_BREAKER_SETTINGS.openMs + 1_000);
  const probing = await select();
  expect(names(probing)).not.toContain(key.model);
  expect(probing.shadow.map(({ model }) => model)).toEqual([key.model]);
  expect(whyOf(probing, key.model)?.why).toMatch(/asked for the record only$/);

  await harness.stores.breakers.apply(key, { type: 'force_close' });
  expect(names(await select())).toContain(key.model);
});

it('leaves a model out in a spell of failures, and takes it back after it has passed', async () => {
  const [first] = (await select()).members;
  await calls(first!.provider, first!.model, 1, false);
  const out = await select();
  expect(names(out)).not.toContain(first!.model);
  expect(whyOf(out, first!.model)?.why).toMatch(/left out since .*: 8 of 8 calls failed/);
  await test.db.query(`update health_checks set checked_at = checked_at - interval '19 minutes'`);
  expect(names(await select())).toContain(first!.model);
});

it('leaves a model out that has become four times slower', async () => {
  const [first] = (await select()).members;
  await calls(first!.provider, first!.model, 600, true, 1_000);
  await calls(first!.provider, first!.model, 700, true, 1_000);
  await calls(first!.provider, first!.model, 1, true, 9_000);
  expect(whyOf(await select(), first!.model)?.why).toMatch(/latency 9000 ms, usually 1000 ms/);
});

it('takes the provider that cannot be reached out as a whole', async () => {
  const [first] = (await select()).members;
  for (let n = 0; n < 2; n += 1)
    await harness.stores.health.observe({
      ...{ provider: first!.provider, model: '*', origin: 'check', ok: false, failure: 'unavailable' },
      latencyMs: null,
    });
  const out = await select();
  expect(out.members.some(({ provider }) => provider === first!.provider)).toBe(false);
});

it('asks all the same when every model is out, and says so', async () => {
  for (const provider of ['openai', 'deepseek', 'anthropic'])
    await harness.stores.breakers.apply(
      { provider, model: '*' },
      { type: 'force_open', until: '2099-01-01T00:00:00.000Z' },
    );
  const chosen = await select();
  expect(chosen.members).toHaveLength(5);
  expect(chosen.remarks).toEqual(['Every language model is out of service; they are asked all the same']);
});

it('commits no more than is left, and says who was too dear', async () => {
  const cheap = [...(await select()).members].sort((a, b) => a.worstCaseMicroUsd - b.worstCaseMicroUsd)[0]!;
  const chosen = await select({ budgetLeftMicroUsd: cheap.worstCaseMicroUsd });
  const paid = chosen.members.reduce((sum, member) => sum + member.worstCaseMicroUsd, 0);
  expect(paid).toBeLessThanOrEqual(cheap.worstCaseMicroUsd);
  expect(names(chosen).length).toBeLessThan(5);
  const tooDear = chosen.notes.filter(({ why }) => /more than is left/.test(why));
  expect(tooDear.length).toBeGreaterThan(1);
  const seated = chosen.members.filter(({ statistical }) => !statistical).length;
  expect(chosen.remarks).toEqual([
    `The budget pays for ${seated} of 5 members: ${tooDear.length} models may cost more than it leaves`,
  ]);
  expect((await select()).remarks).toEqual([]);
});

it('gives one seat to a local model with two names, and says under which', async () => {
  const providers = createProviders({ hosted: [hosted('lan')] });
  const local = (name: string, version: string) => ({
    ...unknownModel({ name: 'lan', keyName: null, local: true }, name),
    version,
  });
  const found = [local('llama:3b', 'a80c4f17acd5'), local('llama:latest', 'a80c4f17acd5')];
  const other = local('mistral', 'b91d5e28bde6');
  for (const model of [...found, other]) await harness.stores.registry.putDiscovered(model);
  const chosen = await select({}, { ...harness.dependencies, providers });
  expect(chosen.members.flatMap(({ model, statistical }) => (statistical ? [] : [model])).sort()).toEqual([
    found[0]!.id,
    other.id,
  ]);
  expect(chosen.substitutes).toEqual([]);
  expect(whyOf(chosen, found[1]!.id)).toEqual({
    ...{ model: found[1]!.id, taken: false },
    why: `not taken: the same model as ${found[0]!.id}, under another name`,
  });
  for (const { id } of [...found, other]) await harness.stores.registry.remove(id);
});

it('asks a model for the record in a bounded share of decisions, always the same one for the same decision', async () => {
  const exploring = decisionSettings(new Map([['shadow_share', 0.2]]), 'politics');
  const drawn = await Promise.all(
    Array.from({ length: 100 }, (_, index) => select({ decisionId: `d${index}`, settings: exploring })),
  );
  const shadows = drawn.filter(({ shadow }) => shadow.length > 0);
  expect(shadows.length).toBeGreaterThan(5);
  expect(shadows.length).toBeLessThan(40);
  for (const { members, shadow, choice } of shadows) {
    expect(members.map(({ model }) => model)).not.toContain(shadow[0]!.model);
    expect(choice).toMatchObject({ shadow: shadow[0]!.model, seed: expect.any(Number) });
  }
  const again = await select({ decisionId: `d${drawn.indexOf(shadows[0]!)}`, settings: exploring });
  expect(again.shadow).toEqual(shadows[0]!.shadow);
});

it('one model decides alone while ensembles are switched off', async () => {
  const alone = decisionSettings(new Map([['ensemble_decisions', false]]), 'politics');
  expect((await select({ settings: alone })).members).toHaveLength(1);
});

describe('calls are hedged', () => {
  const DEADLINE_MS = 90_000;
  const learned = { hedge_after: 'learned', hedge_least_ms: 500 };
  const planFor = async (set: Readonly<Record<string, unknown>>, change: object = {}) => {
    const { members, substitutes } = await select();
    return createHedgePlan(harness.dependencies).planFor({
      ...{ input: { maxCostMicroUsd: null }, callDeadlineMs: DEADLINE_MS, members, substitutes },
      terms: decisionSettings(new Map(Object.entries(set)), 'politics').hedge,
      ...change,
    });
  };
  const delayOf = async (set: Readonly<Record<string, unknown>>, model: string) =>
    (await planFor(set))?.afterMs[model];

  it('after what 95 % of the answered calls of the model itself took', async () => {
    for (const latencyMs of [1_000, 2_000, 3_000]) await calls('openai', 'gpt-4o-mini', 60, true, latencyMs);
    await calls('openai', 'gpt-4o-mini', 60, false, 80_000);
    await calls('openai', 'gpt-4o-mini', 80 * 60, true, 80_000);
    await calls('openai', 'gpt-4o', 60, true, 40_000);
    expect(await delayOf(learned, 'gpt-4o-mini')).toBe(3_000);
    expect(await delayOf({ ...learned, 'hedge_factor.politics': 2 }, 'gpt-4o-mini')).toBe(6_000);
    expect(await delayOf(learned, 'gpt-4o')).toBe(DEADLINE_MS / 2);
  });

  it('after the time that a category was given', async () => {
    expect(await delayOf({ 'hedge_after.politics': 700 }, 'gpt-4o-mini')).toBe(700);
    expect(await planFor({ 'hedge_after.economics': 700 })).toBeNull();
  });

  it('not unless a setting says so, nor under a ceiling, nor where nobody may stand in', async () => {
    expect(await planFor({})).toBeNull();
    expect(await planFor(learned, { input: { maxCostMicroUsd: 1_000_000 } })).toBeNull();
    expect(await planFor(learned, { substitutes: [] })).toBeNull();
  });
});

describe('research and panels', () => {
  const writers = async () => {
    const { writer } = await createResearchModels(harness.dependencies).choose({
      asOf: null,
    } as ResearchInput);
    return writer.map(({ model, provider }) => ({ model, provider }));
  };
  const cast = () => createPanelModels(harness.dependencies).cast({ model: null, asOf: null } as PanelInput);
  const forceOpen = (key: { readonly provider: string; readonly model: string }) =>
    harness.stores.breakers.apply(key, { type: 'force_open', until: '2099-01-01T00:00:00.000Z' });
  const unreachable = async (provider: string) => {
    for (let look = 0; look < 3; look += 1)
      await harness.stores.health.observe({
        ...{ provider, model: '*', origin: 'check', ok: false, failure: 'unavailable', latencyMs: 1 },
      });
  };

  it('leave out a writer whose breaker is open, and everyone of a provider that cannot be reached', async () => {
    const [first] = await writers();
    await forceOpen(first!);
    const without = await writers();
    expect(without.map(({ model }) => model)).not.toContain(first!.model);
    await unreachable(without[0]!.provider);
    const next = await writers();
    expect(next.map(({ model }) => model)).not.toContain(first!.model);
    expect(next.map(({ provider }) => provider)).not.toContain(without[0]!.provider);
  });

  it('have others play the analysts, and say so', async () => {
    const { candidates, notes } = await cast();
    const [usual] = candidates;
    expect(notes).toEqual([]);
    await unreachable(usual!.provider);
    const other = await cast();
    expect(other.candidates.map(({ provider }) => provider)).not.toContain(usual!.provider);
    const note = `${other.candidates[0]!.model} plays the analysts: ${usual!.model} is out of service`;
    expect(other.notes).toEqual([note]);
  });

  it('are asked of whom they usually are where everyone is out', async () => {
    const [usual, analysts] = [await writers(), await cast()];
    for (const provider of ['openai', 'deepseek', 'anthropic']) await unreachable(provider);
    expect(await writers()).toEqual(usual);
    expect(await cast()).toEqual(analysts);
  });
});
