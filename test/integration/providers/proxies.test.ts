// Calls through a proxy that speaks CONNECT, as networks have where nothing else is let out.
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { compatibleModels } from '../../../providers/compatible-models';
import { createProviders } from '../../../providers/create-providers';
import { hostsWithoutProxy } from '../../../providers/proxies';
import { completionRequest } from '../../support/completion-request';
import { type ProviderServer, startProviderServer } from '../../support/provider-server/provider-server';

/** No name server knows it: only the proxy finds the way. */
const HOST = 'models.test';
const KINDS = ['openai-compatible', 'anthropic', 'ollama'] as const;
const NAMES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'] as const;

let server: ProviderServer;
let proxy: Server;
let tunnels: string[];
let refuses: boolean;
/** Connections that callers keep for their next call: the server of the proxy has let go of them. */
const kept = new Set<Socket>();
const before = Object.fromEntries(NAMES.map((name) => [name, process.env[name]]));

const setOnly = (values: Readonly<Record<string, string>>): void => {
  for (const name of NAMES) delete process.env[name];
  Object.assign(process.env, values);
};

beforeAll(async () => {
  server = await startProviderServer();
  proxy = createServer().on('connect', (request, socket, head) => {
    tunnels.push(request.url ?? '');
    if (refuses) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const onward = connect(server.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    kept.add(socket as Socket).add(onward);
    for (const end of [socket, onward]) end.on('error', () => [socket, onward].map((each) => each.destroy()));
  });
  await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
});

beforeEach(() => {
  tunnels = [];
  refuses = false;
  server.clear();
  setOnly({ HTTP_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` });
});

afterAll(async () => {
  setOnly({});
  for (const name of NAMES) if (before[name] !== undefined) process.env[name] = before[name];
  for (const socket of kept) socket.destroy();
  proxy.closeAllConnections();
  await new Promise((closed) => proxy.close(closed));
  await server.close();
});

const providerAt = (kind: (typeof KINDS)[number], origin: string) =>
  createProviders({
    hosted: [
      {
        name: kind,
        kind,
        baseUrl: `${origin}/p/${kind}/v1`.replace(/(ollama)\/v1$/, '$1'),
        readKey: () => 'sk',
      },
    ],
  }).get(kind)!;

it.each(KINDS)('a call and a look at %s go through it', async (kind) => {
  const provider = providerAt(kind, `http://${HOST}`);
  expect((await provider.complete(completionRequest())).answer).toMatchObject({ p_yes: expect.any(Number) });
  expect(await provider.check!(AbortSignal.timeout(30_000))).toMatchObject({ ok: true });
  expect(new Set(tunnels)).toEqual(new Set([`${HOST}:80`]));
  expect(server.calls()).toHaveLength(1);
});

it('the models of a server are listed through it', async () => {
  const place = { name: 'local', baseUrl: `http://${HOST}/v1`, keyName: null, readKey: () => null };
  const listed = await compatibleModels({ ...place, models: [], free: null }, AbortSignal.timeout(30_000));
  expect(listed?.length).toBeGreaterThan(0);
  expect(tunnels).toEqual([`${HOST}:80`]);
});

it('what is on this machine is reached without it', async () => {
  await providerAt('openai-compatible', server.url).complete(completionRequest());
  expect([tunnels, server.calls().length]).toEqual([[], 1]);
});

it('a call that it does not let through is known not to have been sent', async () => {
  refuses = true;
  await expect(
    providerAt('openai-compatible', `http://${HOST}`).complete(completionRequest()),
  ).rejects.toMatchObject({
    kind: 'unavailable',
    message: expect.stringContaining('opened no connection (status 407)'),
    details: { sent: false },
  });
  expect(server.calls()).toEqual([]);
});

it.each([
  [{}, null],
  [{ HTTPS_PROXY: '' }, null],
  [{ HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: '*' }, null],
  [{ https_proxy: 'http://proxy:3128' }, 'localhost,127.0.0.1,[::1]'],
  [{ HTTP_PROXY: 'http://proxy:3128', NO_PROXY: '.corp' }, '.corp,localhost,127.0.0.1,[::1]'],
])('of %j these hosts are left out: %s', (env, hosts) => {
  expect(hostsWithoutProxy(env)).toBe(hosts);
});
