// Serves one call: chooses the fault whose turn it is, makes the deterministic answer, writes the bill.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerFor, fraction, probabilityFor } from './answers';
import type { CallLog, CallRecord } from './call-log';
import { SHOW_FAULT } from './fault-replies';
import {
  type Behaviour,
  type CallMatch,
  FAULTS,
  type Fault,
  type FaultSettings,
  isFault,
  type QueuedFault,
} from './faults';
import { replyBody, type WireCall, type WireReply } from './wire-formats';

/** Sends a JSON body. */
export const sendJson = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
};

const matches = (match: CallMatch | undefined, provider: string, call: WireCall): boolean =>
  (match?.provider === undefined || match.provider === provider) &&
  (match?.model === undefined || match.model === call.model) &&
  (match?.promptIncludes === undefined || call.prompt.includes(match.promptIncludes));

interface Chosen {
  readonly fault: Fault | null;
  readonly settings: FaultSettings;
}

export interface ServerState {
  behaviour: Behaviour;
  queue: { rule: QueuedFault; left: number }[];
  ordinal: number;
  readonly startedAt: string;
  readonly respond: (call: WireCall) => unknown;
  readonly log: CallLog;
  readonly timers: Set<NodeJS.Timeout>;
  readonly arrivals: Set<() => void>;
  readonly ends: Set<(record: CallRecord) => void>;
}

/** Changes behaviour; a new queue replaces the old one. @throws RangeError for an unknown fault */
export const setBehaviour = (state: ServerState, changes: Partial<Behaviour>): void => {
  for (const { fault } of [...(changes.queue ?? []), ...(changes.mix ?? [])])
    if (!isFault(fault))
      throw new RangeError(`fault "${fault}" is not known; accepted: ${Object.keys(FAULTS).join(', ')}`);
  state.behaviour = { ...state.behaviour, ...changes };
  if (changes.queue) state.queue = changes.queue.map((rule) => ({ rule, left: rule.times ?? 1 }));
};

/** The next queued fault that matches, else a seeded draw from the mix. */
const chooseFault = (state: ServerState, provider: string, call: WireCall): Chosen => {
  const queued = state.queue.find(({ rule, left }) => left > 0 && matches(rule.match, provider, call));
  if (queued) {
    queued.left -= 1;
    return { fault: queued.rule.fault, settings: queued.rule.settings ?? {} };
  }
  let draw = fraction(`${state.behaviour.seed}|${state.ordinal}`);
  for (const rule of state.behaviour.mix) {
    if (!matches(rule.match, provider, call)) continue;
    if (draw < rule.share) return { fault: rule.fault, settings: rule.settings ?? {} };
    draw -= rule.share;
  }
  return { fault: null, settings: {} };
};

const answerText = (state: ServerState, provider: string, call: WireCall): string => {
  const fixed = state.behaviour.answers.find(({ match }) => matches(match, provider, call));
  if (fixed) return typeof fixed.answer === 'string' ? fixed.answer : JSON.stringify(fixed.answer);
  const own = state.respond(call);
  if (own !== null) return JSON.stringify(own);
  const p = probabilityFor(call.model, call.prompt);
  const seed = `${call.model}|${call.prompt}`;
  if (!call.schema)
    return `Test server's free text for ${call.model}, number ${Math.floor(1000 * fraction(seed))}.`;
  return JSON.stringify(answerFor(call.schema, 'answer', seed, p));
};

const replyFor = (state: ServerState, provider: string, call: WireCall): WireReply => {
  const text = answerText(state, provider, call);
  const { cachedShare, charsPerToken, reasoningTokens } = state.behaviour;
  const input = Math.ceil(call.prompt.length / charsPerToken);
  const output = Math.ceil(text.length / charsPerToken) + reasoningTokens;
  const cached = call.api === 'ollama' ? 0 : Math.floor(input * cachedShare);
  return {
    text,
    finish: 'stop',
    usage: { input, cached, output, reasoning: reasoningTokens },
    noChoices: false,
  };
};

const billOf = ({ behaviour }: ServerState, call: WireCall, { usage }: WireReply): number => {
  const rates = behaviour.rates[call.model] ?? behaviour.rates.default!;
  if (!usage || call.api === 'ollama') return 0;
  const cachedRate = rates.cachedInputPer1M ?? rates.inputPer1M;
  const micro =
    (usage.input - usage.cached) * rates.inputPer1M +
    usage.cached * cachedRate +
    usage.output * rates.outputPer1M;
  return Math.ceil(micro / 1_000_000);
};

const endCall = (state: ServerState, id: string, changes: Partial<CallRecord>): void => {
  const open = state.log.get(id);
  if (!open || open.endedAt !== null) return;
  state.log.update(id, { ...changes, endedAt: new Date().toISOString() });
  const record = state.log.get(id)!;
  for (const tell of state.ends) tell(record);
};

const openCall = (state: ServerState, provider: string, call: WireCall, request: IncomingMessage): string => {
  state.ordinal += 1;
  const id = `${state.startedAt}-${state.ordinal}`;
  state.log.open({
    id,
    callKey: String(request.headers['x-conclave-call'] ?? ''),
    provider,
    api: call.api,
    model: call.model,
    schemaName: call.schemaName,
    receivedAt: new Date().toISOString(),
    endedAt: null,
    outcome: 'pending',
    billed: false,
    inputTokens: 0,
    cachedTokens: 0,
    outputTokens: 0,
    costMicroUsd: 0,
    status: null,
    prompt: { roles: call.roles, chars: call.prompt.length, cacheMarked: call.cacheMarked },
  });
  for (const tell of state.arrivals) tell();
  return id;
};

const keyOf = ({ headers }: IncomingMessage): string =>
  String(headers['x-api-key'] ?? headers.authorization ?? '').replace(/^Bearer /, '');

/** Runs once after so long, unless the client has gone by then. */
const laterFor =
  (state: ServerState, response: ServerResponse) =>
  (delayMs: number, run: () => void): void => {
    const timer = setTimeout(() => {
      state.timers.delete(timer);
      if (!response.destroyed) run();
    }, delayMs);
    state.timers.add(timer);
  };

const billChanges = (state: ServerState, call: WireCall, reply: WireReply): Partial<CallRecord> => ({
  inputTokens: reply.usage!.input,
  cachedTokens: reply.usage!.cached,
  outputTokens: reply.usage!.output,
  costMicroUsd: billOf(state, call, reply),
});

/** What one call needs from the server around it. */
export interface CallSite {
  readonly state: ServerState;
  readonly provider: string;
  readonly call: WireCall;
  readonly closeListener: (forMs: number) => void;
}

/** Logs the call, waits the delay, then answers or shows the fault whose turn it is. */
export const serveCall = (site: CallSite, request: IncomingMessage, response: ServerResponse): void => {
  const { state, provider, call, closeListener } = site;
  const id = openCall(state, provider, call, request);
  const { fault, settings } = chooseFault(state, provider, call);
  const reply = replyFor(state, provider, call);
  const later = laterFor(state, response);
  response.on('close', () => {
    const pending = state.log.get(id)?.outcome === 'pending';
    endCall(state, id, {
      ...(pending ? { outcome: 'abandoned' } : {}),
      status: response.headersSent ? response.statusCode : null,
    });
  });
  const run = (): void => {
    const billed = fault === null || FAULTS[fault];
    state.log.update(id, {
      outcome: fault ?? 'answered',
      billed,
      ...(billed ? billChanges(state, call, reply) : {}),
    });
    const named = { ...call, model: state.behaviour.servedAs[call.model] ?? call.model };
    if (fault === null) sendJson(response, 200, replyBody(named, id, reply));
    else
      SHOW_FAULT[fault]({
        id,
        call,
        reply,
        response,
        settings,
        sentKey: keyOf(request),
        later,
        closeListener,
      });
  };
  if (state.behaviour.delayMs > 0) later(state.behaviour.delayMs, run);
  else run();
};
