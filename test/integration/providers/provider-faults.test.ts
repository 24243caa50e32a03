// Every provider kind against every fault of the test server, over real HTTP: each fault has its kind, none
// becomes an answer, and nothing secret is in what is thrown.

import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { FORECAST_FORM } from '../../../domain/research/answer-forms';
import { createProviders } from '../../../providers/create-providers';
import { type Completion, type Provider, ProviderFailure } from '../../../providers/port';
import { completionRequest, modelEntry } from '../../support/completion-request';
import { malformedReplyText } from '../../support/malformed-replies';
import type { Fault, FaultSettings } from '../../support/provider-server/faults';
import { type ProviderServer, startProviderServer } from '../../support/provider-server/provider-server';

const CANARY = 'sk-canary-4f1c9d7e-do-not-leak';
const PROMPT_CANARY = 'prompt-canary-77aa';

/** Every kind whose wire form the test server speaks; the others speak the form of `openai-compatible`. */
const MODEL_OF = {
  openai: 'gpt-4o-mini',
  anthropic: 'claude-3-5-haiku-latest',
  xai: 'grok-3-mini',
  deepseek: 'deepseek-chat',
  openrouter: 'qwen/qwen-turbo',
  'openai-compatible': 'mistral-small',
  ollama: 'llama3.2:3b',
};
type ProviderKind = keyof typeof MODEL_OF;
const PROVIDER_KINDS = Object.keys(MODEL_OF) as ProviderKind[];

const request = (kind: ProviderKind, changes = {}) =>
  completionRequest({
    model: modelEntry({ id: MODEL_OF[kind], provider: kind, providerModel: MODEL_OF[kind] }),
    prompt: { system: 'You forecast.', stable: `The brief. ${PROMPT_CANARY}`, question: 'Up in 5 days?' },
    schema: FORECAST_FORM,
    callKey: `key/${kind}`,
    limits: { deadlineMs: 60_000, maxOutputTokens: 400 },
    ...changes,
  });

let server: ProviderServer;
let providers: ReadonlyMap<string, Provider>;

beforeAll(async () => {
  server = await startProviderServer();
  providers = createProviders({
    hosted: PROVIDER_KINDS.map((kind) => ({
      name: kind,
      kind,
      baseUrl: `${server.as(kind)}${kind === 'ollama' ? '' : '/v1'}`,
      readKey: () => CANARY,
    })),
  });
});

afterAll(() => server.close());
beforeEach(() => {
  server.clear();
  server.set({ queue: [], mix: [], delayMs: 0, cachedShare: 0, reasoningTokens: 0, answers: [] });
});

const complete = (kind: ProviderKind, changes = {}): Promise<Completion> =>
  providers.get(kind)!.complete(request(kind, changes));

const everythingIn = (error: ProviderFailure): string =>
  `${error.message}\n${error.stack}\n${JSON.stringify(error)}\n${JSON.stringify(error.details)}\n${String(error.cause)}`;

const failWith = async (kind: ProviderKind, fault: Fault, settings: FaultSettings = {}, changes = {}) => {
  server.set({ queue: [{ fault, settings }] });
  const error = await complete(kind, changes).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ProviderFailure))
    throw new Error(`${kind} did not fail with ${fault}: ${String(error)}`);
  expect(everythingIn(error)).not.toContain(CANARY);
  expect(everythingIn(error)).not.toContain(PROMPT_CANARY);
  return error;
};

describe.each(PROVIDER_KINDS)('%s', (kind) => {
  it('answers a call whose key holds any letters, which reach it in ASCII', async () => {
    await complete(kind, { callKey: 'task:März\n💥/0' });
    expect(server.calls().map(({ callKey }) => callKey)).toEqual(['task:M%e4rz%a%1f4a5/0']);
  });

  it('answers with a validated forecast, usage, its ledger key in the header, and one request', async () => {
    const completion = await complete(kind);
    expect(completion.answer).toMatchObject({ p_yes: expect.any(Number), reasons: expect.any(Array) });
    const [call, ...more] = server.calls();
    expect(more).toEqual([]);
    expect(call).toMatchObject({ callKey: `key/${kind}`, model: MODEL_OF[kind], outcome: 'answered' });
    expect(completion.usage).toMatchObject({ input: call!.inputTokens, output: call!.outputTokens });
    expect(call!.prompt.roles[0]).toBe('system');
    expect(completion.latencyMs).toBeGreaterThanOrEqual(0);
    expect(completion.costMicroUsd).toBe(kind === 'ollama' ? 0 : null);
  });

  it.each([
    ['malformed_json', 'malformed'],
    ['html_page', 'malformed'],
    ['truncated_json', 'malformed'],
    ['malformed_answer', 'malformed'],
    ['wrong_types', 'malformed'],
    ['out_of_range', 'malformed'],
    ['not_a_number', 'malformed'],
    ['missing_field', 'malformed'],
    ['empty_answer', 'malformed'],
    ['empty_choices', 'malformed'],
    ['no_finish_reason', 'malformed'],
    ['cut_by_length', 'malformed'],
    ['huge_body', 'malformed'],
    ['error_in_200', 'unavailable'],
    ['auth_echo', 'auth'],
    ['forbidden', 'auth'],
    ['payment', 'auth'],
    ['rate_limited', 'rate_limited'],
    ['overloaded', 'unavailable'],
    ['server_error', 'unavailable'],
    ['bad_gateway', 'unavailable'],
    ['content_filter_400', 'refused_by_content_filter'],
    ['context_too_long', 'context_too_long'],
    ['bad_request', 'bad_request'],
    ['redirect', 'bad_request'],
    ['reset', 'unavailable'],
    ['reset_after_billing', 'unavailable'],
    ['cut_body', 'unavailable'],
  ] as const)('calls %s %s, after one request', async (fault, expected) => {
    const failure = await failWith(kind, fault);
    expect(failure.kind).toBe(expected);
    expect(failure.details.sent).toBe(true);
    expect(server.calls()).toHaveLength(1);
  });

  it('keeps the usage of billed answers that could not be used', async () => {
    for (const fault of ['malformed_answer', 'out_of_range', 'empty_choices', 'no_finish_reason'] as const) {
      const failure = await failWith(kind, fault);
      const call = server.calls().at(-1)!;
      expect(failure.details.usage).toMatchObject({ input: call.inputTokens, output: call.outputTokens });
    }
  });

  it('calls a deadline timed_out for a black hole, slow headers, a drip and a keep-alive drip', async () => {
    for (const fault of ['black_hole', 'slow_headers', 'drip', 'keep_alive_drip'] as const) {
      const startedAt = performance.now();
      const limits = { deadlineMs: 150, maxOutputTokens: 400 };
      const failure = await failWith(
        kind,
        fault,
        { everyMs: 20 + (fault === 'slow_headers' ? 5_000 : 0) },
        { limits },
      );
      expect(failure.kind).toBe('timed_out');
      expect(failure.details.sent).toBe(true);
      expect(performance.now() - startedAt).toBeLessThan(30_000);
    }
  });

  it('gives an answer without credible usage as one of unknown usage, never of none', async () => {
    // Anthropic's form demands a usage object, so that there only zeros can be met.
    for (const fault of kind === 'anthropic'
      ? (['zero_usage'] as const)
      : (['zero_usage', 'no_usage'] as const)) {
      server.set({ queue: [{ fault }] });
      expect((await complete(kind)).usage).toBeNull();
    }
  });

  it('is found well by a check that bills nothing, and not well once it is gone', async () => {
    const well = await providers.get(kind)!.check!(AbortSignal.timeout(30_000));
    expect(well.ok).toBe(true);
    expect(JSON.stringify(well)).not.toContain(CANARY);
    expect(server.calls()).toEqual([]);
    const gone = createProviders({
      hosted: [{ name: 'gone', kind, baseUrl: 'http://127.0.0.1:1/v1', readKey: () => CANARY }],
    });
    expect(await gone.get('gone')!.check!(AbortSignal.timeout(30_000))).toMatchObject({ ok: false });
  });

  it('passes a cancellation on to the server', async () => {
    server.set({ queue: [{ fault: 'black_hole' }] });
    const cancel = new AbortController();
    const ended = server.nextEnd();
    const pending = complete(kind, { signal: cancel.signal });
    await Promise.race([server.waitForCalls(1), pending]);
    cancel.abort(new Error(`reason ${CANARY}`));
    await expect(pending).rejects.toMatchObject({ kind: 'timed_out', message: 'cancelled' });
    expect((await ended).status).toBeNull();
  });
});

describe('content filters that answer 200', () => {
  it.each(['openai', 'anthropic', 'openai-compatible', 'openrouter', 'xai', 'deepseek'] as const)(
    'are refused_by_content_filter at %s, with usage',
    async (kind) => {
      const failure = await failWith(kind, 'content_filter');
      expect(failure.kind).toBe('refused_by_content_filter');
      expect(failure.details.usage).toBeDefined();
    },
  );
});

describe('the form of an answer', () => {
  const told = { p_yes: 0.31, reasons: ['the prompt named the fields'], key_risks: [] };
  const IN_WORDS = { promptIncludes: '"p_yes"' };
  const asked = () => server.calls().map(({ schemaName, outcome }) => [schemaName, outcome]);

  it('is said in the prompt where the server may not enforce it, and nowhere else', async () => {
    server.set({ answers: [{ match: IN_WORDS, answer: told }] });
    const said = await Promise.all(PROVIDER_KINDS.map(async (kind) => (await complete(kind)).answer));
    expect(PROVIDER_KINDS.filter((_kind, index) => isDeepStrictEqual(said[index], told))).toEqual([
      'deepseek',
      'openrouter',
      'openai-compatible',
    ]);
  });

  it.each(['openai-compatible', 'openrouter', 'openai', 'xai'] as const)(
    'is asked for in words where %s refuses a schema, from then on at once',
    async (kind) => {
      const own = createProviders({
        hosted: [{ name: kind, kind, baseUrl: `${server.as(kind)}/v1`, readKey: () => CANARY }],
      }).get(kind)!;
      const text = `This response_format type is unavailable now: ${CANARY}`;
      server.set({
        queue: [{ fault: 'bad_request', settings: { text } }],
        answers: [{ match: IN_WORDS, answer: told }],
      });
      expect((await own.complete(request(kind))).answer).toEqual(told);
      expect((await own.complete(request(kind))).answer).toEqual(told);
      expect(asked()).toEqual([
        ['forecast', 'bad_request'],
        ['', 'answered'],
        ['', 'answered'],
      ]);
      expect(new Set(server.calls().map(({ callKey }) => callKey)).size).toBe(1);
    },
  );

  it('that is refused in words too ends as it began, and is asked for by its schema again', async () => {
    const text = 'response_format: extra inputs are not permitted';
    server.set({ queue: [{ fault: 'bad_request', times: 2, settings: { text } }] });
    await expect(complete('openai-compatible')).rejects.toMatchObject({ kind: 'bad_request' });
    await complete('openai-compatible');
    expect(asked()).toEqual([
      ['forecast', 'bad_request'],
      ['', 'bad_request'],
      ['forecast', 'answered'],
    ]);
  });

  it('is read behind the thoughts that a server leaves in the answer', async () => {
    const text = `<think>\nMaybe {"p_yes": 0.9}.\n</think>\n${JSON.stringify(told)}`;
    server.set({ answers: [{ match: {}, answer: text }] });
    for (const kind of ['openai-compatible', 'ollama', 'deepseek'] as const)
      expect((await complete(kind)).answer).toEqual(told);
  });
});

describe('Retry-After', () => {
  it.each([
    [{}, 'rate_limited', undefined],
    [{ retryAfter: '7' }, 'rate_limited', 7_000],
    [{ retryAfterMs: '250' }, 'rate_limited', 250],
    [{ retryAfter: '-5' }, 'rate_limited', undefined],
    [{ retryAfter: 'soon' }, 'rate_limited', undefined],
    [{ retryAfter: '36000' }, 'rate_limited_too_long', 36_000_000],
    [{ retryAfter: '99999999999' }, 'rate_limited_too_long', 2_592_000_000],
  ] as const)('%j is %s', async (settings, expected, retryAfterMs) => {
    const failure = await failWith('openai', 'rate_limited', settings);
    expect(failure.kind).toBe(expected);
    expect(failure.details.retryAfterMs).toBe(retryAfterMs);
  });

  it('may be a date', async () => {
    const retryAfter = new Date(Date.now() + 30_000).toUTCString();
    const { details } = await failWith('anthropic', 'rate_limited', { retryAfter });
    expect(details.retryAfterMs).toBeGreaterThan(0);
    expect(details.retryAfterMs).toBeLessThanOrEqual(30_000);
  });
});

describe('errors inside a 200', () => {
  it('are classified by the status that the body names', async () => {
    expect((await failWith('openrouter', 'error_in_200', { status: 429 })).kind).toBe('rate_limited');
    expect((await failWith('openai-compatible', 'error_in_200', { status: 400 })).kind).toBe('bad_request');
  });
});

describe('usage and the cache', () => {
  it('counts cached input as part of the input, at every kind', async () => {
    server.set({ cachedShare: 0.5 });
    for (const kind of PROVIDER_KINDS.filter((one) => one !== 'ollama')) {
      const { usage } = await complete(kind);
      const call = server.calls().at(-1)!;
      expect([kind, usage]).toEqual([
        kind,
        expect.objectContaining({ input: call.inputTokens, cachedInput: call.cachedTokens }),
      ]);
      expect(call.cachedTokens).toBeGreaterThan(0);
    }
  });

  it('counts reasoning as part of the output', async () => {
    server.set({ reasoningTokens: 120 });
    expect((await complete('openai')).usage).toMatchObject({ reasoning: 120 });
  });

  it('marks the stable prefix for Anthropic and sends no mark elsewhere', async () => {
    await complete('anthropic');
    await complete('openai');
    expect(server.calls().map((call) => call.prompt.cacheMarked)).toEqual([true, false]);
  });
});

describe('a provider that is not there', () => {
  it('is unavailable, and known not to have been sent anything', async () => {
    const gone = await startProviderServer();
    await gone.close();
    for (const kind of PROVIDER_KINDS) {
      const provider = createProviders({
        hosted: [{ name: 'gone', kind, baseUrl: `${gone.url}/v1`, readKey: () => CANARY }],
      });
      await expect(provider.get('gone')!.complete(request(kind))).rejects.toMatchObject({
        kind: 'unavailable',
        details: { sent: false },
      });
    }
  });
});

describe('an https:// address of a server that speaks http', () => {
  it('is known not to have been sent anything', async () => {
    const plain = createProviders({
      hosted: PROVIDER_KINDS.map((kind) => ({
        name: kind,
        kind,
        baseUrl: `${server.as(kind).replace('http:', 'https:')}/v1`,
        readKey: () => CANARY,
      })),
    });
    for (const kind of PROVIDER_KINDS)
      await expect(plain.get(kind)!.complete(request(kind))).rejects.toMatchObject({
        kind: 'unavailable',
        message: expect.stringContaining('no TLS is spoken there'),
        details: { sent: false },
      });
    expect(server.calls()).toEqual([]);
  });
});

describe('keys', () => {
  it.each(['xai', 'google', 'openai-compatible'] as const)(
    'that are wrong are auth where %s says so with status 400',
    async (kind) => {
      const wrong = createProviders({
        hosted: [{ name: kind, kind, baseUrl: `${server.as(kind)}/v1`, readKey: () => CANARY }],
      });
      server.set({
        queue: [{ fault: 'bad_request', settings: { text: `Incorrect API key provided: ${CANARY}.` } }],
      });
      const failure = await wrong
        .get(kind)!
        .complete(request('openai-compatible'))
        .catch((thrown: ProviderFailure) => thrown);
      expect(failure).toMatchObject({ kind: 'auth', details: { status: 400 } });
      expect(everythingIn(failure as ProviderFailure)).not.toContain(CANARY);
    },
  );

  it('that are missing fail as auth before anything is sent', async () => {
    const bare = createProviders({
      hosted: [{ name: 'openai', kind: 'openai', baseUrl: `${server.url}/v1`, readKey: () => null }],
    });
    await expect(bare.get('openai')!.complete(request('openai'))).rejects.toMatchObject({
      kind: 'auth',
      details: { sent: false },
    });
    expect(server.calls()).toHaveLength(0);
  });

  it('with a line break never reach an error', async () => {
    const broken = createProviders({
      hosted: [
        { name: 'x', kind: 'openai', baseUrl: `${server.url}/v1`, readKey: () => `${CANARY}\r\nx: y` },
      ],
    });
    const error = await broken
      .get('x')!
      .complete(request('openai'))
      .catch((thrown: ProviderFailure) => thrown);
    expect(error).toMatchObject({ kind: 'auth' });
    expect(everythingIn(error as ProviderFailure)).not.toContain(CANARY);
  });
});

describe('Ollama', () => {
  it('discovers what is installed', async () => {
    const models = await providers.get('ollama')!.discover!(AbortSignal.timeout(30_000));
    expect(models.map((model) => model.id)).toEqual(['llama3.2:3b', 'mistral:7b']);
    expect(models[0]).toMatchObject({ local: true, statistical: false, keyName: null });
    expect(await providers.get('ollama')!.check!(AbortSignal.timeout(30_000))).toMatchObject({ ok: true });
  });
});

describe('configuration', () => {
  const build = (changes: object) => () =>
    createProviders({ hosted: [{ name: 'a', kind: 'openai', readKey: () => null, ...changes }] });
  it.each([
    [{ kind: 'openai-compatible' }, /base URL of provider "a"/],
    [{ baseUrl: 'ftp://x' }, /base URL of provider "a"/],
    [{ baseUrl: 'https://user:pass@x' }, /base URL of provider "a"/],
    [{ kind: 'bing' }, /kind "bing" of provider "a" is not known/],
    [{ name: 'house' }, /"house" is taken/],
  ])('%j is refused', (changes, message) => {
    expect(build(changes)).toThrow(message);
  });
});

// Older Claude models answer through a forced tool, whose input is an object by the time it is on the wire
// (a doubled key is gone); newer ones answer in text, where every malformed form can occur.
const NATIVE_JSON_CLAUDE = modelEntry({
  id: 'claude-sonnet-4-5',
  provider: 'anthropic',
  providerModel: 'claude-sonnet-4-5',
});

describe('generated malformed replies over the wire', () => {
  it('are malformed, every one of 300, and billed ones keep their usage', async () => {
    const texts = fc.sample(malformedReplyText, { numRuns: 300, seed: 11 });
    server.set({ queue: texts.map((text) => ({ fault: 'malformed_answer' as const, settings: { text } })) });
    for (const [index] of texts.entries()) {
      const kind = PROVIDER_KINDS[index % PROVIDER_KINDS.length]!;
      const changes = kind === 'anthropic' ? { model: NATIVE_JSON_CLAUDE } : {};
      const failure = await complete(kind, changes).catch((error: ProviderFailure) => error);
      expect(failure).toMatchObject({ kind: 'malformed', details: { sent: true, usage: expect.anything() } });
    }
  }, 60_000);
});

describe('a newer Claude model', () => {
  it('answers in its native JSON form', async () => {
    const { answer } = await complete('anthropic', { model: NATIVE_JSON_CLAUDE });
    expect(answer).toMatchObject({ p_yes: expect.any(Number), reasons: expect.any(Array) });
  });
});

describe('many at once', () => {
  it('are answered side by side, each with its own key in the log', async () => {
    server.set({ delayMs: 50 });
    const calls = Array.from({ length: 60 }, (_, index) =>
      complete(PROVIDER_KINDS[index % PROVIDER_KINDS.length]!, { callKey: `many/${index}` }),
    );
    await Promise.all(calls);
    expect(new Set(server.calls().map((call) => call.callKey)).size).toBe(60);
  });
});
