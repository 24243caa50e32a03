// Tournaments, experiments and single tasks on a real stack with language models over real HTTP: agreement, disputes decided by CLI, API, a signal
// as typed into Temporal's UI and the clock, missing models, budgets, and everything that is refused.
// Fields made before this is loaded cannot be described; the server loads it first of all.
import '@hono/zod-openapi';

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { startDecision } from '../../../client/decisions';
import { recordOutcomes } from '../../../client/outcomes';
import {
  startTournament,
  type TournamentWish,
  tournamentDocument,
  untilJudged,
} from '../../../client/tournaments';
import { openDatabase } from '../../../db/database';
import { findViolations } from '../../../db/invariants';
import { seededRandom } from '../../../domain/track/random';
import { serve } from '../../../server/serve';
import type { DecisionInput } from '../../../workflows/contracts/decision';
import { conclave } from '../../support/conclave-cli';
import { type ProviderServer, startProviderServer } from '../../support/provider-server/provider-server';
import {
  endStack,
  enterStack,
  type RunningStack,
  type StackPlace,
  stackPlace,
} from '../../support/running-stack';

jest.setTimeout(300_000);

const folder = mkdtempSync(join(tmpdir(), 'conclave-tournament-'));
const MODELS = ['one', 'two', 'three', 'four'];
/** As the registry names them. */
const THREE = ['local/one', 'local/two', 'local/three'];

let provider: ProviderServer;
let place: StackPlace;
let running: RunningStack;
let api: { readonly port: number; close(): Promise<void> };

// biome-ignore lint/suspicious/noExplicitAny: tests read answers of any form.
type Json = any;

const send = async (
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; json: Json; headers: Headers }> => {
  const answer = await fetch(`http://127.0.0.1:${api.port}/api/v1${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, json: await answer.json(), headers: answer.headers };
};

/** Each model's verdict from now on. */
const answer = (verdicts: Readonly<Record<string, string>>): void =>
  provider.set({
    answers: Object.entries(verdicts).map(([model, verdict]) => ({
      match: { model },
      answer: { verdict, confidence: 0.8, reasons: [`${model} says ${verdict}`] },
    })),
  });

const AGREED = { one: 'reject', two: 'reject', three: 'reject', four: 'reject' };
const DISPUTED = { one: 'approve', two: 'reject', three: 'approve', four: 'reject' };

interface StreamEvent {
  readonly id: string | null;
  readonly event: string;
  readonly data: Json;
}

const parseEvents = (text: string): StreamEvent[] =>
  text.split('\n\n').flatMap((block) => {
    const field = (name: string) => block.match(new RegExp(`^${name}: ?(.*)$`, 'm'))?.[1] ?? null;
    const event = field('event');
    return event === null ? [] : [{ id: field('id'), event, data: JSON.parse(field('data') ?? 'null') }];
  });

/** Reads a stream until it ends or so many bytes have come, then cuts it off; the events that came whole. */
const streamed = async (path: string, lastId: string | null, mostBytes: number): Promise<StreamEvent[]> => {
  const cut = new AbortController();
  const answer = await fetch(`http://127.0.0.1:${api.port}/api/v1${path}/stream`, {
    headers: lastId ? { 'last-event-id': lastId } : {},
    signal: cut.signal,
  });
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  let bytes = Buffer.alloc(0);
  for await (const chunk of answer.body!) {
    bytes = Buffer.concat([bytes, chunk as Uint8Array]);
    if (bytes.length >= mostBytes) break;
  }
  cut.abort();
  const text = bytes.subarray(0, mostBytes).toString();
  return parseEvents(text.slice(0, text.lastIndexOf('\n\n') + 2));
};

/** Follows a stream to its end over cuts at random places, resuming as a client does. */
const overCuts = async (path: string, random: () => number): Promise<readonly StreamEvent[]> => {
  const seen: StreamEvent[] = [];
  let lastId: string | null = null;
  while (!seen.some(({ event }) => event === 'end')) {
    const events = await streamed(path, lastId, 1 + Math.floor(random() * 1_500));
    seen.push(...events);
    lastId = events.filter(({ id }) => id !== null).at(-1)?.id ?? lastId;
  }
  return seen;
};

let runs = 0;
const tournament = (more: readonly string[] = [], models = THREE) => {
  runs += 1;
  return conclave(
    [
      'tournament',
      ...['--task', 'risk_review', '--prompt', `Shall we ship change ${runs}?`],
      ...['--models', models.join(',')],
      ...more,
      '--json',
    ],
    place,
  );
};

/** Without a process of its own, which takes a second each time. */
const dispute = async (more: Partial<TournamentWish> = {}): Promise<Json> => {
  answer(DISPUTED);
  runs += 1;
  const wish = { task: 'risk_review', prompt: `Shall we ship change ${runs}?`, models: THREE, ...more };
  const started = await startTournament(running.client, wish, `dispute-${runs}`);
  const row = await untilJudged(running.client, started);
  expect(row).toMatchObject({ status: 'waiting', verdict: null, confidence: null });
  return tournamentDocument(running.client, row);
};

beforeAll(async () => {
  provider = await startProviderServer({ behaviour: { models: MODELS } });
  const env = { CONCLAVE_OPENAI_COMPATIBLE_URL: `${provider.as('local')}/v1` };
  place = stackPlace(join(folder, 'home'), { env });
  running = await enterStack(place);
  // The first worker asks the server for its models.
  while (!(await running.client.stores.registry.get('local/four'))) await new Promise(setImmediate);
  api = await serve({
    client: running.client,
    config: place.config,
    host: '127.0.0.1',
    port: 0,
    logger: { info() {}, warn() {}, error() {} } as never,
  });
});

afterAll(async () => {
  await api?.close();
  await running?.close();
  await endStack(place);
  await provider?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a stream cut off at random misses no answer of a tournament, no dispute and no end, and repeats none', async () => {
  const random = seededRandom(11);
  answer(DISPUTED);
  runs += 1;
  const body = { task: 'risk_review', prompt: `Shall we ship change ${runs}?`, models: THREE };
  const { json } = await send('POST', '/tournaments', body);
  const path = `/tournaments/${encodeURIComponent(json.tournamentId)}`;
  const live = overCuts(path, random);
  const handle = running.client.temporal.workflow.getHandle(json.tournamentId);
  await untilJudged(running.client, { ...handle, tournamentId: json.tournamentId } as never);
  const [{ reviewId }] = (await send('GET', '/reviews')).json.reviews.filter(
    (each: Json) => each.targetId === json.tournamentId,
  );
  const verdict = { verdict: 'approve', reviewer: 'Ann', reason: 'read both' };
  await send('POST', `/reviews/${encodeURIComponent(reviewId)}/decide`, verdict);
  for (const events of [await live, await overCuts(path, random), await overCuts(path, () => 0.9)]) {
    const once = events.filter(({ id }) => id !== null);
    expect(
      once
        .filter(({ event }) => event === 'answer')
        .map(({ data }) => data.model)
        .sort(),
    ).toEqual([...THREE].sort());
    expect(once.filter(({ event }) => event === 'waiting').map(({ data }) => data.reviewId)).toEqual([
      reviewId,
    ]);
    expect(once).toHaveLength(THREE.length + 1);
    expect(events.at(-1)).toMatchObject({ event: 'end', data: { status: 'decided', verdict: 'approve' } });
  }
  for (const unknown of ['tournament:none', 'none'])
    expect((await send('GET', `/tournaments/${unknown}/stream`)).status).toBe(404);
});

test('models that agree give the verdict with high confidence, and no review', async () => {
  answer(AGREED);
  const { code, json } = await tournament();
  expect(code).toBe(0);
  const document = json<Json>();
  expect(document).toMatchObject({ status: 'agreed', verdict: 'reject', confidence: 'high', reviewId: null });
  expect(document.members.map(({ reasons }: Json) => reasons[0]).sort()).toEqual([
    'one says reject',
    'three says reject',
    'two says reject',
  ]);
});

test('a statement is judged by probabilities on one side and close together', async () => {
  const p = (p_yes: number) => ({ p_yes, reasons: ['r'], key_risks: ['k'] });
  const asked = () =>
    conclave(
      [
        'tournament',
        '--task',
        'forecast',
        '--prompt',
        `Statement ${Math.random()}`,
        '--models',
        THREE.join(','),
        '--json',
      ],
      place,
    );
  provider.set({ answers: [{ match: {}, answer: p(0.7) }] });
  expect((await asked()).json()).toMatchObject({ status: 'agreed', verdict: 'approve', median: 0.7 });
  provider.set({
    answers: [
      { match: { model: 'two' }, answer: p(0.45) },
      { match: {}, answer: p(0.53) },
    ],
  });
  expect((await asked()).json()).toMatchObject({ status: 'waiting', verdict: null, median: 0.53 });
});

test('with the setting on, the same question in other words is answered at no cost, its opposite is asked', async () => {
  provider.set({ answers: [{ match: {}, answer: { p_yes: 0.7, reasons: ['r'], key_risks: ['k'] } }] });
  const asked = async (prompt: string) => {
    const before = provider.calls().length;
    runs += 1;
    const wish = { task: 'forecast', prompt, models: THREE };
    const started = await startTournament(running.client, wish, `reuse-${runs}`);
    const row = await untilJudged(running.client, started);
    const shown = await tournamentDocument(running.client, row);
    return { ...shown, row, calls: provider.calls().length - before } as Json;
  };
  const words = 'Will the Fed cut rates by June 30, 2027?';
  const others = 'What is the chance that the Fed will cut rates by 2027-06-30?';
  const first = await asked(words);
  expect(first.calls).toBe(3);
  expect((await asked(others)).calls).toBe(3);
  const { settings } = running.client.stores;
  await settings.set({ key: 'reuse_similar_questions', value: true, category: 'decision' });
  const again = await asked('How likely is it that the Fed will cut rates by 30 June 2027?');
  expect(again).toMatchObject({ calls: 0, status: 'agreed', verdict: 'approve', median: 0.7 });
  expect(again.row.costMicroUsd).toBe(0);
  expect(again.row.members.map(({ reusedFrom }: Json) => reusedFrom)).toHaveLength(3);
  expect(again.why.join()).toContain('3 of 3 answers were given before to the same question, in tournament:');
  expect((await asked('Will the Fed not cut rates by June 30, 2027?')).calls).toBe(3);
  expect((await asked('Will the Fed cut rates by June 30, 2028?')).calls).toBe(3);
  await settings.set({ key: 'reuse_similar_questions', value: false, category: 'decision' });
  expect((await asked(words)).calls).toBe(3);
});

test('a dispute is approved by command; who, when and why are kept, and a second answer is refused', async () => {
  const { tournamentId, reviewId } = await dispute();
  const listed = (await conclave(['review', 'list', '--json'], place)).json<Json>();
  expect(listed.reviews.map((review: Json) => review.reviewId)).toContain(reviewId);
  const approved = await conclave(
    ['review', 'approve', reviewId, '--by', 'Ann', '--reason', 'checked the numbers', '--json'],
    place,
  );
  expect(approved.json()).toMatchObject({
    status: 'answered',
    verdict: 'approve',
    reviewer: 'Ann',
    reason: 'checked the numbers',
    closedAt: expect.stringMatching(/^20/),
  });
  await running.client.temporal.workflow.getHandle(tournamentId).result();
  const shown = (await conclave(['tournament', 'show', tournamentId, '--json'], place)).json<Json>();
  expect(shown).toMatchObject({ status: 'decided', verdict: 'approve', confidence: 'reviewed' });
  expect(shown.why.at(-1)).toBe('Ann decided approve: checked the numbers');

  const again = await conclave(['review', 'reject', reviewId, '--reason', 'no'], place);
  expect(again.code).not.toBe(0);
  expect(again.stderr).toContain(`review ${reviewId} is decided: approve by Ann at`);
  const late = await send(
    'POST',
    `/reviews/${encodeURIComponent(reviewId)}/decide`,
    {
      verdict: 'reject',
      reviewer: 'Bob',
      reason: 'no',
    },
    { 'idempotency-key': 'late' },
  );
  const other = { key: 'late', kind: 'other', bodyHash: 'other' };
  expect((await running.client.stores.requests.begin(other)).row.status).toBe('failed');
  expect([late.status, late.json.title]).toEqual([409, 'Decided before']);
  expect(late.json.detail).toContain('approve by Ann');
});

test('of two answers at once by API exactly one holds, and an Idempotency-Key repeats its answer', async () => {
  const { reviewId } = await dispute();
  const path = `/reviews/${encodeURIComponent(reviewId)}/decide`;
  const body = { verdict: 'reject', reviewer: 'Ann', reason: 'too risky' };
  const key = { 'idempotency-key': `decide-${runs}` };
  const first = await send('POST', path, body, key);
  expect([first.status, first.json.status, first.json.verdict]).toEqual([200, 'answered', 'reject']);
  const repeated = await send('POST', path, body, key);
  expect(repeated.json).toEqual(first.json);
  expect(repeated.headers.get('idempotency-replayed')).toBe('true');

  const other = await dispute();
  const both = await Promise.all(
    ['approve', 'reject'].map((verdict) =>
      send('POST', `/reviews/${encodeURIComponent(other.reviewId)}/decide`, { ...body, verdict }),
    ),
  );
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
});

test('a signal as typed into Temporal’s UI decides, and a malformed one is shown as not taken', async () => {
  const { tournamentId, reviewId } = await dispute();
  const handle = running.client.temporal.workflow.getHandle(reviewId);
  await handle.signal('decide', 'approve');
  await handle.signal('decide', { verdict: 'perhaps', reviewer: 'Ann', reason: 'x' });
  const state = await handle.query<Json>('state');
  expect(state.status).toBe('waiting');
  expect(state.refused.join('\n')).toContain('verdict is "perhaps"; accepted: approve, reject');
  const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
  expect(currentDetails).toContain('Not taken: answer is "approve"');
  expect(currentDetails).toContain('{"verdict": "approve"');
  await handle.signal('decide', { verdict: 'reject', reviewer: 'Ann', reason: 'by hand' });
  expect(await running.client.temporal.workflow.getHandle(tournamentId).result()).toMatchObject({
    status: 'decided',
    verdict: 'reject',
    confidence: 'reviewed',
  });
});

test('Temporal’s UI shows what a tournament and its review are about without opening a payload', async () => {
  const { tournamentId, reviewId } = await dispute({ default: 'approve' });
  const textOf = (payload: Payload | null | undefined) =>
    payload ? defaultPayloadConverter.fromPayload<string>(payload) : null;
  const look = async (id: string) => {
    const handle = running.client.temporal.workflow.getHandle(id);
    const { raw, typedSearchAttributes } = await handle.describe();
    const metadata = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    const { userMetadata } = raw.executionConfig ?? {};
    return {
      summary: textOf(userMetadata?.summary),
      details: textOf(userMetadata?.details),
      table: metadata.currentDetails,
      attributes: Object.fromEntries(
        typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]),
      ),
    };
  };
  // The row says that it waits a moment before the workflow goes on and says so too.
  const waiting = async (id: string): ReturnType<typeof look> => {
    const seen = await look(id);
    return seen.attributes.ConclaveStatus === 'waiting' ? seen : waiting(id);
  };
  expect(await waiting(tournamentId)).toMatchObject({
    summary: 'tournament · risk_review · 3 models',
    details: expect.stringContaining('a dispute waits 72 h, then approve'),
    table: expect.stringContaining('| local/one | answered |'),
    attributes: { ConclaveWorld: 'live' },
  });
  expect(await waiting(reviewId)).toMatchObject({
    summary: 'review · risk_review · approve or reject',
    details: `decides ${tournamentId}; without an answer in time: approve`,
    table: expect.stringContaining('| waiting | approve, reject | approve |'),
  });
  const { events } = await running.client.temporal.workflow.getHandle(tournamentId).fetchHistory();
  const summaries = (events ?? []).flatMap((event) =>
    event.activityTaskScheduledEventAttributes?.activityType?.name === 'callModel'
      ? [textOf(event.userMetadata?.summary)]
      : [],
  );
  expect(summaries.sort()).toEqual([...THREE].sort().map((model) => `risk_review · tournament · ${model}`));
});

test('an update with a wrong verdict is refused by the workflow itself', async () => {
  const { reviewId } = await dispute();
  const update = running.client.temporal.workflow
    .getHandle(reviewId)
    .executeUpdate('decide', { args: [{ verdict: 'maybe', reviewer: 'Ann', reason: 'x' }] });
  await expect(update).rejects.toMatchObject({
    cause: { message: 'verdict is "maybe"; accepted: approve, reject' },
  });
});

test('nobody in time gives the declared default, and says so to whoever comes late', async () => {
  answer(DISPUTED);
  runs += 1;
  const wish = {
    ...{ task: 'risk_review', prompt: `Shall we ship change ${runs}?`, models: THREE },
    ...{ timeout: '4s', default: 'approve' },
  };
  const started = await startTournament(running.client, wish, `dispute-${runs}`);
  // Nobody looks meanwhile: the wait may be over before a look.
  const result = await started.result();
  expect(result).toMatchObject({ status: 'defaulted', verdict: 'approve', confidence: 'default' });
  const late = await conclave(['review', 'reject', result.reviewId!, '--reason', 'late'], place);
  expect(late.code).not.toBe(0);
  expect(late.stderr).toContain('timed out at');
  expect(late.stderr).toContain('the declared default approve');
});

test('a substitute stands in for a failed model; without one two answers are abstained, never the default', async () => {
  answer(AGREED);
  const broken = (model: string) => ({ fault: 'bad_request' as const, match: { model }, times: 5 });
  provider.set({ queue: [broken('three')] });
  const stoodIn = (await tournament()).json<Json>();
  expect(stoodIn).toMatchObject({ status: 'agreed', verdict: 'reject' });
  expect(stoodIn.members[2]).toMatchObject({ model: 'local/four', standsInFor: 'local/three' });
  provider.set({ queue: [broken('three'), broken('four')] });
  const { json } = await tournament(['--default', 'approve']);
  provider.set({ queue: [] });
  const document = json<Json>();
  expect(document).toMatchObject({ status: 'abstained', verdict: null, confidence: null, reviewId: null });
  expect(document.why.join(' ')).toContain('Partial: 2 of 3');
});

test('a budget that pays for nobody stops every call before it is sent', async () => {
  answer(AGREED);
  const price = {
    ...{ validFrom: '2020-01-01T00:00:00.000Z', inputPer1M: 1_000_000, outputPer1M: 1_000_000 },
    ...{ cachedInputPer1M: null, cacheWritePer1M: null, longContext: null, source: 'test' },
  };
  await running.client.stores.registry.edit('local/one', (entry) => ({ ...entry, local: false, price }));
  const before = provider.calls().filter(({ model }) => model === 'one').length;
  const { code, json } = await tournament(['--budget-usd', '0.000001']);
  const document = json<Json>();
  expect(code).toBe(3);
  expect(document.members.find(({ model }: Json) => model === 'local/one').failure).toBe('budget');
  expect(provider.calls().filter(({ model }) => model === 'one')).toHaveLength(before);
  // Its cap ends a moment after its verdict is stored.
  await running.client.temporal.workflow.getHandle(document.tournamentId).result();
  expect(await running.client.stores.caps.limits()).toEqual([]);
});

test('models that are all refused for their key end the command with 4', async () => {
  answer(AGREED);
  provider.set({ mix: [{ fault: 'auth_echo', share: 1 }] });
  const { code, json } = await tournament();
  provider.set({ mix: [] });
  const failures = json<Json>().members.map(({ failure }: Json) => failure);
  expect([code, new Set(failures)]).toEqual([4, new Set(['auth'])]);
});

test('a cancelled tournament leaves no review behind that waits for nothing', async () => {
  const { tournamentId, reviewId } = await dispute();
  await running.client.temporal.workflow.getHandle(tournamentId).cancel();
  await running.client.temporal.workflow
    .getHandle(tournamentId)
    .result()
    .catch(() => undefined);
  expect((await running.client.stores.reviews.get(reviewId))?.status).toBe('cancelled');
  expect((await running.client.stores.tournaments.get(tournamentId))?.status).toBe('cancelled');
  const asked = provider.calls().length;
  const wish = { task: 'risk_review', prompt: `Shall we ship change ${runs}?`, models: THREE };
  const again = await startTournament(running.client, wish, `dispute-${runs}`);
  expect(again.tournamentId).toBe(tournamentId);
  await expect(again.result()).rejects.toThrow(
    /is cancelled; accepted: the same wish under a new request key/,
  );
  expect(provider.calls()).toHaveLength(asked);
});

describe('what is wrong is said alike by command and by API', () => {
  const good = { task: 'risk_review', prompt: 'Ship?', models: THREE };
  const flagsOf = (wish: Readonly<Record<string, Json>>): string[] =>
    Object.entries(wish).flatMap(([name, value]) => [
      `--${name.replace('budgetUsd', 'budget-usd')}`,
      Array.isArray(value) ? value.join(',') : value,
    ]);
  test.each([
    ['an unknown task', { task: 'juggling' }, 'task "juggling" is not known; accepted:'],
    ['no prompt', { prompt: ' ' }, 'prompt is empty; accepted: a task in words'],
    [
      'two models',
      { models: ['one', 'two'] },
      'models is ["one","two"]; accepted: 3 or more different models',
    ],
    ['an unknown model', { models: [...THREE.slice(1), 'none'] }, 'model "none" is not in the registry'],
    ['one verdict', { options: ['approve'] }, 'options is ["approve"]; accepted: 2 to 8'],
    ['a default that is no verdict', { default: 'maybe' }, 'default is "maybe"; accepted: approve, reject'],
    ['a time without a unit', { timeout: '3' }, 'timeout is "3"; accepted: such as 90s, 30m, 12h or 3d'],
    ['a negative budget', { budgetUsd: '-1' }, 'budgetUsd is "-1"; accepted: US dollars'],
  ])('%s', async (_title, changes, message) => {
    const wish = { ...good, ...changes };
    const byApi = await send('POST', '/tournaments', wish);
    expect([byApi.status, byApi.json.detail]).toEqual([400, expect.stringContaining(message)]);
    const byCommand = await conclave(['tournament', ...flagsOf(wish)], place);
    expect([byCommand.code, byCommand.stdout]).toEqual([2, '']);
    expect(byCommand.stderr).toContain(byApi.json.detail);
  });

  test('an unknown review, and a decision without a reason', async () => {
    expect((await send('GET', '/reviews/none')).status).toBe(404);
    expect((await conclave(['review', 'show', 'none'], place)).stderr).toContain(
      'review "none" is not known',
    );
    const { reviewId } = await dispute();
    const byApi = await send('POST', `/reviews/${encodeURIComponent(reviewId)}/decide`, {
      verdict: 'approve',
      reviewer: 'Ann',
      reason: ' ',
    });
    expect([byApi.status, byApi.json.detail]).toEqual([
      400,
      'reason is " "; accepted: why, in up to 2000 characters',
    ]);
    const byCommand = await conclave(['review', 'approve', reviewId, '--reason', ' '], place);
    expect([byCommand.code, byCommand.stderr]).toEqual([2, expect.stringContaining(byApi.json.detail)]);
  });
});

test('the list and the document of the API hold what the command shows', async () => {
  const listed = await send('GET', '/tournaments?limit=3');
  expect(listed.json.tournaments).toHaveLength(3);
  const one = await send(
    'GET',
    `/tournaments/${encodeURIComponent(listed.json.tournaments[0].tournamentId)}`,
  );
  expect(one.json).toEqual(listed.json.tournaments[0]);
  expect((await send('GET', '/tournaments/none')).status).toBe(404);
  const all = await send('GET', '/reviews?status=all');
  expect(new Set(all.json.reviews.map(({ status }: Json) => status))).toContain('timed_out');
});

test('a decision is followed while its members are asked, and says at last what it says ever after', async () => {
  // The forecasts alone: research that is slow as well would only make the test longer.
  const match = { promptIncludes: 'You estimate the probability that one statement comes true' };
  provider.set({
    answers: [],
    mix: [{ fault: 'slow_headers', share: 1, match, settings: { everyMs: 8_000 } }],
  });
  const { json } = await send('POST', '/decisions', { symbol: 'EXPS', world: 'synthetic', stakeUsd: '25' });
  const path = `/decisions/${encodeURIComponent(json.decisionId)}`;
  const followed = await streamed(path, null, Number.POSITIVE_INFINITY);
  provider.set({ mix: [] });
  const stored = (await running.client.stores.decisions.get(json.decisionId))!;
  const end = {
    ...{ decisionId: stored.id, stage: stored.stage, final: true, status: 'decided' },
    probability: stored.probability,
  };
  expect(followed.at(-1)).toMatchObject({ id: null, event: 'end', data: end });
  const states = followed.slice(0, -1);
  expect(new Set(states.map(({ event }) => event))).toEqual(new Set(['progress']));
  const asking = states.flatMap(({ data }) => data.members.map((member: Json) => member.status));
  expect(asking).toEqual(expect.arrayContaining(['asking']));
  expect(await streamed(path, null, Number.POSITIVE_INFINITY)).toMatchObject([{ event: 'end', data: end }]);
  for (const unknown of ['decision:none', 'none', 'panel:none'])
    expect((await send('GET', `/decisions/${unknown}/stream`)).status).toBe(404);
});

describe('experiments on live decisions', () => {
  const decide = async (symbol: string): Promise<string> => {
    const started = await send('POST', '/decisions', { symbol, world: 'synthetic', stakeUsd: '25' });
    const id = started.json.decisionId as string;
    await running.client.temporal.workflow.getHandle(id).result();
    return id;
  };

  test('a decision that has ended is attached to by its key, and nobody is asked again', async () => {
    provider.set({ answers: [] });
    const id = await decide('EXPZ');
    const asked = provider.calls().length;
    const { input } = (await running.client.temporal.workflow.getHandle(id).fetchHistory()).events![0]!
      .workflowExecutionStartedEventAttributes!;
    const given = defaultPayloadConverter.fromPayload<DecisionInput>(input!.payloads![0] as Payload);
    const key = id.slice(`decision:${given.subject}:`.length);
    const again = await startDecision(running.client, given, key);
    const result = await again.result();
    expect(result.decisionId).toBe(id);
    expect(await again.early()).toMatchObject({ final: true, probability: result.probability });
    expect(provider.calls()).toHaveLength(asked);
  });

  const create = async (wish: Readonly<Record<string, Json>>): Promise<Json> => {
    const created = await send('POST', '/experiments', { name: 'test', world: 'synthetic', ...wish });
    expect([created.status, created.json.detail]).toEqual([201, undefined]);
    return created.json;
  };
  const status = async (id: string): Promise<Json> =>
    (await send('GET', `/experiments/${encodeURIComponent(id)}`)).json;
  const stop = (id: string): Promise<Json> =>
    send('POST', `/experiments/${encodeURIComponent(id)}/stop`, { reason: 'the test is over' });

  test('both arms answer a decision’s question, members for nothing, and an outcome scores them', async () => {
    const byBaseRates = { p_yes: 0.333, reasons: ['r'], key_risks: ['k'] };
    provider.set({ answers: [{ match: { promptIncludes: 'what base rates say' }, answer: byBaseRates }] });
    const models = await create({ kind: 'model', a: THREE[1], b: THREE[2], budgetUsd: '1' });
    const prompts = await create({
      ...{ kind: 'prompt', a: 'default', model: THREE[1], budgetUsd: '1' },
      b: 'You estimate a probability. Answer with what base rates say and nothing else.',
    });
    const strategies = await create({ kind: 'strategy', a: 'weighted_vote', b: 'consensus' });
    const decisionId = await decide('EXPA');
    await running.client.temporal.workflow.getHandle(`arms:${decisionId}`).result();

    const decision = (await running.client.stores.decisions.get(decisionId))!;
    const said = (model: string) => decision.members.find((member) => member.model === model)?.probability;
    const [pair] = await running.client.stores.experiments.pairsOf(models.experimentId);
    expect(pair).toMatchObject({ probabilityA: said(THREE[1]!), probabilityB: said(THREE[2]!) });
    const [worded] = await running.client.stores.experiments.pairsOf(prompts.experimentId);
    expect(worded).toMatchObject({ probabilityA: said(THREE[1]!), probabilityB: byBaseRates.p_yes });
    // Only the other wording had to be asked.
    const sent = provider.calls().map(({ callKey }) => callKey);
    expect(sent.filter((key) => key.startsWith('arms:'))).toEqual([
      expect.stringContaining(`/${prompts.experimentId}/b/`),
    ]);

    await recordOutcomes(
      running.client,
      'synthetic',
      [
        {
          ...{ propositionId: pair!.propositionId, action: 'enter', yes: true, resolvedAt: null },
          ...{ source: 'test', reason: 'test' },
        },
      ],
      'experiment-outcome',
    );
    // Scored at once; it counts as a block when no more questions can join it.
    expect(await status(models.experimentId)).toMatchObject({
      ...{ status: 'running', asked: 1, answered: 1, scored: 1, blocks: 0 },
      ...{ better: 'undecided', low: -1, high: 1, costUsd: '0.000000' },
    });
    expect(await status(strategies.experimentId)).toMatchObject({ asked: 1 });
    await recordOutcomes(
      running.client,
      'synthetic',
      [
        {
          ...{ propositionId: pair!.propositionId, action: 'void', yes: null, resolvedAt: null },
          ...{ source: 'test', reason: 'no such question' },
        },
      ],
      'experiment-void',
    );
    expect(await running.client.stores.experiments.pairsOf(models.experimentId)).toMatchObject([
      { yes: null, lapsed: true },
    ]);
    for (const { experimentId } of [models, prompts, strategies])
      expect((await stop(experimentId)).status).toBe(200);
  });

  test('a budget that does not pay for both arms ends it before anyone is asked', async () => {
    // The first model has a price since the test of a tournament's budget.
    const experiment = await create({
      kind: 'prompt',
      a: 'default',
      b: 'Other words.',
      model: THREE[0],
      budgetUsd: '0.000001',
    });
    await decide('EXPB');
    expect(await status(experiment.experimentId)).toMatchObject({
      status: 'budget_reached',
      asked: 0,
      note: 'the budget does not pay for both arms any more',
    });
    // Arms that are under way stay under their budget, also after the end.
    expect((await stop(experiment.experimentId)).status).toBe(200);
    expect(await running.client.stores.caps.limits()).toContainEqual({
      ...{ scope: 'decision', key: experiment.experimentId, limitMicroUsd: 1, policy: 'stop' },
    });
  });

  test('stopping keeps the reason, and a second stop and a stop without a reason are refused', async () => {
    const { experimentId } = await create({ kind: 'strategy', a: 'weighted_vote', b: 'cascade' });
    const without = await conclave(['experiment', 'stop', experimentId, '--reason', ' '], place);
    expect([without.code, without.stderr]).toEqual([
      2,
      expect.stringContaining('; accepted: why it is stopped'),
    ]);
    const stopped = await conclave(
      ['experiment', 'stop', experimentId, '--reason', 'enough', '--json'],
      place,
    );
    expect(stopped.json()).toMatchObject({ status: 'stopped', note: 'enough' });
    const again = await stop(experimentId);
    expect([again.status, again.json.detail]).toEqual([400, expect.stringContaining('is stopped since')]);
    const listed = await conclave(['experiment', 'list'], place);
    expect(listed.stdout).toContain(`${experimentId}  test: stopped`);
  });

  test.each([
    ['an unknown kind', { kind: 'colour' }, 'kind is "colour"; accepted: strategy, model, tier, prompt'],
    ['an unknown strategy', { b: 'best' }, 'b is "best"; accepted: calibrated_confidence'],
    ['the same arm twice', { b: 'weighted_vote' }, 'b is "weighted_vote"; accepted: something other than a'],
    ['a budget for strategies', { budgetUsd: '5' }, 'budgetUsd is "5"; accepted for strategies: none'],
    ['no budget for models', { kind: 'model' }, 'budgetUsd is missing; accepted for a model'],
    [
      'a prompt without a model',
      { kind: 'prompt', budgetUsd: '1' },
      'model is missing; accepted for a prompt',
    ],
    [
      'a tier that is none',
      { kind: 'tier', budgetUsd: '1' },
      'a is "weighted_vote"; accepted: budget, balanced',
    ],
    ['an alpha of one', { alpha: 1 }, 'alpha is 1; accepted: a number above 0, at most 0.5'],
    ['another world', { world: 'replay:0' }, 'world is "replay:0"; accepted: live, synthetic'],
    ['no name', { name: ' ' }, 'name is " "; accepted: up to 100 characters'],
  ])('%s is refused alike by command and by API', async (_title, changes, message) => {
    const wish = { name: 'bad', kind: 'strategy', a: 'weighted_vote', b: 'consensus', ...changes };
    const byApi = await send('POST', '/experiments', wish);
    expect([byApi.status, byApi.json.detail]).toEqual([400, expect.stringContaining(message)]);
    const flags = Object.entries(wish).flatMap(([name, value]) => [
      `--${name.replace('budgetUsd', 'budget-usd')}`,
      String(value),
    ]);
    const byCommand = await conclave(['experiment', 'create', ...flags], place);
    expect([byCommand.code, byCommand.stdout]).toEqual([2, '']);
    expect(byCommand.stderr).toContain(byApi.json.detail);
  });
});

describe('single tasks', () => {
  const SUMMARY = 'A short text by the test’s model.';

  test('the desk’s pick does the task; a rating of the result moves the quality it has earned', async () => {
    provider.set({ answers: [{ match: {}, answer: SUMMARY }] });
    const asked = await conclave(
      ['ask', '--task', 'theme_analysis', '--tier', 'budget', 'Name the themes of this', '--json'],
      place,
    );
    const document = asked.json<Json>();
    expect(document).toMatchObject({ status: 'answered', tier: 'budget', text: SUMMARY, failure: null });
    expect(document.model).toMatch(/^local\//);
    expect(document.reason).toContain('free local model');
    const rated = await conclave(['ask', 'rate', document.runId, '9', '--note', 'to the point'], place);
    expect([rated.code, rated.stderr]).toEqual([0, '']);
    expect(await running.client.stores.ratings.list(document.model)).toEqual([
      expect.objectContaining({ task: 'theme_analysis', rating: 9, note: 'to the point' }),
    ]);
    const shown = await send('GET', `/tasks/${encodeURIComponent(document.runId)}`);
    // Why none answered is known to who waited for it alone.
    const { problem, ...stored } = document;
    expect([shown.json, problem]).toEqual([stored, null]);
    const described = await running.client.temporal.workflow.getHandle(document.runId).describe();
    expect(described.searchAttributes.ConclaveTier).toEqual(['budget']);
  });

  test('with ensemble_tasks on, several models do the task, each in a run of its own', async () => {
    provider.set({ answers: [{ match: {}, answer: SUMMARY }] });
    await running.client.stores.settings.set({
      ...{ key: 'ensemble_tasks', category: 'orchestrator', value: true },
    });
    const body = { task: 'theme_analysis', tier: 'budget', prompt: 'Name them side by side' };
    const { json } = await send('POST', '/tasks', body);
    await running.client.stores.settings.unset('ensemble_tasks');
    const runs: readonly Json[] = [json, ...json.others];
    expect(new Set(runs.map(({ model }) => model)).size).toBe(3);
    expect(new Set(runs.map(({ runId }) => runId)).size).toBe(3);
    for (const { text } of runs) expect(text).toBe(SUMMARY);
    // What one decision may cost holds for all of them together.
    const db = openDatabase(running.stack.databaseUrl, { poolSize: 1, applicationName: 'test' });
    const counted = await db.query(
      'select decision_id, count(*) as calls from ledger where starts_with(call_key, $1) group by decision_id',
      [json.runId],
    );
    await db.close();
    expect(counted).toEqual([{ decisionId: json.runId, calls: 3 }]);
    const alone = await send('POST', '/tasks', { ...body, prompt: 'Name them alone' });
    expect(alone.json.others).toBeUndefined();
  });

  test('another model stands in for one that fails, no dearer, and the same key attaches', async () => {
    provider.set({
      answers: [{ match: {}, answer: SUMMARY }],
      queue: [{ fault: 'bad_request', match: { model: 'two' }, times: 5 }],
    });
    await running.client.stores.settings.set({
      ...{ key: 'task_models', category: 'orchestrator', value: { theme_analysis: 'local/two' } },
    });
    const body = { task: 'theme_analysis', prompt: 'Name them again' };
    const key = { 'idempotency-key': 'ask-once' };
    const first = await send('POST', '/tasks', body, key);
    expect(first.json).toMatchObject({ status: 'answered', text: SUMMARY });
    expect(first.json.model).not.toBe('local/two');
    provider.set({ queue: [] });
    await running.client.stores.settings.unset('task_models');
    expect((await send('POST', '/tasks', body, key)).json).toEqual(first.json);
    await running.client.stores.settings.set({
      ...{ key: 'task_models', category: 'orchestrator', value: { theme_analysis: 'local/two' } },
    });
    // A request that was cut off before its answer was kept finds the run that has ended.
    const db = openDatabase(running.stack.databaseUrl, { poolSize: 1, applicationName: 'test' });
    await db.query(
      "update requests set status = 'open', result = null, ended_at = null where key = 'ask-once'",
    );
    await db.close();
    const asked = provider.calls().length;
    expect((await send('POST', '/tasks', body, key)).json).toEqual(first.json);
    expect(provider.calls()).toHaveLength(asked);
    await running.client.stores.settings.unset('task_models');
  });

  test.each([
    ['an unknown task', { task: 'juggling' }, 'task "juggling" is not known; accepted:'],
    ['no words', { prompt: '' }, 'prompt is empty; accepted: a task in words'],
    ['an unknown tier', { tier: 'best' }, 'tier is "best"; accepted: budget, balanced, premium'],
    ['an unknown model', { model: 'none' }, 'model "none" is not in the registry'],
    ['no tier where none is set', { tier: undefined }, 'task_models names no model for summary'],
  ])('%s is refused alike by command and by API', async (_title, changes, message) => {
    const { prompt, ...wish } = { task: 'summary', prompt: 'x', tier: 'budget', ...changes } as Json;
    const byApi = await send('POST', '/tasks', { prompt, ...wish });
    expect([byApi.status, byApi.json.detail]).toEqual([400, expect.stringContaining(message)]);
    const flags = Object.entries(wish).flatMap(([name, value]) => (value ? [`--${name}`, value] : []));
    const byCommand = await conclave(['ask', ...(flags as string[]), prompt], place);
    expect([byCommand.code, byCommand.stdout]).toEqual([2, '']);
    expect(byCommand.stderr).toContain(byApi.json.detail);
  });

  test('a rating out of range and a run that is not known are refused', async () => {
    const [run] = (await send('GET', '/tasks?limit=1')).json.tasks;
    const bad = await send('POST', `/tasks/${encodeURIComponent(run.runId)}/rate`, { rating: 11 });
    expect([bad.status, bad.json.detail]).toEqual([
      400,
      'rating is 11; accepted: a number from 0 (useless) to 10 (perfect)',
    ]);
    expect((await conclave(['ask', 'rate', run.runId, '11'], place)).stderr).toContain(bad.json.detail);
    expect((await send('POST', '/tasks/none/rate', { rating: 5 })).status).toBe(404);
  });
});

test('panels, tournaments and tasks say the mode they were made in', async () => {
  const { modes } = running.client.stores;
  await modes.override({ mode: 'degraded', reason: 'one is out', by: 'the test' });
  try {
    answer(AGREED);
    const made = 'Made in mode degraded: one is out';
    expect(JSON.parse((await tournament()).stdout).why[0]).toBe(made);
    const asked = await conclave(
      ['ask', '--task', 'theme_analysis', '--model', 'local/two', 'Themes?', '--json'],
      place,
    );
    expect(JSON.parse(asked.stdout).reason).toContain(`; ${made}`);
    const panel = await conclave(['panel', 'CCC', '--world', 'synthetic', '--json'], place);
    expect(JSON.parse(panel.stdout).notes).toContain(made);
  } finally {
    await modes.endOverride({ reason: 'the test is over', by: 'test' });
  }
});

test('afterwards no invariant is broken', async () => {
  const db = openDatabase(running.stack.databaseUrl, { poolSize: 1, applicationName: 'tournament-test' });
  expect(await findViolations(db, { drainSeconds: 0 })).toEqual([]);
  await db.close();
});
