// Doctor on providers: a server without a key is asked for its models, over real HTTP.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ProviderSettings } from '../../config/provider-settings';
import { PROVIDER_KINDS } from '../../providers/kind-list';
import { checkProvider } from '../../stack/provider-check';
import { withoutTimeLimits } from '../support/no-time-limits';
import { type ProviderServer, startProviderServer } from '../support/provider-server/provider-server';

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
  // Nothing here hangs, and a busy machine may take its time.
  withoutTimeLimits();
});
afterAll(() => {
  jest.restoreAllMocks();
  return server.close();
});

const provider = (changes: Partial<ProviderSettings>): ProviderSettings => ({
  ...{ name: 'local', kind: 'openai-compatible', baseUrl: `${server.url}/v1`, keyName: null, models: [] },
  ...{
    callsPerSecond: null,
    callDeadlineSeconds: null,
    atOnce: null,
    free: null,
    enabled: true,
    hasKey: false,
    origin: 'environment',
    ...changes,
  },
});

test('a server that lists models is fine', async () => {
  expect(await checkProvider(provider({}))).toMatchObject({
    ok: true,
    detail: expect.stringContaining('2 models'),
  });
  const ollama = await checkProvider(provider({ kind: 'ollama', baseUrl: server.url }));
  expect(ollama).toMatchObject({ ok: true, detail: expect.stringContaining('2 models') });
});

test('a server whose calls may cost says that its models need a price', async () => {
  const detailOf = async (changes: Partial<ProviderSettings>) =>
    (await checkProvider(provider({ name: 'desk', ...changes }))).detail;
  expect(await detailOf({})).not.toContain('price');
  expect(await detailOf({ free: false })).toContain(
    'conclave models edit desk/MODEL --price-in 0 --price-out 0',
  );
});

test('an address that leads elsewhere is named with the way out', async () => {
  const other = createServer((_request, response) => response.writeHead(404).end()).listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const check = await checkProvider(provider({ baseUrl: `http://127.0.0.1:${port}` }));
  other.close();
  expect(check).toMatchObject({
    ok: false,
    detail: expect.stringContaining('/models answers with status 404'),
  });
  expect(check.fix).toContain('/v1');
});

test('a server that redirects is named with the status, and not followed', async () => {
  const other = createServer((_request, response) =>
    response.writeHead(302, { location: `${server.url}/v1/models` }).end(),
  ).listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const check = await checkProvider(provider({ baseUrl: `http://127.0.0.1:${port}/v1` }));
  other.close();
  expect(check).toMatchObject({
    ok: false,
    detail: expect.stringContaining('/models answers with status 302'),
  });
});

test('a server that is configured and off is a fault, one that was guessed at is none', async () => {
  const off = { baseUrl: 'http://127.0.0.1:9' };
  expect(await checkProvider(provider(off))).toMatchObject({
    ok: false,
    detail: expect.stringContaining('does not answer'),
  });
  expect(await checkProvider(provider({ ...off, kind: 'ollama', origin: 'default' }))).toMatchObject({
    ok: true,
  });
});

test('a provider without its key says which variable to set', async () => {
  const check = await checkProvider(provider({ kind: 'xai', baseUrl: null, keyName: 'XAI_API_KEY' }));
  expect(check).toMatchObject({ ok: false, fix: expect.stringContaining('Set XAI_API_KEY') });
});

describe('a key', () => {
  const GOOD = 'canary-good-key';
  const WRONG = 'canary-wrong-key';
  const keyed = { baseUrl: '', keyName: 'DESK_KEY', hasKey: true };
  const hosted = PROVIDER_KINDS.filter(({ keyName }) => keyName !== null).map(({ kind }) => kind);

  beforeEach(() => server.set({ listKey: GOOD }));
  afterEach(() => server.set({ listKey: null }));

  test.each(hosted)('of %s is tried by one free request, as that maker wants it', async (kind) => {
    const its = provider({ ...keyed, kind, baseUrl: `${server.url}/v1` });
    expect(await checkProvider(its, { DESK_KEY: GOOD })).toMatchObject({ ok: true, fix: null });
    const refused = await checkProvider(its, { DESK_KEY: WRONG });
    expect(refused).toMatchObject({ ok: false, fix: 'Correct DESK_KEY.' });
    expect(JSON.stringify(refused)).not.toContain(WRONG);
    expect(server.calls()).toEqual([]);
  });

  test('that could not be tried, as nothing answers, is a warning', async () => {
    const off = provider({ ...keyed, kind: 'openai', baseUrl: 'http://127.0.0.1:9' });
    expect(await checkProvider(off, { DESK_KEY: GOOD })).toMatchObject({
      ok: true,
      detail: expect.stringContaining('could not be tried: no answer'),
      fix: expect.stringContaining('network'),
    });
  });
});
