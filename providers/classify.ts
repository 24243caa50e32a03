// The one place where a provider's refusal becomes a failure kind. It reads status, headers and body, and
// says what happened in words of its own: nothing of the body is ever quoted, as it may echo keys or prompts.
import type { FailureKind } from '../domain/outage/failure';
import { NO_USAGE, ProviderFailure, type TokenUsage } from './port';
import { RETRY_AFTER_CAP_MS, readRetryAfterMs } from './retry-after';
import { readUsage } from './usage';

/** What came over the wire, whole. */
export interface WireReply {
  readonly status: number;
  readonly header: (name: string) => string | null | undefined;
  readonly body: string;
  readonly latencyMs: number;
}

interface BodyError {
  /** Codes and types, lower case. */
  readonly codes: readonly string[];
  readonly message: string;
  /** A status inside the body (OpenRouter), or null. */
  readonly status: number | null;
}

type Json = Readonly<Record<string, unknown>>;
const object = (value: unknown): Json | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;

/** Google wraps its error in a list of one. */
const parsed = (body: string): Json | null => {
  try {
    const value: unknown = JSON.parse(body);
    return object(Array.isArray(value) && value.length === 1 ? value[0] : value);
  } catch {
    return null;
  }
};

/** The `error` of a body in any of the providers' forms; null when the body reports none. */
const readBodyError = (body: string): BodyError | null => {
  const reply = parsed(body);
  const error = reply?.error;
  if (error === undefined || error === null || error === false) return null;
  const fields = object(error) ?? {};
  const codes = [fields.code, fields.type, fields.status, reply!.code]
    .filter((code) => typeof code === 'string')
    .map((code) => code.toLowerCase());
  const status = [fields.code, fields.status].map(Number).find((code) => code >= 400 && code <= 599);
  const message =
    typeof error === 'string' ? error : typeof fields.message === 'string' ? fields.message : '';
  return { codes, message: message.toLowerCase(), status: status ?? null };
};

const CONTEXT =
  /context.?length|context window|prompt is too long|maximum context|too many (input )?tokens|input is too long|exceeds? the (context|maximum (number of )?(input )?tokens)/;
const FILTER =
  /content.?(filter|policy|management policy|moderation)|responsible.?ai|flagged|safety (system|policy|filter)|usage guidelines/;
const NO_CREDIT = /insufficient.?(quota|credit|balance|funds)|credit balance/;
/** Google tells everyone who is too fast to check "plan and billing details", so this says nothing beside a 429. */
const BILLING = /billing/;
/** xAI and Google refuse a wrong key with 400. */
const WRONG_KEY = /(incorrect|invalid) api.?key|api.?key (is )?(not valid|not found|invalid|expired)/;

const says = (error: BodyError | null, pattern: RegExp): boolean =>
  error !== null && (error.codes.some((code) => pattern.test(code)) || pattern.test(error.message));

const hasCode = (error: BodyError | null, ...codes: readonly string[]): boolean =>
  error?.codes.some((code) => codes.includes(code)) ?? false;

const STATUS_KINDS: Readonly<Record<number, FailureKind>> = {
  401: 'auth',
  402: 'auth',
  403: 'auth',
  408: 'unavailable',
  409: 'unavailable',
  413: 'context_too_long',
  425: 'unavailable',
  429: 'rate_limited',
};

const kindByStatus = (status: number): FailureKind =>
  STATUS_KINDS[status] ?? (status >= 500 ? 'unavailable' : 'bad_request');

const kindByCode = (error: BodyError | null): FailureKind | null => {
  if (hasCode(error, 'rate_limit_error', 'rate_limit_exceeded', 'resource_exhausted')) return 'rate_limited';
  if (hasCode(error, 'authentication_error', 'invalid_api_key', 'permission_error')) return 'auth';
  if (hasCode(error, 'overloaded_error', 'server_error', 'api_error')) return 'unavailable';
  return hasCode(error, 'invalid_request_error', 'invalid_prompt') ? 'bad_request' : null;
};

/** The kind of a refusal, before its Retry-After is looked at. A 2xx here is one with an error inside. */
const kindOf = (status: number, error: BodyError | null): FailureKind => {
  if (status === 429) return says(error, NO_CREDIT) ? 'auth' : 'rate_limited';
  const refusable = status < 500 && status !== 401;
  if (refusable && says(error, CONTEXT)) return 'context_too_long';
  if (refusable && says(error, FILTER)) return 'refused_by_content_filter';
  if (refusable && [NO_CREDIT, BILLING, WRONG_KEY].some((words) => says(error, words))) return 'auth';
  if (status >= 300) return kindByStatus(status);
  return kindByCode(error) ?? 'unavailable';
};

const WORDS: Readonly<Partial<Record<FailureKind, string>>> = {
  rate_limited: 'the provider limits the rate',
  rate_limited_too_long: 'the provider asks for a longer wait than is allowed',
  unavailable: 'the provider had an error or is overloaded',
  auth: 'the provider refused the key, its rights or its credit',
  bad_request: 'the provider refused the request as invalid',
  context_too_long: 'the prompt is longer than the model reads',
  refused_by_content_filter: 'the content filter refused',
};

/**
 * Client errors and overload replies are not billed, so their usage is known to be none. What a 5xx or a
 * content filter did before it gave up is unknown, and so is what became of a request that a gateway waited too
 * long for (408).
 */
const knownUsage = (kind: FailureKind, status: number, body: string): TokenUsage | undefined => {
  const told = readUsage(body);
  if (told) return told;
  const unbilled = (status >= 400 && status < 500 && status !== 408) || status === 529;
  return unbilled && kind !== 'refused_by_content_filter' ? NO_USAGE : undefined;
};

/** @returns the failure of a reply with an error status, or of a 2xx that carries an error. */
export const classifyReply = (reply: WireReply, nowMs: number): ProviderFailure => {
  const error = readBodyError(reply.body);
  const status = reply.status < 300 && error?.status ? error.status : reply.status;
  const retryAfterMs = readRetryAfterMs(reply.header, nowMs);
  const first = kindOf(status, error);
  const tooLong =
    retryAfterMs !== null &&
    retryAfterMs > RETRY_AFTER_CAP_MS &&
    (first === 'rate_limited' || first === 'unavailable');
  const kind = tooLong ? 'rate_limited_too_long' : first;
  const usage = knownUsage(kind, status, reply.body);
  return new ProviderFailure(kind, `${WORDS[kind] ?? kind} (status ${status})`, {
    status,
    sent: true,
    latencyMs: reply.latencyMs,
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
    ...(usage ? { usage } : {}),
  });
};

/** True when a reply may go on to be read as an answer. */
export const isGoodReply = ({ status, body }: WireReply): boolean =>
  status >= 200 && status < 300 && readBodyError(body) === null;

/** Errors of a connection that was never made: the request cannot have been billed. */
const NO_CONNECTION = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_INVALID_ARG',
  'UND_ERR_PRX_TLS',
]);

/** A certificate that was refused: the handshake carries no request. The codes of node:tls for X.509 errors. */
const UNTRUSTED =
  /^(CERT_|CRL_|UNABLE_TO_(GET|VERIFY|DECRYPT|DECODE)_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_CERT_|(INVALID_(CA|PURPOSE)|HOSTNAME_MISMATCH|PATH_LENGTH_EXCEEDED)$)/;

/** No TLS at all, or none that both sides speak. Others of ERR_SSL_ may come once the request is on its way. */
const NO_TLS =
  /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNSUPPORTED_PROTOCOL|\w+_ALERT_(PROTOCOL_VERSION|HANDSHAKE_FAILURE))$/;

interface CodedError {
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

/** Codes of an error, its causes and its parts; by shape, as errors may come from another realm. */
const codesOf = (error: unknown, depth = 0): readonly string[] => {
  if (typeof error !== 'object' || error === null || depth > 5) return [];
  const { code, cause, errors } = error as CodedError;
  const parts = Array.isArray(errors) ? errors : [];
  return [
    ...(typeof code === 'string' ? [code] : []),
    ...[cause, ...parts].flatMap((part) => codesOf(part, depth + 1)),
  ];
};

/** The library's words for a proxy that opens no way; they come under the code of any call that was broken off. */
const PROXY_REFUSED = /^Proxy response \((\d{3})\) !== 200 when HTTP Tunneling$/;

const proxyRefusal = (error: unknown, depth = 0): string | null => {
  if (typeof error !== 'object' || error === null || depth > 5) return null;
  const { message, cause } = error as { readonly message?: unknown; readonly cause?: unknown };
  const status = typeof message === 'string' ? PROXY_REFUSED.exec(message)?.[1] : undefined;
  return status
    ? `the proxy of HTTPS_PROXY or HTTP_PROXY opened no connection (status ${status})`
    : proxyRefusal(cause, depth + 1);
};

const brokenBefore = (codes: readonly string[]): string | null => {
  if (codes.some((code) => UNTRUSTED.test(code)))
    return 'its certificate is not trusted; name its authority in NODE_EXTRA_CA_CERTS';
  if (codes.some((code) => NO_TLS.test(code))) return 'no TLS is spoken there; is its address http://?';
  return codes.some((code) => NO_CONNECTION.has(code)) ? 'no connection could be made' : null;
};

/** @returns the failure of a connection that was refused, reset or could not be made. */
export const classifyTransport = (error: unknown, latencyMs: number): ProviderFailure => {
  const codes = codesOf(error);
  const neverSent = proxyRefusal(error) ?? brokenBefore(codes);
  const code = codes.find((one) => /^[A-Z0-9_]{3,40}$/.test(one));
  const what = neverSent ?? 'the connection broke before the reply was complete';
  const details = { sent: neverSent === null, latencyMs };
  return new ProviderFailure('unavailable', code ? `${what} (${code})` : what, details);
};
