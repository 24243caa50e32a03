// Every operation of the OpenAPI document guards itself, and answers in the form that the document promises.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createToken, revokeToken } from '../../../client/tokens';
import type { Listening } from '../../../server/listen';
import { type ServeOptions, serve } from '../../../server/serve';
import {
  type OpenApi,
  type OperationAt,
  operationsOf,
  type WorkerlessApi,
  workerlessApi,
} from '../../support/open-api';

const NEXT_SMALLER = { admin: 'run', run: 'read', read: null } as const;

const keysFolder = mkdtempSync(join(tmpdir(), 'conclave-codec-'));
const keysFile = join(keysFolder, 'keys');
/** A database of its own: tokens made here must not shut other tests out. */
let api: WorkerlessApi;
let server: Listening;
let url: string;
let operations: readonly OperationAt[] = [];
const tokens: Record<string, { readonly id: string; readonly token: string }> = {};

const call = (method: string, path: string, token?: string) =>
  fetch(url + path.replace(/\{\w+\}/g, 'nothing-of-this-name'), {
    method: method.toUpperCase(),
    headers: {
      'content-type': 'application/json',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    ...(method === 'get' || method === 'delete' ? {} : { body: '{"no_such_field":1}' }),
  });

const makeToken = async (scope: string, by?: string) => {
  const answer = await fetch(`${url}/api/v1/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(by ? { authorization: `Bearer ${by}` } : {}) },
    body: JSON.stringify({ name: `test ${scope}`, scope }),
  });
  expect(answer.status).toBe(201);
  tokens[scope] = (await answer.json()) as { id: string; token: string };
};

beforeAll(async () => {
  writeFileSync(keysFile, `desk:${randomBytes(32).toString('base64')}`);
  api = await workerlessApi({ payloadKeysName: `file:${keysFile}` });
  server = await serve(api.options);
  url = `http://127.0.0.1:${server.port}`;
  operations = operationsOf((await (await fetch(`${url}/api/v1/openapi.json`)).json()) as OpenApi);
  await makeToken('admin');
  await makeToken('run', tokens.admin?.token);
  await makeToken('read', tokens.admin?.token);
}, 120_000);

afterAll(async () => {
  await server?.close();
  await api?.close();
  rmSync(keysFolder, { recursive: true, force: true });
});

describe('scopes of the API', () => {
  it('are documented for at least thirty operations', () => {
    expect(operations.length).toBeGreaterThanOrEqual(30);
    for (const { operation } of operations)
      expect(operation['x-conclave-scope']).toMatch(/^(none|read|run|admin)$/);
  });

  it('refuse every guarded operation without a token once one exists', async () => {
    for (const { method, path, operation } of operations) {
      if (operation['x-conclave-scope'] === 'none') continue;
      const answer = await call(method, path);
      expect([operation.operationId, answer.status]).toEqual([operation.operationId, 401]);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      await answer.text();
    }
  });

  it('refuse every operation to a token of the next smaller scope', async () => {
    for (const { method, path, operation } of operations) {
      const scope = operation['x-conclave-scope'];
      const smaller = scope === 'none' ? null : NEXT_SMALLER[scope];
      if (smaller === null) continue;
      const answer = await call(method, path, tokens[smaller]?.token);
      expect([operation.operationId, answer.status]).toEqual([operation.operationId, 403]);
      await answer.text();
    }
  });

  it('let every operation through with its own scope', async () => {
    for (const { method, path, operation } of operations) {
      const scope = operation['x-conclave-scope'];
      if (scope === 'none') continue;
      const answer = await call(method, path, tokens[scope]?.token);
      expect([operation.operationId, [200, 400, 404].includes(answer.status), answer.status]).toEqual([
        operation.operationId,
        true,
        answer.status,
      ]);
      await answer.text();
    }
    expect(api.faults).toEqual([]);
  });

  it('decrypt payloads for an admin, in the form of Temporal’s codec protocol', async () => {
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const plain = { metadata: { encoding: base64('json/plain') }, data: base64('{"subject":"equity:AAPL"}') };
    const codec = async (direction: string, payloads: readonly unknown[]) => {
      const answer = await fetch(`${url}/api/v1/codec/${direction}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens.admin?.token}` },
        body: JSON.stringify({ payloads }),
      });
      return {
        status: answer.status,
        body: (await answer.json()) as { payloads: (typeof plain)[]; detail: string },
      };
    };
    const { body: encrypted } = await codec('encode', [plain]);
    expect(encrypted.payloads[0]?.metadata.encoding).toBe(base64('binary/encrypted'));
    expect((await codec('decode', encrypted.payloads)).body.payloads).toEqual([plain]);
    const changed = { ...encrypted.payloads[0]!, data: base64('nonsense that no key opens, long enough') };
    const refused = await codec('decode', [changed]);
    expect(refused).toMatchObject({
      status: 400,
      body: { detail: expect.stringMatching(/"desk" cannot be read/) },
    });
  });

  it('let pages of Temporal’s UI call the codec, with a token, and no other page and no other path', async () => {
    const ui = 'http://temporal.example:8080';
    const logger = { error: () => undefined } as unknown as ServeOptions['logger'];
    const own = await serve({ ...api.options, logger, codecOrigins: [ui] });
    const ask = (method: string, path: string, origin: string, more: Record<string, string> = {}) =>
      fetch(`http://127.0.0.1:${own.port}/api/v1/${path}`, {
        method,
        headers: { origin, ...more },
        ...(method === 'POST' ? { body: '{"payloads":[]}' } : {}),
      });
    const before = { 'access-control-request-method': 'POST' };
    const preflight = await ask('OPTIONS', 'codec/decode', ui, before);
    expect(preflight.status).toBe(204);
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      'access-control-allow-origin': ui,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type, x-namespace, authorization',
    });
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
    const type = { 'content-type': 'application/json', 'x-namespace': 'default' };
    const withoutToken = await ask('POST', 'codec/decode', ui, type);
    expect([withoutToken.status, withoutToken.headers.get('access-control-allow-origin')]).toEqual([401, ui]);
    const authorization = `Bearer ${tokens.admin?.token}`;
    const decoded = await ask('POST', 'codec/decode', ui, { ...type, authorization });
    expect([decoded.status, decoded.headers.get('access-control-allow-origin')]).toEqual([200, ui]);
    for (const [method, path, origin] of [
      ['OPTIONS', 'codec/decode', 'http://evil.example'],
      ['OPTIONS', 'codec/decode', `${ui}.evil.example`],
      ['OPTIONS', 'codec/decode', 'null'],
      ['POST', 'codec/decode', 'http://evil.example'],
      ['OPTIONS', 'sessions', ui],
      ['POST', 'sessions', ui],
    ] as const) {
      const refused = await ask(method, path, origin, { ...before, ...type, authorization });
      expect([method, path, origin, refused.status]).toEqual([method, path, origin, 403]);
      expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    }
    await own.close();
    for (const wrong of ['*', 'temporal.example', `${ui}/`, 'file:///x'])
      await expect(serve({ ...api.options, logger, codecOrigins: [wrong] })).rejects.toThrow(
        'CONCLAVE_CODEC_ORIGINS',
      );
  });

  it('guard the metrics as well, and refuse unknown and malformed tokens', async () => {
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
    const unknown = await call('get', '/api/v1/sessions', 'cnc_unknown-token-of-no-one');
    expect(unknown.status).toBe(401);
    const basic = await fetch(`${url}/api/v1/sessions`, { headers: { authorization: 'Basic eDp5' } });
    expect(basic.status).toBe(401);
  });

  it('count requests per token, over a restart and over processes', async () => {
    const limited = async () => {
      const logger = { error: () => undefined } as unknown as ServeOptions['logger'];
      const requestLimit = { perMinute: 0.1, burst: 2 };
      return serve({
        client: api.client,
        config: { providers: [] },
        host: '127.0.0.1',
        port: 0,
        logger,
        requestLimit,
      });
    };
    const { token } = await createToken(api.client, { name: 'counted', scope: 'read' });
    const ask = ({ port }: Listening) =>
      fetch(`http://127.0.0.1:${port}/api/v1/settings`, { headers: { authorization: `Bearer ${token}` } });
    const first = await limited();
    expect([(await ask(first)).status, (await ask(first)).status]).toEqual([200, 200]);
    await first.close();
    const second = await limited();
    const refused = await ask(second);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
    expect(await refused.json()).toMatchObject({ title: 'Too many requests', status: 429 });
    await second.close();
  });

  it('starts nothing while no worker would take it, and says so', async () => {
    const answer = await fetch(`${url}/api/v1/decisions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens.admin?.token}` },
      body: JSON.stringify({ symbol: 'AAPL' }),
    });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('10');
    expect(await answer.json()).toMatchObject({
      title: 'No worker',
      detail: expect.stringContaining('conclave up'),
    });
  });

  it('take instants of any zone, and refuse years that Postgres cannot hold', async () => {
    const ask = (from: string) =>
      call('get', `/api/v1/spend?from=${encodeURIComponent(from)}`, tokens.read?.token);
    expect((await ask('0709-05-17T12:57:57.2084-20:19')).status).toBe(200);
    expect((await ask('0000-01-01T00:00:00+05:00')).status).toBe(400);
    expect(api.faults).toEqual([]);
  });

  it('keep only the hash of a token', async () => {
    const stored = JSON.stringify(await api.client.stores.apiTokens.list());
    expect(stored).not.toContain(tokens.read?.token ?? 'missing');
    expect(readFileSync(`${__dirname}/../../../db/schema/api-tokens.ts`, 'utf8')).toContain('token_hash');
  });

  it('keep one admin, also where two end each other at once, unless it is forced', async () => {
    const { client } = api;
    const second = await createToken(client, { name: 'second', scope: 'admin' });
    const ids = [tokens.admin!.id, second.id];
    const ended = await Promise.allSettled(ids.map((id) => revokeToken(client, id, false)));
    expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const left = (await client.stores.apiTokens.list()).filter(({ scope }) => scope === 'admin');
    expect(left).toHaveLength(1);
    const id = left[0]!.id;
    const token = id === second.id ? second.token : tokens.admin!.token;
    const end = (query = '') => call('delete', `/api/v1/tokens/${id}${query}`, token);
    const refused = await end();
    expect([refused.status, (await refused.json()) as object]).toEqual([
      409,
      expect.objectContaining({ detail: expect.stringContaining('make another first') }),
    ]);
    expect((await call('get', '/api/v1/tokens', token)).status).toBe(200);
    expect(await (await end('?force=true')).json()).toMatchObject({
      follows: expect.stringContaining('by command only'),
    });
    // Others have tokens still, so nobody gets in without.
    expect((await call('get', '/api/v1/sessions')).status).toBe(401);
  });
});
