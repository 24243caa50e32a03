// Every operation of the OpenAPI document guards itself, and answers in the form that the document promises.
import { readFileSync } from 'node:fs';
import { type ApiServer, apiServer } from '../../support/api-server';

interface DocumentedOperation {
  readonly operationId: string;
  readonly 'x-conclave-scope': 'none' | 'read' | 'run' | 'admin';
}

const NEXT_SMALLER = { admin: 'run', run: 'read', read: null } as const;

let api: ApiServer;
const operations: { readonly method: string; readonly path: string; readonly form: DocumentedOperation }[] =
  [];
const tokens: Record<string, { readonly id: string; readonly token: string }> = {};

const call = (method: string, path: string, token?: string) =>
  fetch(api.url + path.replace(/\{\w+\}/g, 'nothing-of-this-name'), {
    method: method.toUpperCase(),
    headers: {
      'content-type': 'application/json',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    ...(method === 'get' || method === 'delete' ? {} : { body: '{"no_such_field":1}' }),
  });

const makeToken = async (scope: string, by?: string) => {
  const answer = await fetch(`${api.url}/api/v1/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(by ? { authorization: `Bearer ${by}` } : {}) },
    body: JSON.stringify({ name: `test ${scope}`, scope }),
  });
  expect(answer.status).toBe(201);
  tokens[scope] = (await answer.json()) as { id: string; token: string };
};

beforeAll(async () => {
  api = await apiServer();
  const document = (await (await fetch(`${api.url}/api/v1/openapi.json`)).json()) as {
    paths: Record<string, Record<string, DocumentedOperation>>;
  };
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, form] of Object.entries(methods)) operations.push({ method, path, form });
  await makeToken('admin');
  await makeToken('run', tokens.admin?.token);
  await makeToken('read', tokens.admin?.token);
}, 120_000);

afterAll(async () => {
  for (const { id } of [tokens.read, tokens.run, tokens.admin].filter((one) => one !== undefined))
    await api.running.client.stores.apiTokens.revoke(id);
  await api?.close();
});

describe('scopes of the API', () => {
  it('are documented for at least thirty operations', () => {
    expect(operations.length).toBeGreaterThanOrEqual(30);
    for (const { form } of operations) expect(form['x-conclave-scope']).toMatch(/^(none|read|run|admin)$/);
  });

  it('refuse every guarded operation without a token once one exists', async () => {
    for (const { method, path, form } of operations) {
      if (form['x-conclave-scope'] === 'none') continue;
      const answer = await call(method, path);
      expect([form.operationId, answer.status]).toEqual([form.operationId, 401]);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      await answer.text();
    }
  });

  it('refuse every operation to a token of the next smaller scope', async () => {
    for (const { method, path, form } of operations) {
      const scope = form['x-conclave-scope'];
      const smaller = scope === 'none' ? null : NEXT_SMALLER[scope];
      if (smaller === null) continue;
      const answer = await call(method, path, tokens[smaller]?.token);
      expect([form.operationId, answer.status]).toEqual([form.operationId, 403]);
      await answer.text();
    }
  });

  it('let every operation through with its own scope', async () => {
    for (const { method, path, form } of operations) {
      const scope = form['x-conclave-scope'];
      if (scope === 'none') continue;
      const answer = await call(method, path, tokens[scope]?.token);
      expect([form.operationId, [200, 400, 404].includes(answer.status), answer.status]).toEqual([
        form.operationId,
        true,
        answer.status,
      ]);
      await answer.text();
    }
    expect(api.faults).toEqual([]);
  });

  it('guard the metrics as well, and refuse unknown and malformed tokens', async () => {
    expect((await fetch(`${api.url}/metrics`)).status).toBe(401);
    const unknown = await call('get', '/api/v1/sessions', 'cnc_unknown-token-of-no-one');
    expect(unknown.status).toBe(401);
    const basic = await fetch(`${api.url}/api/v1/sessions`, { headers: { authorization: 'Basic eDp5' } });
    expect(basic.status).toBe(401);
  });

  it('keep only the hash of a token', async () => {
    const stored = JSON.stringify(await api.running.client.stores.apiTokens.list());
    expect(stored).not.toContain(tokens.read?.token ?? 'missing');
    expect(readFileSync(`${__dirname}/../../../db/schema/api-tokens.ts`, 'utf8')).toContain('token_hash');
  });
});
