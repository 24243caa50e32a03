// How each fault looks on the wire.
import type { ServerResponse } from 'node:http';
import type { Fault, FaultSettings } from './faults';
import { errorBody, replyBody, type WireCall, type WireReply } from './wire-formats';

export interface FaultContext {
  readonly id: string;
  readonly call: WireCall;
  readonly reply: WireReply;
  readonly response: ServerResponse;
  readonly settings: FaultSettings;
  /** The key the client sent, for the 401 that echoes it. */
  readonly sentKey: string;
  /** Runs after so long unless the client is gone by then. */
  readonly later: (delayMs: number, run: () => void) => void;
  readonly closeListener: (forMs: number) => void;
}

const HUGE_BODY_BYTES = 5 * 1024 * 1024;

const send = (
  { response }: FaultContext,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(text);
};

const sendReply = (context: FaultContext, changes: Partial<WireReply>): void =>
  send(context, 200, replyBody(context.call, context.id, { ...context.reply, ...changes }));

const sendText = (context: FaultContext, text: string): void =>
  sendReply(context, { text: context.settings.text ?? text });

const sendError = (
  context: FaultContext,
  status: number,
  type: string,
  message: string,
  headers = {},
): void =>
  send(context, context.settings.status ?? status, errorBody(context.call.api, type, message), headers);

/** Answer with the first number replaced, as JSON text. */
const withNumber = (text: string, literal: string): string =>
  /-?\d+(\.\d+)?/.test(text) ? text.replace(/(":)\s*-?\d+(\.\d+)?/, `$1${literal}`) : `{"p_yes":${literal}}`;

const drip = (context: FaultContext, pieces: string, everyMs: number, loop: boolean): void => {
  context.response.writeHead(200, { 'content-type': 'application/json' });
  const next = (at: number): void => {
    if (at >= pieces.length && !loop) {
      context.response.end();
      return;
    }
    context.response.write(pieces[at % pieces.length] ?? ' ');
    context.later(everyMs, () => next(at + 1));
  };
  next(0);
};

const retryHeaders = ({ settings }: FaultContext): Record<string, string> => ({
  ...(settings.retryAfter === undefined ? {} : { 'retry-after': settings.retryAfter }),
  ...(settings.retryAfterMs === undefined ? {} : { 'retry-after-ms': settings.retryAfterMs }),
});

const fullText = (context: FaultContext): string =>
  JSON.stringify(replyBody(context.call, context.id, context.reply));

/** What the server does for each fault; `refuse` also closes the listener, so that new connections fail. */
export const SHOW_FAULT: Readonly<Record<Fault, (context: FaultContext) => void>> = {
  refuse: (context) => {
    context.closeListener(context.settings.forMs ?? 1000);
    context.response.socket?.resetAndDestroy();
  },
  reset: ({ response }) => response.socket?.resetAndDestroy(),
  reset_after_billing: ({ response }) => response.socket?.resetAndDestroy(),
  black_hole: () => undefined,
  slow_headers: (context) => context.later(context.settings.everyMs ?? 30_000, () => sendReply(context, {})),
  drip: (context) => drip(context, fullText(context), context.settings.everyMs ?? 1000, false),
  keep_alive_drip: (context) => drip(context, '\n', context.settings.everyMs ?? 1000, true),
  truncated_json: (context) => {
    const text = fullText(context);
    send(context, 200, text.slice(0, Math.floor(text.length / 2)));
  },
  cut_body: (context) => {
    const text = fullText(context);
    context.response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length });
    context.response.write(text.slice(0, Math.floor(text.length / 2)));
    context.later(5, () => context.response.socket?.resetAndDestroy());
  },
  malformed_json: (context) => send(context, 200, context.settings.text ?? '{"id": "x", "choices": [oops'),
  html_page: (context) =>
    send(context, 200, '<html><body>Welcome to the gateway</body></html>', { 'content-type': 'text/html' }),
  malformed_answer: (context) => sendText(context, 'I think it is likely, but I cannot put it into JSON.'),
  wrong_types: (context) => sendText(context, '{"p_yes":"high","reasons":"many","key_risks":null}'),
  out_of_range: (context) => sendText(context, withNumber(context.reply.text, '1.7')),
  not_a_number: (context) => sendText(context, withNumber(context.reply.text, 'NaN')),
  missing_field: (context) => sendText(context, '{"reasons":["because"],"key_risks":["none"]}'),
  empty_answer: (context) => sendText(context, ''),
  empty_choices: (context) => sendReply(context, { noChoices: true }),
  no_finish_reason: (context) => sendReply(context, { finish: null }),
  cut_by_length: (context) =>
    sendReply(context, {
      finish: 'length',
      text: context.reply.text.slice(0, context.reply.text.length / 2),
    }),
  zero_usage: (context) => sendReply(context, { usage: { input: 0, cached: 0, output: 0, reasoning: 0 } }),
  no_usage: (context) => sendReply(context, { usage: null }),
  error_in_200: (context) =>
    send(context, 200, {
      error: {
        message: context.settings.text ?? 'Upstream is overloaded',
        code: context.settings.status ?? 502,
      },
    }),
  huge_body: (context) =>
    send(context, 200, `${fullText(context).slice(0, -1)},"pad":"${'x'.repeat(HUGE_BODY_BYTES)}"}`),
  auth_echo: (context) =>
    sendError(
      context,
      401,
      'invalid_api_key',
      `Incorrect API key provided: ${context.sentKey}. Find yours at the console.`,
    ),
  forbidden: (context) => sendError(context, 403, 'permission_error', 'Your key may not use this model.'),
  payment: (context) => sendError(context, 402, 'insufficient_quota', 'Insufficient credits.'),
  rate_limited: (context) =>
    sendError(context, 429, 'rate_limit_error', 'Too many requests.', retryHeaders(context)),
  overloaded: (context) => sendError(context, 529, 'overloaded_error', 'Overloaded', retryHeaders(context)),
  server_error: (context) => sendError(context, 500, 'server_error', 'The server had an error.'),
  bad_gateway: (context) => send(context, 502, '<html>Bad gateway</html>', { 'content-type': 'text/html' }),
  content_filter: (context) => sendReply(context, { finish: 'content_filter', text: '' }),
  content_filter_400: (context) =>
    sendError(
      context,
      400,
      'content_filter',
      'The response was filtered due to the content management policy.',
    ),
  context_too_long: (context) =>
    context.call.api === 'messages'
      ? sendError(context, 400, 'invalid_request_error', 'prompt is too long: 250000 tokens > 200000 maximum')
      : sendError(
          context,
          400,
          'context_length_exceeded',
          "This model's maximum context length is 128000 tokens.",
        ),
  bad_request: (context) =>
    sendError(context, 400, 'invalid_request_error', context.settings.text ?? 'Unknown parameter.'),
  redirect: (context) =>
    send(context, 307, '', { location: context.settings.location ?? 'http://127.0.0.1:9/elsewhere' }),
};
