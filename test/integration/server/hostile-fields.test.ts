// Hostile texts in every string field of every operation, the rest of the request being right: none makes the server
// fail, and none reaches Postgres as anything but a value. CONCLAVE_HOSTILE_TEXTS=1000 asks with a thousand per field.
import { type ConclaveClient, connectClient } from '../../../client/connect';
import { buildApp, type ServeOptions, type ServerApp } from '../../../server/serve';
import { seedModels } from '../../../workers/seed-models';
import { hostileTexts } from '../../support/hostile-texts';
import { type FreshDatabase, freshDatabase, testStack } from '../../support/test-stack';

const TEXTS = hostileTexts(Number(process.env.CONCLAVE_HOSTILE_TEXTS ?? 20));
/** Requests under way at once: as many as the pool has connections. */
const AT_ONCE = 8;

interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly example?: unknown;
  readonly format?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly $ref?: string;
}

interface Documented {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Documented>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

let database: FreshDatabase;
let client: ConclaveClient;
let built: ServerApp;
let document: OpenApi;
const faults: string[] = [];

beforeAll(async () => {
  database = await freshDatabase();
  client = await connectClient({ databaseUrl: database.url, temporal: (await testStack()).temporal });
  await seedModels(client.stores.registry, []);
  const logger = {
    error: (line: unknown) => faults.push(JSON.stringify(line)),
  } as unknown as ServeOptions['logger'];
  built = buildApp({ client, config: { providers: [] }, host: '127.0.0.1', logger, workerWaitMs: 0 });
  const answer = await built.app.request('http://127.0.0.1/api/v1/openapi.json', {
    headers: { host: '127.0.0.1' },
  });
  document = (await answer.json()) as OpenApi;
}, 120_000);

afterAll(async () => {
  built?.close();
  await client?.close();
  await database?.drop();
});

const resolved = (schema: Schema): Schema =>
  schema.$ref ? document.components.schemas[schema.$ref.split('/').at(-1)!]! : schema;

const isText = (schema: Schema): boolean => {
  const { type, anyOf } = resolved(schema);
  return [type].flat().includes('string') || (anyOf ?? []).some(isText);
};

/** The smallest right value. */
const sample = (given: Schema): unknown => {
  const schema = resolved(given);
  const known = schema.example ?? schema.default ?? schema.const ?? schema.enum?.[0];
  if (known !== undefined) return known;
  const [type] = [schema.type].flat();
  if (schema.anyOf) return sample(schema.anyOf[0]!);
  if (type === 'object') return requiredOf(schema);
  if (type === 'array') return schema.items ? [sample(schema.items)] : [];
  if (type === 'boolean') return false;
  if (type === 'integer' || type === 'number') return schema.minimum ?? (schema.exclusiveMinimum ?? 0) + 1;
  return 'text-of-a-test';
};

const requiredOf = ({ properties = {}, required = [] }: Schema): Record<string, unknown> =>
  Object.fromEntries(required.map((name) => [name, sample(properties[name] ?? {})]));

interface Field {
  readonly operation: string;
  readonly name: string;
  readonly request: (text: string) => { readonly url: string; readonly body?: unknown };
}

/** Half a character cannot be written into an address. */
const inAddress = (text: string): string =>
  encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')) || 'x';

/** Every place of an operation that takes text. */
const fieldsOf = (method: string, path: string, operation: Documented): readonly Field[] => {
  const schema = operation.requestBody?.content['application/json'].schema;
  const form = schema ? resolved(schema) : null;
  const right = form ? requiredOf(form) : undefined;
  const parameters = operation.parameters ?? [];
  const fill = (name: string, text: string): string =>
    path.replace(/\{(\w+)\}/g, (_all, each: string) => {
      const found = parameters.find((one) => one.in === 'path' && one.name === each);
      return each === name ? inAddress(text) : inAddress(String(sample(found?.schema ?? {})));
    });
  const query = (name: string, text: string): string => {
    const needed = parameters.filter((one) => one.in === 'query' && one.name !== name && isRequired(one));
    const pairs = needed.map((one) => `${one.name}=${inAddress(String(sample(one.schema)))}`);
    return [...pairs, `${name}=${inAddress(text)}`].join('&');
  };
  const isRequired = (parameter: object): boolean => (parameter as { required?: boolean }).required === true;
  const named = (name: string): Pick<Field, 'operation' | 'name'> => ({
    operation: `${method} ${operation.operationId}`,
    name,
  });
  return [
    ...parameters
      .filter((one) => one.in === 'path')
      .map(({ name }) => ({
        ...named(name),
        request: (text: string) => ({ url: fill(name, text), body: right }),
      })),
    ...parameters
      .filter((one) => one.in === 'query' && isText(one.schema))
      .map(({ name }) => ({
        ...named(name),
        request: (text: string) => ({ url: `${fill('', '')}?${query(name, text)}`, body: right }),
      })),
    ...Object.entries(form?.properties ?? {}).flatMap(([name, property]) => {
      const { items } = resolved(property);
      if (!isText(property) && !(items && isText(items))) return [];
      const value = (text: string): unknown => (isText(property) ? text : [text]);
      return [
        {
          ...named(name),
          request: (text: string) => ({ url: fill('', ''), body: { ...right, [name]: value(text) } }),
        },
      ];
    }),
  ];
};

const ask = async (
  method: string,
  { url, body }: { url: string; body?: unknown },
): Promise<string | null> => {
  const withBody = body !== undefined && method !== 'get' && method !== 'delete';
  const answer = await built.app.request(`http://127.0.0.1${url}`, {
    method: method.toUpperCase(),
    headers: { host: '127.0.0.1', ...(withBody ? { 'content-type': 'application/json' } : {}) },
    ...(withBody ? { body: JSON.stringify(body) } : {}),
  });
  const text = await answer.text();
  // Right requests that start work are refused here, where no worker runs.
  return answer.status < 500 || text.includes('problem:no-worker')
    ? null
    : `${answer.status} ${text.slice(0, 200)}`;
};

const tryField = async (method: string, field: Field): Promise<string | null> => {
  for (let at = 0; at < TEXTS.length; at += AT_ONCE) {
    const results = await Promise.all(
      TEXTS.slice(at, at + AT_ONCE).map((text) => ask(method, field.request(text))),
    );
    const bad = results.find((result) => result !== null);
    if (bad) return `${field.operation} ${field.name}: ${bad}`;
  }
  return null;
};

/** It would delete the schedules of other tests on the shared server. */
const LEFT_OUT = new Set(['syncSchedules', 'streamSession', 'streamPanel']);

it('hostile texts in every field reach no SQL error and no fault of the server', async () => {
  const bad: string[] = [];
  let fields = 0;
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(methods)) {
      if (LEFT_OUT.has(operation.operationId)) continue;
      for (const field of fieldsOf(method, path, operation)) {
        fields += 1;
        const result = await tryField(method, field);
        if (result) bad.push(result);
      }
    }
  expect(bad).toEqual([]);
  expect(faults).toEqual([]);
  expect(fields).toBeGreaterThan(100);
  expect(await client.stores.apiTokens.any()).toBe(false);
  expect((await client.stores.settings.list()).map(({ key }) => key)).not.toContain('');
}, 3_600_000);
