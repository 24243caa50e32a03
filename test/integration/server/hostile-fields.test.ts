// Hostile texts in every string field of every operation, the rest of the request being right: none makes the server
// fail, and none reaches Postgres as anything but a value. CONCLAVE_HOSTILE_TEXTS=1000 asks with a thousand per field.
import { buildApp, type ServerApp } from '../../../server/serve';
import { hostileTexts } from '../../support/hostile-texts';
import {
  bodyOf,
  type OpenApi,
  type OperationAt,
  operationsOf,
  requiredOf,
  resolvedIn,
  type Schema,
  sampleOf,
  type WorkerlessApi,
  workerlessApi,
} from '../../support/open-api';
import { aBrief, anEvent } from '../db/rows';

const TEXTS = hostileTexts(Number(process.env.CONCLAVE_HOSTILE_TEXTS ?? 100));
/** Requests under way at once: as many as the pool has connections. */
const AT_ONCE = 8;

let api: WorkerlessApi;
let built: ServerApp;
let document: OpenApi;

beforeAll(async () => {
  api = await workerlessApi();
  built = buildApp(api.options);
  const answer = await built.app.request('http://127.0.0.1/api/v1/openapi.json', {
    headers: { host: '127.0.0.1' },
  });
  document = (await answer.json()) as OpenApi;
}, 120_000);

afterAll(async () => {
  built?.close();
  await api?.close();
});

const resolved = (schema: Schema): Schema => resolvedIn(document, schema);

const isText = (schema: Schema): boolean => {
  const { type, anyOf } = resolved(schema);
  return [type].flat().includes('string') || (anyOf ?? []).some(isText);
};

interface Field {
  readonly operation: string;
  readonly name: string;
  /** A place in the address itself cannot be shared. */
  readonly inPath: boolean;
  readonly request: (text: string) => { readonly url: string; readonly body?: unknown };
}

/** Half a character cannot be written into an address. */
const inAddress = (text: string): string =>
  encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')) || 'x';

/** Every place of an operation that takes text. */
const fieldsOf = ({ method, path, operation }: OperationAt): readonly Field[] => {
  const form = bodyOf(document, operation);
  const right = form ? requiredOf(document, form) : undefined;
  const parameters = operation.parameters ?? [];
  const fill = (name: string, text: string): string =>
    path.replace(/\{(\w+)\}/g, (_all, each: string) => {
      const found = parameters.find((one) => one.in === 'path' && one.name === each);
      return each === name ? inAddress(text) : inAddress(String(sampleOf(document, found?.schema ?? {})));
    });
  const query = (name: string, text: string): string => {
    const needed = parameters.filter((one) => one.in === 'query' && one.name !== name && one.required);
    const pairs = needed.map((one) => `${one.name}=${inAddress(String(sampleOf(document, one.schema)))}`);
    return [...pairs, `${name}=${inAddress(text)}`].join('&');
  };
  const named = (name: string): Pick<Field, 'operation' | 'name'> => ({
    operation: `${method} ${operation.operationId}`,
    name,
  });
  return [
    ...parameters
      .filter((one) => one.in === 'path')
      .map(({ name }) => ({
        ...named(name),
        inPath: true,
        request: (text: string) => ({ url: fill(name, text), body: right }),
      })),
    ...parameters
      .filter((one) => one.in === 'query' && isText(one.schema))
      .map(({ name }) => ({
        ...named(name),
        inPath: false,
        request: (text: string) => ({ url: `${fill('', '')}?${query(name, text)}`, body: right }),
      })),
    ...Object.entries(form?.properties ?? {}).flatMap(([name, property]) => {
      const { items } = resolved(property);
      if (!isText(property) && !(items && isText(items))) return [];
      const value = (text: string): unknown => (isText(property) ? text : [text]);
      return [
        {
          ...named(name),
          inPath: false,
          request: (text: string) => ({ url: fill('', ''), body: { ...right, [name]: value(text) } }),
        },
      ];
    }),
  ];
};

type Answer = 'refused' | 'taken' | { readonly fault: string };

const ask = async (method: string, { url, body }: { url: string; body?: unknown }): Promise<Answer> => {
  const withBody = body !== undefined && method !== 'get' && method !== 'delete';
  const answer = await built.app.request(`http://127.0.0.1${url}`, {
    method: method.toUpperCase(),
    headers: { host: '127.0.0.1', ...(withBody ? { 'content-type': 'application/json' } : {}) },
    ...(withBody ? { body: JSON.stringify(body) } : {}),
  });
  if (answer.status === 400) return 'refused';
  if (answer.status < 500) return 'taken';
  const text = await answer.text();
  // Right requests that start work are refused here, where no worker runs.
  return text.includes('problem:no-worker') ? 'taken' : { fault: `${answer.status} ${text.slice(0, 200)}` };
};

/** Asks with each text, some at once. @returns the answers until the first fault */
const askAll = async (method: string, field: Field, texts: readonly string[]): Promise<readonly Answer[]> => {
  const answers: Answer[] = [];
  for (let at = 0; at < texts.length; at += AT_ONCE) {
    const some = texts.slice(at, at + AT_ONCE).map((text) => ask(method, field.request(text)));
    answers.push(...(await Promise.all(some)));
    if (answers.some((each) => typeof each === 'object')) return answers;
  }
  return answers;
};

const faultOf = (field: Field, answers: readonly Answer[]): readonly string[] =>
  answers.flatMap((each) =>
    typeof each === 'object' ? [`${field.operation} ${field.name}: ${each.fault}`] : [],
  );

/** Fields that refuse every text so far share their requests: each has a text of its own in it. */
const together = (fields: readonly Field[]): Field => ({
  ...fields[0]!,
  name: fields.map(({ name }) => name).join(', '),
  request: (text) => {
    const at = TEXTS.indexOf(text);
    const own = fields.map((field, index) => ({
      name: field.name,
      ...field.request(TEXTS[(at + index) % TEXTS.length]!),
    }));
    const url = new URL(`http://127.0.0.1${own[0]!.url}`);
    const body = { ...(own[0]!.body as object) } as Record<string, unknown>;
    for (const { name, ...one } of own) {
      const asked = new URL(`http://127.0.0.1${one.url}`).searchParams.get(name);
      if (asked !== null) url.searchParams.set(name, asked);
      else body[name] = (one.body as Record<string, unknown>)[name];
    }
    return { url: `${url.pathname}${url.search}`, body };
  },
});

/** Enough to tell a field that takes free text from one that refuses all but its own form. */
const TASTE = 20;

const tryFields = async (method: string, fields: readonly Field[]): Promise<readonly string[]> => {
  const faults: string[] = [];
  const strict: Field[] = [];
  const rest = TEXTS.slice(TASTE);
  for (const field of fields) {
    const tasted = await askAll(method, field, TEXTS.slice(0, TASTE));
    faults.push(...faultOf(field, tasted));
    if (!field.inPath && tasted.every((each) => each === 'refused')) strict.push(field);
    else faults.push(...faultOf(field, await askAll(method, field, rest)));
  }
  if (strict.length > 0) {
    const shared = together(strict);
    faults.push(...faultOf(shared, await askAll(method, shared, rest)));
  }
  return faults;
};

const STREAMS = ['streamSession', 'streamDecision', 'streamPanel', 'streamTournament'];
/** Synchronising would delete the schedules of other tests on the shared server. */
const LEFT_OUT = new Set(['syncSchedules', ...STREAMS]);

const send = async (method: string, path: string, body?: unknown) => {
  const answer = await built.app.request(`http://127.0.0.1${path}`, {
    method: method.toUpperCase(),
    headers: { host: '127.0.0.1', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
};

it('every operation that starts work is refused at once with 503 while no worker runs', async () => {
  const refused: string[] = [];
  const started = Date.now();
  for (const { method, path, operation } of operationsOf(document)) {
    if (!('503' in operation.responses)) continue;
    const form = bodyOf(document, operation);
    const { status, json } = await send(
      method,
      path.replace(/\{\w+\}/g, 'review:any'),
      form ? requiredOf(document, form) : undefined,
    );
    expect([operation.operationId, status, json.type]).toEqual([
      operation.operationId,
      503,
      expect.stringContaining('no-worker'),
    ]);
    refused.push(operation.operationId);
  }
  expect(Date.now() - started).toBeLessThan(30_000);
  expect(refused.sort()).toEqual([
    'ask',
    'decide',
    'decideReview',
    'importOutcomes',
    'recordOutcome',
    'replayCompetition',
    'research',
    'resolveOutcomes',
    'sendEvent',
    'startDecision',
    'startPanel',
    'startSession',
    'startTournament',
  ]);
});

it.each([
  ['alerts', ''],
  ['briefs', 'world=live&'],
  ['events', ''],
  ['competitions', ''],
])('%s come page by page, newest first, each once', async (name, filter) => {
  const { stores } = api.client;
  for (let index = 0; index < 5; index += 1) {
    await stores.alerts.raise({
      kind: 'test',
      episode: `paged-${index}`,
      severity: 'info',
      title: 't',
      details: {},
    });
    await stores.briefs.storeBrief(aBrief({}, { subject: `equity:PAGE${index}` }), 0);
    await stores.events.recordEvent(anEvent({ id: `paged-${index}` }));
    await stores.competitions.create({ id: `paged-${index}`, definition: {} });
  }
  const seen: unknown[] = [];
  let cursor = '';
  for (let page = 0; page < 20; page += 1) {
    const { status, json } = await send('get', `/api/v1/${name}?${filter}limit=2${cursor}`);
    expect(status).toBe(200);
    seen.push(
      ...(json[name] as { id?: unknown; briefId?: unknown; competitionId?: unknown }[]).map(
        (row) => row.briefId ?? row.competitionId ?? row.id,
      ),
    );
    if (json.next === null) break;
    cursor = `&cursor=${json.next}`;
  }
  const whole = await send('get', `/api/v1/${name}?${filter}limit=500`);
  expect(seen).toHaveLength((whole.json[name] as unknown[]).length);
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.length).toBeGreaterThanOrEqual(5);
  const madeUp = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
  for (const bad of [
    'nonsense',
    madeUp('1', 'a\0b'),
    madeUp('+275760-09-13T00:00:00.000Z', '1'),
    madeUp(1, 2),
  ])
    expect([bad, (await send('get', `/api/v1/${name}?limit=2&cursor=${bad}`)).status]).toEqual([bad, 400]);
});

it('an alert that is still open is found behind any number of newer ones that are over', async () => {
  const { alerts } = api.client.stores;
  const drill = { kind: 'test', severity: 'info', title: 'Still open', details: {} } as const;
  await alerts.raise({ ...drill, episode: 'still-open' });
  for (const episode of ['over-1', 'over-2']) {
    await alerts.raise({ ...drill, episode, title: 'Over' });
    await alerts.resolve(episode);
  }
  const titles = async (query: string) =>
    ((await send('get', `/api/v1/alerts?${query}`)).json.alerts as { title: string }[]).map(
      ({ title }) => title,
    );
  expect(await titles('limit=2')).toEqual(['Over', 'Over']);
  expect(await titles('limit=1&open=true')).toEqual(['Still open']);
});

it('reviews come as the document says, under the id that decides them', async () => {
  const id = 'review:listed';
  await api.client.stores.reviews.open({
    ...{ id, world: 'live', targetKind: 'tournament', targetId: 'tournament:listed', workflowId: id },
    ...{ question: 'Which?', options: ['approve', 'reject'], declaredDefault: 'reject' },
    dueAt: '2099-01-01T00:00:00.000Z',
  });
  const { json } = await send('get', '/api/v1/reviews?status=all');
  const [review] = json.reviews as { reviewId: string }[];
  expect(review?.reviewId).toBe(id);
});

it('hostile texts in every field reach no SQL error and no fault of the server', async () => {
  const bad: string[] = [];
  let fields = 0;
  for (const at of operationsOf(document)) {
    if (LEFT_OUT.has(at.operation.operationId)) continue;
    const named = fieldsOf(at);
    fields += named.length;
    bad.push(...(await tryFields(at.method, named)));
  }
  expect(bad).toEqual([]);
  expect(api.faults).toEqual([]);
  expect(fields).toBeGreaterThan(100);
  expect(await api.client.stores.apiTokens.any()).toBe(false);
  expect((await api.client.stores.settings.list()).map(({ key }) => key)).not.toContain('');
}, 3_600_000);
