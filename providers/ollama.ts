// Local models served by Ollama: finds what is installed and asks through its native chat endpoint, whose
// `format` takes a JSON Schema.
import { isProblem } from '../domain/research/answer-forms';
import type { ModelEntry } from '../domain/selection/model';
import { readAnswerText } from './answer-text';
import { isEmbedder, type ListedModel } from './embedding-models';
import { createAgent, cutAnswer, type Exchange, malformed, openExchange } from './exchange';
import { checkedBaseUrl } from './hosted';
import {
  type Completion,
  type CompletionRequest,
  type Provider,
  type ProviderCheck,
  ProviderFailure,
} from './port';
import { readUsage } from './usage';

export interface OllamaProviderOptions {
  readonly name: string;
  /** Default `http://127.0.0.1:11434`. */
  readonly baseUrl?: string;
}

const DEFAULT_BASE_URL = 'http://127.0.0.1:11434';
const DISCOVERY_DEADLINE_MS = 3_000;
/** Characters per token, low on purpose: Ollama silently cuts a prompt that its window does not hold. */
const CHARS_PER_TOKEN = 3;
/** What Ollama calls the context of a model it does not say more about. */
const DEFAULT_CONTEXT_TOKENS = 32_768;

type Json = Readonly<Record<string, unknown>>;
const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};

const parsed = (body: string, exchange: Exchange): Json => {
  try {
    return object(JSON.parse(body));
  } catch {
    throw malformed('the reply is not JSON', exchange);
  }
};

/** Billions of parameters of `3.2B` or `270M`; 0 when unknown. */
const billions = (size: unknown): number => {
  const match = /^(\d+(?:\.\d+)?)\s*([BM])/i.exec(String(size ?? ''));
  return match ? Number(match[1]) / (match[2]!.toUpperCase() === 'M' ? 1000 : 1) : 0;
};

/** Seed quality by size, until the record says better: a 3B model is a 5, a 70B an 8. */
const seedQuality = (size: number): number => {
  if (size <= 0) return 5;
  return Math.min(8, Math.round(10 * (4 + Math.log2(1 + size) * 0.65)) / 10);
};

const nameOf = (model: Json): string => String(model.name ?? model.model ?? '');

const listedOf = (model: Json): ListedModel => {
  const { family, families } = object(model.details);
  return {
    name: nameOf(model),
    families: [family, ...(Array.isArray(families) ? families : [])],
    capabilities: model.capabilities,
  };
};

const entryOf = (provider: string, model: Json): ModelEntry => {
  const id = nameOf(model);
  const size = billions(object(model.details).parameter_size);
  return {
    id,
    provider,
    providerModel: id,
    displayName: `${id} (local)`,
    quality: seedQuality(size),
    contextTokens: DEFAULT_CONTEXT_TOKENS,
    maxOutputTokens: 4_096,
    strengths: ['analysis', 'speed', 'forecasting'],
    speed: size > 30 ? 'slow' : size > 8 ? 'medium' : 'fast',
    local: true,
    statistical: false,
    keyName: null,
    researchSibling: null,
    version: String(model.digest ?? '').slice(0, 12) || id,
    price: {
      validFrom: '2023-01-01',
      inputPer1M: 0,
      outputPer1M: 0,
      cachedInputPer1M: null,
      cacheWritePer1M: null,
      longContext: null,
      source: 'runs on this machine',
    },
  };
};

/** Window to ask for: the prompt, the answer and room, in steps that let Ollama keep its model loaded. */
const windowTokens = ({ prompt, limits }: CompletionRequest): number => {
  const chars = prompt.system.length + prompt.stable.length + prompt.question.length;
  return Math.ceil((chars / CHARS_PER_TOKEN + limits.maxOutputTokens + 256) / 4096) * 4096;
};

const bodyOf = (request: CompletionRequest): string =>
  JSON.stringify({
    model: request.model.providerModel,
    stream: false,
    messages: [
      { role: 'system', content: request.prompt.system },
      { role: 'user', content: `${request.prompt.stable}\n\n${request.prompt.question}` },
    ],
    ...(request.schema.name === 'text' ? {} : { format: request.schema.jsonSchema }),
    options: { num_predict: request.limits.maxOutputTokens, num_ctx: windowTokens(request) },
  });

const completionOf = (body: string, request: CompletionRequest, exchange: Exchange): Completion => {
  const reply = parsed(body, exchange);
  if (reply.done_reason === 'length') throw cutAnswer(exchange);
  if (reply.done !== true || reply.done_reason !== 'stop')
    throw malformed('the reply has no finish reason', exchange);
  const { content } = object(reply.message);
  if (typeof content !== 'string') throw malformed('the reply holds no message', exchange);
  const read = readAnswerText(request.schema, content);
  if (isProblem(read)) throw malformed(read.problem, exchange);
  return {
    answer: read.answer,
    usage: readUsage(body),
    costMicroUsd: 0,
    latencyMs: exchange.elapsedMs(),
    servedBy: typeof reply.model === 'string' ? reply.model : request.model.providerModel,
  };
};

/** The provider of what runs on this machine; costs nothing. */
export const createOllamaProvider = (options: OllamaProviderOptions): Provider => {
  const baseUrl = checkedBaseUrl(options.name, options.baseUrl ?? DEFAULT_BASE_URL);
  const agent = createAgent();
  const complete = async (request: CompletionRequest): Promise<Completion> => {
    if (windowTokens(request) - 4096 > request.model.contextTokens)
      throw new ProviderFailure('context_too_long', 'the prompt is longer than the model reads', {
        sent: false,
      });
    const exchange = openExchange({
      agent,
      deadlineMs: request.limits.deadlineMs,
      signal: request.signal,
      headers: { 'x-conclave-call': request.callKey },
    });
    try {
      const headers = { 'content-type': 'application/json' };
      const reply = await exchange.send({
        url: `${baseUrl}/api/chat`,
        method: 'POST',
        headers,
        body: bodyOf(request),
      });
      return completionOf(reply.body, request, exchange);
    } finally {
      exchange.end();
    }
  };
  const discover = async (signal: AbortSignal): Promise<readonly ModelEntry[]> => {
    const exchange = openExchange({ agent, deadlineMs: DISCOVERY_DEADLINE_MS, signal, headers: {} });
    try {
      const reply = await exchange.send({
        url: `${baseUrl}/api/tags`,
        method: 'GET',
        headers: {},
        body: null,
      });
      const { models } = parsed(reply.body, exchange);
      if (!Array.isArray(models)) throw malformed('the list of installed models is missing', exchange);
      return models
        .map(object)
        .filter((model) => !isEmbedder(listedOf(model)))
        .map((model) => entryOf(options.name, model))
        .filter(({ id }) => id !== '');
    } finally {
      exchange.end();
    }
  };
  const check = async (signal: AbortSignal): Promise<ProviderCheck> => {
    const startedAt = performance.now();
    const said = await discover(signal).then(
      (models) => ({ ok: true, detail: `${models.length} models installed` }),
      (error: unknown) => ({ ok: false, detail: error instanceof Error ? error.message : 'not reachable' }),
    );
    return { ...said, latencyMs: Math.round(performance.now() - startedAt) };
  };
  return { name: options.name, complete, check, discover };
};
