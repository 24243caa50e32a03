// A new user with a local OpenAI-compatible server: one environment variable, no file edited, a first decision. Then
// the model desk on the same stack: settings, models, ratings, recommendations, estimates and tokens by command.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conclave } from '../../support/conclave-cli';
import { type ProviderServer, startProviderServer } from '../../support/provider-server/provider-server';
import { endStack, type StackPlace, stackPlace } from '../../support/running-stack';
import { typeCommand } from '../../support/typed-command';

jest.setTimeout(120_000);

const home = mkdtempSync(join(tmpdir(), 'conclave-desk-'));
let provider: ProviderServer;
let place: StackPlace;

beforeAll(async () => {
  provider = await startProviderServer();
  place = stackPlace(home, { env: { CONCLAVE_OPENAI_COMPATIBLE_URL: `${provider.url}/v1` } });
  Object.assign(process.env, place.env);
});

afterAll(async () => {
  await endStack(place);
  await provider.close();
  rmSync(home, { recursive: true, force: true });
});

const done = async (...args: readonly string[]) => {
  const { code, json } = await typeCommand(args);
  expect([args.join(' '), code, json]).toEqual([args.join(' '), 0, expect.anything()]);
  return json;
};

it('decides with the local models at the first command', async () => {
  const first = await conclave(['decide', 'AAPL', '--world', 'synthetic', '--json'], place);
  expect(first.code).toBe(0);
  const { status, members } = first.json<{
    status: string;
    members: { model: string; probability: number | null }[];
  }>();
  expect(status).toBe('decided');
  const local = members.filter(({ model }) => model.startsWith('local/'));
  expect(local.map(({ model }) => model).sort()).toEqual(['local/llama3.2:3b', 'local/mistral:7b']);
  for (const { probability } of local) expect(probability).not.toBeNull();
  expect(provider.calls().length).toBeGreaterThanOrEqual(2);
});

it('says how to come back to a decision, and that it rests on made-up prices', async () => {
  const words = ['decide', 'AAPL', '--world', 'synthetic', '--members', 'house-drift'];
  const first = await conclave(words, place);
  const [, id, key] = /^decision (decision:equity:AAPL:\S+) · --key (\S+) attaches/m.exec(first.stderr) ?? [];
  expect(first.stdout).toMatch(/^equity:AAPL: .* · SYNTHETIC DATA: made-up prices/);
  const again = await conclave([...words, '--key', key ?? 'none', '--json'], place);
  expect(again.json()).toMatchObject({ decisionId: id, world: 'synthetic', synthetic: true });
});

it('says which models are not installed', async () => {
  const { models } = await done('models');
  const installed = new Map<string, boolean>(
    models.map((model: { id: string; installed: boolean }) => [model.id, model.installed]),
  );
  expect([
    installed.get('local/mistral:7b'),
    installed.get('mistral-7b'),
    installed.get('gpt-4o-mini'),
  ]).toEqual([...[true, false, true]]);
  const { stdout } = await conclave(['models', '--provider', 'ollama'], place);
  expect(stdout).toMatch(/^mistral-7b .* not installed$/m);
});

it('says which providers the running stack was started with, and which are not set up', async () => {
  const listed = await conclave(['providers', '--json'], {
    ...place,
    env: { ...place.env, XAI_API_KEY: 'xai-not-in-the-stack' },
  });
  const { providers, notSetUp } = listed.json<{
    providers: { name: string; served: boolean | null }[];
    notSetUp: { name: string; keyName: string }[];
  }>();
  expect(Object.fromEntries(providers.map(({ name, served }) => [name, served]))).toMatchObject({
    ...{ house: null, xai: false, local: true },
  });
  expect(notSetUp.map(({ keyName }) => keyName)).toEqual(expect.arrayContaining(['ANTHROPIC_API_KEY']));
  expect(notSetUp.map(({ name }) => name)).not.toContain('xai');
  const doctor = await conclave(['doctor', '--json'], {
    ...place,
    env: { ...place.env, XAI_API_KEY: 'xai-not-in-the-stack', XAI_BASE_URL: `${provider.url}/v1` },
  });
  expect(doctor.code).toBe(1);
  const { checks } = doctor.json<{ checks: { name: string; ok: boolean; detail: string }[] }>();
  expect(checks.filter(({ ok, name }) => !ok && name !== 'provider ollama')).toMatchObject([
    { name: 'provider xai', detail: expect.stringContaining('was started without it') },
  ]);
});

it('changes a setting, keeps its history and takes it back', async () => {
  const value = async () => (await done('settings', 'get', 'quality_tier')).value;
  expect(await value()).toBe('balanced');
  expect(await done('settings', 'set', 'quality_tier', 'premium', '--reason', 'earnings')).toMatchObject({
    key: 'quality_tier',
    value: 'premium',
    isDefault: false,
  });
  expect(await value()).toBe('premium');
  expect((await done('settings', 'reset', 'quality_tier')).isDefault).toBe(true);
  const { changes } = await done('settings', 'history', 'quality_tier');
  expect(changes).toMatchObject([
    { oldValue: 'premium', newValue: null },
    { oldValue: null, newValue: 'premium', reason: 'earnings' },
  ]);
  const { settings } = await done('settings', 'list', '--category', 'orchestrator');
  expect(settings.map(({ key }: { key: string }) => key)).toContain('task_models');
});

it('narrows a setting to one category, and leaves the general one', async () => {
  await done('settings', 'set', 'consensus_threshold.politics', '0.9');
  const { settings } = await done('settings', 'list', '--category', 'decision');
  const byKey = Object.fromEntries(
    settings.map(({ key, value }: { key: string; value: unknown }) => [key, value]),
  );
  expect(byKey).toMatchObject({ consensus_threshold: 0.8, 'consensus_threshold.politics': 0.9 });
  await done('settings', 'reset', 'consensus_threshold.politics');
});

it('keeps one budget, whether it is set as a setting or as a cap', async () => {
  await done('settings', 'set', 'monthly_budget', '40');
  const { caps } = await done('budget', 'show');
  expect(caps).toMatchObject([{ scope: 'month', limitUsd: '40.000000' }]);
  await done('budget', 'set', 'month', '55', '--reason', 'busier');
  expect((await done('settings', 'get', 'monthly_budget')).value).toBe(55);
  await done('settings', 'reset', 'monthly_budget');
  expect((await done('budget', 'show')).caps).toEqual([]);
});

it('recommends and chooses by tier, by the map of models, and by what is enabled', async () => {
  const theme = await done('recommend', 'theme_analysis');
  expect(theme.recommendations.budget).toMatchObject({ model_id: 'local/llama3.2:3b', estimated_cost: 0 });
  expect(theme.now.model_id).toBeNull();
  await done('settings', 'set', 'task_models', '{"theme_analysis": "local/mistral:7b"}');
  expect((await done('recommend', 'theme_analysis')).now.model_id).toBe('local/mistral:7b');
  await done('settings', 'set', 'enabled', 'true');
  expect((await done('recommend', 'theme_analysis')).now.model_id).toBe('local/llama3.2:3b');
  await done('settings', 'reset', 'enabled');
  await done('settings', 'reset', 'task_models');
  expect((await done('recommend')).tasks.length).toBeGreaterThanOrEqual(15);
});

it('adds, edits, rates, shows and removes a model; ratings move what it has earned', async () => {
  await done(
    'models',
    'add',
    'mine',
    '--provider',
    'local',
    '--quality',
    '7',
    '--strengths',
    'prose,editing',
    ...['--price-in', '0', '--price-out', '0'],
  );
  expect((await done('models', 'edit', 'mine', '--quality', '8')).quality).toBe(8);
  expect((await typeCommand(['models', 'add', 'mine', '--provider', 'local', '--quality', '7'])).code).toBe(
    2,
  );
  for (const rating of ['2', '1']) await done('models', 'rate', 'mine', rating, '--task', 'copy_edit');
  const shown = await done('models', 'show', 'mine');
  expect(shown).toMatchObject({
    quality: 8,
    origin: 'user',
    learnedQuality: { editing: expect.any(Number) },
  });
  expect(shown.learnedQuality.editing).toBeLessThan(7);
  expect(shown.learnedQuality).not.toHaveProperty('prose');
  const { recommendations } = await done('recommend', 'prose_draft');
  expect(recommendations.premium).toMatchObject({ model_id: 'mine', quality_score: 8 });
  expect(await done('models', 'remove', 'mine')).toEqual({ removed: 'mine' });
  expect((await typeCommand(['models', 'show', 'mine'])).code).toBe(2);
});

it('estimates by tier, over all tiers, on one model and per month', async () => {
  const unable = await done('estimate', '--task', 'summary=10', '--model', 'gpt-4o-mini');
  expect([unable.total_cost, unable.impossible_tasks]).toEqual([0, ['summary']]);
  const fields = [
    '--provider',
    'local',
    '--quality',
    '7',
    '--strengths',
    'speed',
    '--price-in',
    '1',
    '--price-out',
    '2',
  ];
  await done('models', 'add', 'priced', ...fields);
  const daily = await done('estimate', '--task', 'summary=10', '--model', 'priced', '--per', 'day');
  // Ten calls of 6,000 tokens in and 500 out.
  expect([daily.total_cost, daily.by_model]).toEqual([0.07, { priced: 0.07 }]);
  expect(daily.per_month).toBeCloseTo(2.1, 6);
  const several = await done('estimate', '--task', 'summary', 'brief=2', '--model', 'priced');
  const spelled = await done('estimate', '--task', 'summary=1', 'brief=2', '--model', 'priced');
  expect(several).toEqual(spelled);
  expect((await done('estimate', '--task', 'summary', '--model', 'priced')).total_cost).toBe(0.007);
  for (const wrong of ['summary=', '=3', 'sorcery'])
    expect([wrong, (await typeCommand(['estimate', '--task', wrong])).code]).toEqual([wrong, 2]);
  await done('models', 'remove', 'priced');
  const { tiers } = await done('estimate', '--task', 'theme_analysis=3', '--all-tiers');
  expect(Object.keys(tiers)).toEqual(['budget', 'balanced', 'premium']);
});

it('makes, lists and revokes tokens, an admin first, and stores no text of any', async () => {
  expect((await typeCommand(['token', 'create', 'reader', '--scope', 'read'])).json.error.message).toContain(
    'admin, for the first token',
  );
  const { token, id } = await done('token', 'create', 'desk', '--scope', 'admin');
  expect(token).toMatch(/^cnc_/);
  const listed = await done('token', 'list');
  expect(listed.tokens).toMatchObject([{ id, name: 'desk', scope: 'admin' }]);
  expect(JSON.stringify(listed)).not.toContain(token);
  const { id: reader } = await done('token', 'create', 'reader', '--scope', 'read');
  const kept = await typeCommand(['token', 'revoke', id]);
  expect([kept.code, kept.json.error.message]).toEqual([2, expect.stringContaining('make another first')]);
  expect(await done('token', 'revoke', reader)).toEqual({ revoked: reader, follows: null });
  expect(await done('token', 'revoke', id, '--force')).toEqual({
    revoked: id,
    follows: expect.stringContaining('takes every request as an admin again'),
  });
  expect((await typeCommand(['token', 'revoke', id])).code).toBe(2);
});
