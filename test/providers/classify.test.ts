// The classification as a table: status and body in, kind out.
import * as fc from 'fast-check';
import { FAILURE_KINDS } from '../../domain/outage/failure';
import { classifyReply, classifyTransport, isGoodReply } from '../../providers/classify';
import { NO_USAGE } from '../../providers/port';

const NOW = Date.parse('2025-09-15T12:00:00Z');

const reply = (status: number, body: unknown, headers: Record<string, string> = {}) => ({
  status,
  header: (name: string) => headers[name],
  body: typeof body === 'string' ? body : JSON.stringify(body),
  latencyMs: 5,
});

const error = (code: string, message = '') => ({ error: { code, message, type: code } });

describe('a refusal by status and body', () => {
  it.each([
    [400, error('invalid_request_error', 'Unknown field'), 'bad_request'],
    [400, error('context_length_exceeded'), 'context_too_long'],
    [
      400,
      { type: 'error', error: { type: 'invalid_request_error', message: 'prompt is too long: 9 > 8' } },
      'context_too_long',
    ],
    [400, error('x', 'Input is too long for requested model.'), 'context_too_long'],
    [400, error('content_filter'), 'refused_by_content_filter'],
    [400, error('x', 'Your request was rejected by our safety system.'), 'refused_by_content_filter'],
    [403, error('x', 'Content violates usage guidelines.'), 'refused_by_content_filter'],
    [400, error('x', 'Your credit balance is too low'), 'auth'],
    [401, 'nonsense', 'auth'],
    [
      400,
      { code: 'Client specified an invalid argument', error: 'Incorrect API key provided: x***.' },
      'auth',
    ],
    [400, [{ error: { code: 400, message: 'API key not valid.', status: 'INVALID_ARGUMENT' } }], 'auth'],
    [400, [{ error: { code: 400, message: 'Unknown name.', status: 'INVALID_ARGUMENT' } }], 'bad_request'],
    [402, '', 'auth'],
    [403, '', 'auth'],
    [404, error('model_not_found'), 'bad_request'],
    [408, '', 'unavailable'],
    [413, '', 'context_too_long'],
    [422, '', 'bad_request'],
    [429, '', 'rate_limited'],
    [429, error('insufficient_quota', 'You exceeded your current quota'), 'auth'],
    [
      429,
      error(
        'RESOURCE_EXHAUSTED',
        'You exceeded your current quota, please check your plan and billing details',
      ),
      'rate_limited',
    ],
    [429, error('rate_limit', 'Too many tokens, please wait'), 'rate_limited'],
    [307, '', 'bad_request'],
    [500, error('x', 'maximum context service crashed'), 'unavailable'],
    [502, '<html>', 'unavailable'],
    [503, '', 'unavailable'],
    [529, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, 'unavailable'],
    [200, { error: { code: 429, message: 'slow down' } }, 'rate_limited'],
    [200, { error: { code: 502, message: 'upstream' } }, 'unavailable'],
    [200, { error: { code: 'rate_limit_exceeded', message: '' } }, 'rate_limited'],
    [200, { error: 'model requires more system memory' }, 'unavailable'],
  ])('%i %j is %s', (status, body, kind) => {
    expect(classifyReply(reply(status, body), NOW).kind).toBe(kind);
  });

  it('says nothing of what the body says', () => {
    const secret = 'sk-live-1234';
    const failure = classifyReply(reply(401, error('invalid_api_key', `bad key ${secret}`)), NOW);
    expect(`${failure.stack}${JSON.stringify(failure)}`).not.toContain(secret);
  });

  it('is known not to be billed for client errors, and unknown for server errors and time-outs of gateways', () => {
    expect(classifyReply(reply(429, ''), NOW).details.usage).toEqual(NO_USAGE);
    for (const status of [408, 500, 504])
      expect(classifyReply(reply(status, ''), NOW).details.usage).toBeUndefined();
  });

  it('always has a kind, whatever the status and body', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 999 }), fc.oneof(fc.string(), fc.json()), (status, body) => {
        const failure = classifyReply(reply(status, body), NOW);
        expect(FAILURE_KINDS).toContain(failure.kind);
        expect(failure.details.sent).toBe(true);
      }),
    );
  });
});

describe('Retry-After', () => {
  const wait = (headers: Record<string, string>, status = 429) => {
    const { kind, details } = classifyReply(reply(status, '', headers), NOW);
    return [kind, details.retryAfterMs];
  };
  it.each([
    [{}, ['rate_limited', undefined]],
    [{ 'retry-after': '2' }, ['rate_limited', 2_000]],
    [{ 'retry-after': '0.5' }, ['rate_limited', 500]],
    [{ 'retry-after': '1500ms' }, ['rate_limited', 1_500]],
    [{ 'retry-after-ms': '120.4' }, ['rate_limited', 121]],
    [{ 'retry-after': '3', 'retry-after-ms': '100' }, ['rate_limited', 3_000]],
    [{ 'retry-after': 'Mon, 15 Sep 2025 12:00:20 GMT' }, ['rate_limited', 20_000]],
    [{ 'retry-after': 'Mon, 15 Sep 2025 11:00:00 GMT' }, ['rate_limited', 0]],
    [{ 'retry-after': 'Mon, 15 Sep 2025 13:00:00 GMT' }, ['rate_limited_too_long', 3_600_000]],
    [{ 'retry-after': '60' }, ['rate_limited', 60_000]],
    [{ 'retry-after': '61' }, ['rate_limited_too_long', 61_000]],
    [{ 'retry-after': '36000' }, ['rate_limited_too_long', 36_000_000]],
    [{ 'retry-after': '1e99' }, ['rate_limited', undefined]],
    [{ 'retry-after': '-1' }, ['rate_limited', undefined]],
    [{ 'retry-after': 'never' }, ['rate_limited', undefined]],
    [{ 'retry-after': '' }, ['rate_limited', undefined]],
  ])('%j gives %j', (headers, expected) => {
    expect(wait(headers as Record<string, string>)).toEqual(expected);
  });

  it('is kept for an overloaded provider too', () => {
    expect(wait({ 'retry-after': '5' }, 529)).toEqual(['unavailable', 5_000]);
    expect(wait({ 'retry-after': '900' }, 503)).toEqual(['rate_limited_too_long', 900_000]);
    expect(wait({ 'retry-after': '7200' }, 502)).toEqual(['rate_limited_too_long', 7_200_000]);
    expect(wait({ 'retry-after': '7200' }, 401)).toEqual(['auth', 7_200_000]);
  });

  it('is never undercut', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_000_000 }), (seconds) => {
        const { details } = classifyReply(reply(429, '', { 'retry-after': String(seconds) }), NOW);
        expect(details.retryAfterMs).toBe(seconds * 1000);
      }),
    );
  });
});

describe('a connection', () => {
  const broken = (code: string) => Object.assign(new Error('secret detail'), { code });
  it.each([
    ['ECONNREFUSED', false],
    ['ENOTFOUND', false],
    ['UND_ERR_CONNECT_TIMEOUT', false],
    ['CERT_HAS_EXPIRED', false],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', false],
    ['SELF_SIGNED_CERT_IN_CHAIN', false],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', false],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', false],
    ['ERR_TLS_CERT_ALTNAME_INVALID', false],
    ['ERR_SSL_WRONG_VERSION_NUMBER', false],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', false],
    // The server says so after the client's first bytes of application data.
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', true],
    ['ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', true],
    ['ECONNRESET', true],
    ['UND_ERR_SOCKET', true],
  ])('that ends with %s has sent %s', (code, sent) => {
    const failure = classifyTransport(new TypeError('fetch failed', { cause: broken(code) }), 3);
    expect(failure).toMatchObject({ kind: 'unavailable', details: { sent } });
    expect(failure.message).not.toContain('secret');
  });

  it('that failed at several addresses is read from its parts', () => {
    const all = new AggregateError([broken('ECONNREFUSED'), broken('ECONNREFUSED')]);
    expect(classifyTransport(all, 1).details.sent).toBe(false);
  });
});

describe('a good reply', () => {
  it('has a 2xx and no error inside; an error that is null does not count', () => {
    expect(isGoodReply(reply(200, { error: null, output: [] }))).toBe(true);
    expect(isGoodReply(reply(200, { error: { message: 'x' } }))).toBe(false);
    expect(isGoodReply(reply(301, {}))).toBe(false);
  });
});
