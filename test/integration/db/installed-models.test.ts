// What a local Ollama has installed, over real HTTP, and what the tiers make of it: a shipped entry keeps the quality
// and strengths that the list knows, anything else is added as found, and what is not installed is not chosen.
import type { ConclaveClient } from '../../../client/connect';
import { openDesk, recommend } from '../../../client/model-desk';
import { addModel, editModel, newModelInput } from '../../../client/model-input';
import type { Config } from '../../../config/load';
import { modelAccess, providerSettings } from '../../../config/provider-settings';
import type { ProviderFileEntry } from '../../../config/schema';
import { createStores, type Stores } from '../../../db/stores';
import { isInstalled, isUsable } from '../../../domain/selection/usable';
import { createOllamaProvider } from '../../../providers/ollama';
import { keysPresent, serveProviders } from '../../../workers/configured-providers';
import { createLook } from '../../../workers/look-again';
import { seedModels } from '../../../workers/seed-models';
import { withoutTimeLimits } from '../../support/no-time-limits';
import { type ProviderServer, startProviderServer } from '../../support/provider-server/provider-server';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from './fresh-database';

const NO_MARKERS: ReadonlySet<string> = new Set();

let test: TestDatabase;
let server: ProviderServer;
let stores: Stores;

/** A worker's start, with an Ollama that has these models. */
const start = async (installed: readonly string[]): Promise<void> => {
  server.set({ models: installed });
  const found = await createOllamaProvider({ name: 'ollama', baseUrl: server.url }).discover?.(
    AbortSignal.timeout(5_000),
  );
  await seedModels(stores.registry, found ?? [], [{ provider: 'ollama', has: 'listed' }]);
};

const picks = async (task: string, keys: readonly string[] = []) => {
  const desk = await openDesk({ stores } as ConclaveClient, new Set(keys));
  const { recommendations } = recommend(desk, task);
  return Object.values(recommendations).map((one) => one?.model_id ?? null);
};

beforeAll(async () => {
  test = await freshTestDatabase();
  server = await startProviderServer();
  stores = createStores(test.db);
  // Nothing here hangs, and a look that a busy machine makes late must not find nothing.
  withoutTimeLimits();
}, STACK_START_MS);
afterAll(async () => {
  jest.restoreAllMocks();
  await server.close();
  await test.drop();
});

it('chooses no local model while none is installed', async () => {
  await seedModels(stores.registry, []);
  expect(await picks('health_check_review')).toEqual([null, null, null]);
  const [budget] = await picks('health_check_review', ['OPENROUTER_API_KEY']);
  expect((await stores.registry.get(budget!))?.local).toBe(false);
});

it('takes an installed model for the shipped one, and keeps one that the list does not know', async () => {
  await start(['llama3.2:latest', 'mistral:7b', 'curious:9b']);
  expect(await stores.registry.get('llama3.2')).toMatchObject({
    ...{ origin: 'discovered', quality: 6.2, providerModel: 'llama3.2:latest' },
    strengths: expect.arrayContaining(['editing']),
  });
  expect(await stores.registry.get('llama3.2:latest')).toBeNull();
  expect(await stores.registry.get('curious:9b')).toMatchObject({ origin: 'discovered', local: true });
  const [budget, balanced, premium] = await picks('health_check_review', ['ANTHROPIC_API_KEY']);
  expect([budget, balanced]).toEqual(['llama3.2', 'llama3.2']);
  expect((await stores.registry.get(premium!))?.provider).toBe('anthropic');
});

it('leaves what people edited or removed as it is at the next start', async () => {
  await stores.registry.edit('llama3.2', (entry) => ({ ...entry, quality: 9 }));
  await stores.registry.remove('curious:9b');
  await start(['llama3.2:latest', 'curious:9b']);
  expect(await stores.registry.get('llama3.2')).toMatchObject({ origin: 'user', quality: 9 });
  expect(await stores.registry.get('curious:9b')).toBeNull();
});

it('registers no model that only embeds texts', async () => {
  await start(['llama3.2:latest', 'mistral:7b', 'nomic-embed-text:latest', 'all-minilm:l6-v2', 'bge-m3']);
  const ids = (await stores.registry.list()).map(({ id }) => id);
  expect(ids).toContain('mistral-7b');
  expect(ids.filter((id) => /embed|minilm|bge/.test(id))).toEqual([]);
});

it('no longer counts a model as installed once Ollama lists it no more, edited or not, until it does again', async () => {
  const installed = async () => {
    const all = await stores.registry.list();
    return all.filter((model) => model.provider === 'ollama' && isInstalled(model)).map(({ id }) => id);
  };
  expect(await installed()).toEqual(['llama3.2', 'mistral-7b']);
  await start(['mistral:7b']);
  expect(await installed()).toEqual(['mistral-7b']);
  expect((await picks('health_check_review'))[0]).not.toBe('llama3.2');
  await seedModels(stores.registry, []);
  expect(await installed()).toEqual(['mistral-7b']);
  await start(['llama3.2:latest']);
  expect(await installed()).toEqual(['llama3.2']);
});

it('no longer has what its maker retired, from that day on, until it is pointed at a name that lives', async () => {
  const missing = async (id: string) => (await stores.registry.get(id))?.missingSince ?? null;
  const setClock = (at: string) => stores.worlds.setClockOffsetForTests('live', Date.parse(at) - Date.now());
  await setClock('2026-11-21T12:00:00Z');
  await seedModels(stores.registry, []);
  expect(await missing('deepseek-chat')).toBeNull();
  await seedModels(
    stores.registry,
    [],
    [
      { provider: 'deepseek', has: 'shipped' },
      { provider: 'openai', has: 'shipped' },
    ],
  );
  expect(await missing('deepseek-chat')).toBe('2026-07-24T00:00:00.000Z');
  expect(await missing('deepseek-v4-flash')).toBeNull();
  expect(await missing('claude-3-haiku')).toBeNull();
  expect(await missing('gpt-4o')).toBeNull();
  expect(await picks('risk_review', ['DEEPSEEK_API_KEY'])).not.toContain('deepseek-reasoner');
  await setClock('2027-01-14T00:00:30Z');
  expect(await missing('gpt-4o')).toBe('2027-01-14T00:00:00.000Z');
  await stores.registry.edit('deepseek-chat', (entry) => ({ ...entry, quality: 8 }));
  expect(await missing('deepseek-chat')).not.toBeNull();
  await stores.registry.edit('deepseek-chat', (entry) => ({ ...entry, providerModel: 'deepseek-v4-flash' }));
  expect(await missing('deepseek-chat')).toBeNull();
  await stores.worlds.setClockOffsetForTests('live', 0);
});

/** A worker's start under this configuration; the ids that it can call then, Ollama's and the house's left out. */
const startWith = async (env: NodeJS.ProcessEnv, entries: readonly Partial<ProviderFileEntry>[] = []) => {
  const file = entries.map((entry) => ({ kind: 'openai', models: [], enabled: true, ...entry }));
  const providers = providerSettings(file as ProviderFileEntry[], env).filter(
    ({ kind }) => kind !== 'ollama',
  );
  const config = { providers } as unknown as Config;
  const served = await serveProviders(config);
  await seedModels(stores.registry, served.discovered, served.listed, served.configured);
  expect(modelAccess(providers).keysPresent).toEqual(keysPresent(config));
  const access = { providers: served.providers, keysPresent: keysPresent(config) };
  return (await stores.registry.list())
    .filter((model) => isUsable(model, access))
    .flatMap(({ id, statistical }) => (statistical ? [] : [id]));
};

it('offers of a server at OPENAI_BASE_URL what it lists, and OpenAI’s own models once that address is gone', async () => {
  const env = { OPENAI_API_KEY: 'sk-any', OPENAI_BASE_URL: `${server.url}/v1` };
  server.set({ models: ['desk-13b', 'gpt-4.1-mini'] });
  expect(await startWith(env)).toEqual(['gpt-4.1-mini', 'openai/desk-13b']);
  expect(await startWith({ OPENAI_BASE_URL: env.OPENAI_BASE_URL })).toEqual([
    'openai/desk-13b',
    'openai/gpt-4.1-mini',
  ]);
  expect(await startWith(env)).toEqual(['gpt-4.1-mini', 'openai/desk-13b']);
  server.set({ models: ['desk-13b'], listKey: 'another' });
  expect(await startWith(env)).toEqual(['gpt-4.1-mini', 'openai/desk-13b']);
  server.set({ listKey: null });
  expect(await startWith(env)).toEqual(['openai/desk-13b']);
  const own = await startWith({ OPENAI_API_KEY: 'sk-any' });
  expect(own).toEqual(expect.arrayContaining(['gpt-6-sol', 'gpt-6-luna']));
  expect(own.filter((id) => /^openai\/|turbo/.test(id))).toEqual([]);
});

it('finds what servers have got since a worker started, and writes only what has changed', async () => {
  server.set({ models: ['desk-13b'], listKey: 'another' });
  const env = { OPENAI_BASE_URL: `${server.url}/v1`, OLLAMA_HOST: server.url };
  const config = { providers: providerSettings([], env) } as unknown as Config;
  const { providers } = await serveProviders(config);
  expect([...providers.keys()]).toEqual(expect.arrayContaining(['openai', 'ollama']));
  const put = jest.spyOn(stores.registry, 'putDiscovered');
  const look = createLook({ config, providers, registry: stores.registry });
  const isMissing = async (id: string) => (await stores.registry.get(id))?.missingSince !== null;
  server.set({ models: ['desk-13b', 'pulled-since:3b'], listKey: null });
  await look();
  expect(await stores.registry.get('openai/pulled-since:3b')).toMatchObject({ origin: 'discovered' });
  expect(await isMissing('pulled-since:3b')).toBe(false);
  const puts = put.mock.calls.length;
  await look();
  expect(put).toHaveBeenCalledTimes(puts);
  server.set({ models: ['desk-13b', 'llama3.2:latest'] });
  await look();
  expect(await isMissing('pulled-since:3b')).toBe(true);
  put.mockRestore();
});

it('takes a server for free on this machine alone, or as the configuration says', async () => {
  server.set({ models: ['desk-13b'], listKey: null });
  const lan = { name: 'lan', kind: 'openai-compatible', baseUrl: `${server.url}/v1` };
  expect(await startWith({}, [lan])).toEqual(['lan/desk-13b']);
  expect(await startWith({}, [{ ...lan, free: false }])).toEqual([]);
  const elsewhere = { ...lan, baseUrl: 'http://192.0.2.1:8000/v1', models: ['desk-13b'] };
  expect(await startWith({}, [elsewhere])).toEqual([]);
  expect(await startWith({}, [{ ...elsewhere, free: true }])).toEqual(['lan/desk-13b']);
});

it('has configuration say whether a server is free, also for a model that somebody edited', async () => {
  server.set({ models: ['gpt-x'], listKey: null });
  const gateway = { name: 'gw', kind: 'openai-compatible', baseUrl: `${server.url}/v1` };
  const elsewhere = { ...gateway, name: 'far', baseUrl: 'http://192.0.2.1:8000/v1', models: ['gpt-x'] };
  expect(await startWith({}, [gateway, elsewhere])).toEqual(['gw/gpt-x']);
  for (const id of ['gw/gpt-x', 'far/gpt-x'])
    await editModel({ stores } as ConclaveClient, id, { quality: 8 }, NO_MARKERS);
  expect(await startWith({}, [{ ...gateway, free: false }])).toEqual([]);
  expect(await startWith({}, [{ ...elsewhere, free: true }])).toEqual(['far/gpt-x']);
  await editModel({ stores } as ConclaveClient, 'gw/gpt-x', { local: true }, NO_MARKERS);
  expect(await startWith({}, [gateway])).toEqual(['gw/gpt-x']);
  await editModel({ stores } as ConclaveClient, 'gw/gpt-x', { local: false }, NO_MARKERS);
  expect(await startWith({}, [gateway])).toEqual([]);
  expect(await stores.registry.get('gw/gpt-x')).toMatchObject({ origin: 'user', quality: 8 });
});

it('has an edited model take the key that its provider is configured with, and names no folder', async () => {
  server.set({ models: ['gpt-y'], listKey: null });
  const gateway = { name: 'keyed', kind: 'openai-compatible', baseUrl: `${server.url}/v1` };
  const env = { DESK_KEY: 'sk-desk' };
  const keyName = async () => (await stores.registry.get('keyed/gpt-y'))?.keyName;
  expect(await startWith(env, [{ ...gateway, keyName: 'DESK_KEY' }])).toEqual(['keyed/gpt-y']);
  await editModel({ stores } as ConclaveClient, 'keyed/gpt-y', { quality: 8 }, NO_MARKERS);
  expect(await startWith(env, [{ ...gateway, keyName: `file:${__filename}` }])).toEqual(['keyed/gpt-y']);
  expect(await keyName()).toBe('file:keyed/installed-models.test.ts');
  await stores.registry.edit('keyed/gpt-y', (entry) => ({ ...entry, keyName: 'file:secrets/desk.key' }));
  expect(await startWith(env, [{ ...gateway, keyName: `file:${__filename}` }])).toEqual(['keyed/gpt-y']);
  expect(await startWith({}, [gateway])).toEqual(['keyed/gpt-y']);
  expect(await keyName()).toBeNull();
});

it('takes the key of a provider wherever it is kept, and offers the models that are named for it and no others', async () => {
  const env = { DESK_KEY: 'sk-desk' };
  const own = { name: 'openai', keyName: 'DESK_KEY' };
  expect(await startWith(env, [own])).toEqual(expect.arrayContaining(['gpt-6-sol', 'gpt-6-luna']));
  expect(await startWith(env, [{ ...own, models: ['gpt-6-luna'] }])).toEqual(['gpt-6-luna']);
  const eu = { name: 'openai-eu', keyName: `file:${__filename}`, baseUrl: 'https://eu.api.openai.com/v1' };
  expect(await startWith(env, [{ ...eu, models: ['gpt-6-sol', 'gpt-9'] }])).toEqual(['openai-eu/gpt-6-sol']);
  const [here, there] = await Promise.all(['gpt-6-sol', 'openai-eu/gpt-6-sol'].map(stores.registry.get));
  expect(there).toMatchObject({
    quality: here?.quality,
    price: here?.price,
    keyName: 'file:openai-eu/installed-models.test.ts',
  });
  expect(await stores.registry.get('openai-eu/gpt-9')).toMatchObject({ price: null, local: false });
  const price = { inputUsdPer1M: '1', outputUsdPer1M: '2', source: 'test' };
  await editModel({ stores } as ConclaveClient, 'openai-eu/gpt-9', { price }, NO_MARKERS);
  expect(await startWith(env, [{ ...eu, models: ['gpt-9'] }])).toEqual(['openai-eu/gpt-9']);
  expect(await startWith(env, [own])).not.toContain('openai-eu/gpt-6-sol');
});

it('passes over a model whose breaker is open, until it closes', async () => {
  const key = { provider: 'ollama', model: 'llama3.2' };
  const openUntil = (hours: number) =>
    stores.breakers.apply(key, {
      type: 'force_open',
      until: new Date(Date.now() + hours * 3_600_000).toISOString(),
    });
  await openUntil(1);
  expect((await picks('health_check_review'))[0]).not.toBe('llama3.2');
  await stores.breakers.apply(key, { type: 'force_close' });
  expect((await picks('health_check_review'))[0]).toBe('llama3.2');
});

it('asks for cache writes what a provider that marks its cache bills, and keeps their relation when the price changes', async () => {
  const client = { stores } as ConclaveClient;
  const price = { inputUsdPer1M: '4', outputUsdPer1M: '20', source: 'test' };
  const claude = newModelInput.parse({ id: 'claude-mine', provider: 'anthropic', quality: 5, price });
  const added = await addModel(client, { input: claude, cacheMarkers: new Set(['anthropic']) });
  expect(added.price).toMatchObject({ inputPer1M: 4_000_000, cacheWritePer1M: 5_000_000 });
  const halved = { price: { ...price, inputUsdPer1M: '2' } };
  const edited = await editModel(client, 'claude-mine', halved, NO_MARKERS);
  expect(edited.price).toMatchObject({ inputPer1M: 2_000_000, cacheWritePer1M: 2_500_000 });
});

it('prices a model entered by hand from now on, by the clock that calls are priced by', async () => {
  const client = { stores } as ConclaveClient;
  await stores.worlds.setClockOffsetForTests('live', -3_600_000);
  const price = { inputUsdPer1M: '1', outputUsdPer1M: '2', source: 'test' };
  const mine = newModelInput.parse({ id: 'mine', provider: 'openai', quality: 5, price });
  await addModel(client, { input: mine, cacheMarkers: NO_MARKERS });
  const edited = await editModel(client, 'mine', { price: { ...price, inputUsdPer1M: '3' } }, NO_MARKERS);
  await stores.worlds.setClockOffsetForTests('live', 0);
  expect(edited.price).toMatchObject({ inputPer1M: 3_000_000 });
  expect(Date.parse(edited.price!.validFrom)).toBeLessThan(Date.now() - 3_500_000);
});

it('serves a model that was edited while its provider did not have it, once it does again', async () => {
  const edited = ['gpt-6-luna', 'gpt-6-sol'];
  const servedWith = async (env: NodeJS.ProcessEnv) =>
    (await startWith({ OPENAI_API_KEY: 'sk-any', ...env })).filter((id) => edited.includes(id));
  const gateway = { OPENAI_BASE_URL: `${server.url}/v1` };
  server.set({ models: ['desk-13b'], listKey: null });
  await servedWith(gateway);
  for (const id of edited) await stores.registry.edit(id, (entry) => ({ ...entry, quality: 9 }));
  expect(await servedWith(gateway)).toEqual([]);
  server.set({ models: ['desk-13b', 'gpt-6-luna'] });
  expect(await servedWith(gateway)).toEqual(['gpt-6-luna']);
  expect(await servedWith({})).toEqual(edited);
  expect(await stores.registry.get('gpt-6-sol')).toMatchObject({ origin: 'user', quality: 9 });
});
