// Every string that the API takes, filled with hostile text: nothing may fail by our fault, nothing may reach SQL.
import type { Listening } from '../../../server/listen';
import { serve } from '../../../server/serve';
import {
  bodyOf,
  type Documented,
  type OpenApi,
  operationsOf,
  type WorkerlessApi,
  workerlessApi,
} from '../../support/open-api';

/** None of these can be a symbol, so that nothing is started. */
const HOSTILE: readonly string[] = [
  "'; drop table settings; --",
  '" or ""="',
  '\\',
  '%00',
  '\u0000',
  '\ud800',
  '../../etc/passwd',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '\u202e\u200b!',
  '🎉'.repeat(50),
  '{"$gt": ""}',
  '!'.repeat(5000),
  '*?()[]',
  '\r\nX-Injected: 1',
  '',
];

/** A body without any wrong field would start work. */
const NO_FIELD = 'no_such_field';

let api: WorkerlessApi;
let server: Listening;
let url: string;
let document: OpenApi;

beforeAll(async () => {
  api = await workerlessApi();
  server = await serve(api.options);
  url = `http://127.0.0.1:${server.port}`;
  document = (await (await fetch(`${url}/api/v1/openapi.json`)).json()) as OpenApi;
}, 120_000);

afterAll(async () => {
  await server?.close();
  await api?.close();
});

/** No worker runs here: work that would be accepted is refused for that. */
const REFUSED = 400;

const call = async (method: string, path: string, query: string, body: unknown): Promise<number> => {
  const answer = await fetch(`${url}${path}${query}`, {
    method: method.toUpperCase(),
    headers: { 'content-type': 'application/json' },
    signal: AbortSignal.timeout(60_000),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const noWorker = answer.status === 503 && text.includes('"No worker"');
  return noWorker ? REFUSED : answer.status;
};

/** Paths, queries and bodies with one hostile text in one place each. */
function* attempts(path: string, operation: Documented, text: string) {
  const names = (place: string) =>
    (operation.parameters ?? []).filter((one) => one.in === place).map((one) => one.name);
  const safe = encodeURIComponent(/\p{Surrogate}/u.test(text) ? 'x' : text);
  const filled = path.replace(/\{\w+\}/g, safe || 'x');
  yield { path: filled, query: '', body: { [NO_FIELD]: text } };
  for (const name of names('query'))
    yield { path: filled, query: `?${name}=${safe}`, body: { [NO_FIELD]: text } };
  const properties = Object.keys(bodyOf(document, operation)?.properties ?? {});
  const all = Object.fromEntries(properties.map((name) => [name, text]));
  if (properties.length > 0) yield { path: filled, query: '', body: all };
  for (const name of properties) yield { path: filled, query: '', body: { [name]: text } };
}

describe('hostile text', () => {
  it('in any place of any operation is refused or stored as text, never a fault of the server', async () => {
    const bad: string[] = [];
    let sent = 0;
    for (const { method, path, operation } of operationsOf(document))
      for (const text of HOSTILE)
        for (const attempt of attempts(path, operation, text)) {
          const body = method === 'get' || method === 'delete' ? undefined : attempt.body;
          const status = await call(method, attempt.path, attempt.query, body);
          sent += 1;
          if (status >= 500)
            bad.push(`${operation.operationId} ${status} ${JSON.stringify(attempt).slice(0, 200)}`);
        }
    expect(bad).toEqual([]);
    expect(api.faults).toEqual([]);
    expect(sent).toBeGreaterThan(1000);
  }, 3_600_000);

  it('leaves the tables as they were', async () => {
    expect(await api.client.stores.settings.list()).toEqual([]);
    expect(await api.client.stores.apiTokens.any()).toBe(false);
  });
});
