// Hosted language models behind the port: one adapter over the AI SDK, which builds each provider's request
// and finds the text in its reply. Deadline, size, classification, usage and validation are ours.

import { AsyncLocalStorage } from 'node:async_hooks';
import type { FinishReason, LanguageModel, ModelMessage } from 'ai';
import { ANSWER_FORMS, isProblem } from '../domain/research/answer-forms';
import { readAnswerText } from './answer-text';
import { createAgent, cutAnswer, type Exchange, malformed, openExchange } from './exchange';
import { askingByForm, type FormBy, formInWords, withFormRefusal } from './form-in-words';
import { createHostedCheck } from './hosted-check';
import type { HostedRow } from './hosted-kind';
import { type Completion, type CompletionRequest, type Provider, ProviderFailure } from './port';
import type { ProviderConnection } from './provider-kind';
import { readToldCostMicroUsd, readUsage } from './usage';

export interface HostedProviderOptions extends ProviderConnection {
  /** What its kind does differently. */
  readonly row: HostedRow;
}

interface Generated {
  readonly text: string;
  readonly finish: FinishReason;
  readonly servedBy: string;
}

const CACHE_MARK = { anthropic: { cacheControl: { type: 'ephemeral' } } } as const;

/** After the system part: stable, then question, as equal prefixes are what providers cache (E7). */
const messagesOf = ({ prompt }: CompletionRequest, { marksCache }: HostedRow): ModelMessage[] => {
  const user: ModelMessage = marksCache
    ? {
        role: 'user',
        content: [
          { type: 'text', text: prompt.stable, providerOptions: CACHE_MARK },
          { type: 'text', text: prompt.question },
        ],
      }
    : { role: 'user', content: `${prompt.stable}\n\n${prompt.question}` };
  return [user];
};

const systemOf = ({ prompt, schema }: CompletionRequest, { enforcesForm }: HostedRow, by: FormBy): string =>
  schema.name === 'text' || (enforcesForm && by === 'schema')
    ? prompt.system
    : `${prompt.system}\n\n${formInWords(schema)}`;

const generate = async (
  model: LanguageModel,
  request: CompletionRequest,
  row: HostedRow,
  by: FormBy,
): Promise<Generated> => {
  const { generateText, jsonSchema, NoObjectGeneratedError, Output } = await import('ai');
  // The SDK prints warnings to the console, which may quote the call.
  (globalThis as { AI_SDK_LOG_WARNINGS?: boolean }).AI_SDK_LOG_WARNINGS = false;
  const { name, jsonSchema: schema } = request.schema;
  const output = by === 'words' ? Output.json() : Output.object({ name, schema: jsonSchema(schema) });
  try {
    const result = await generateText({
      model,
      system: systemOf(request, row, by),
      messages: messagesOf(request, row),
      maxRetries: 0,
      maxOutputTokens: request.limits.maxOutputTokens,
      providerOptions: row.callOptions(Object.hasOwn(ANSWER_FORMS, name)),
      ...(name === 'text' ? {} : { output }),
    });
    return { text: result.text, finish: result.finishReason, servedBy: result.response.modelId };
  } catch (error) {
    if (!NoObjectGeneratedError.isInstance(error)) throw error;
    return {
      text: error.text ?? '',
      finish: error.finishReason ?? 'other',
      servedBy: error.response?.modelId ?? '',
    };
  }
};

const FINISH_PROBLEMS: Readonly<Partial<Record<FinishReason, string>>> = {
  'tool-calls': 'the model called a tool instead of answering',
};

/** OpenAI's responses say in `status` whether they ended; the SDK takes any without a reason for a stop. */
const endedByStatus = (body: string): boolean => {
  const { object, status } = JSON.parse(body) as { object?: unknown; status?: unknown };
  return object !== 'response' || status === 'completed';
};

const checkFinish = (finish: FinishReason, exchange: Exchange): void => {
  if (finish === 'stop' && endedByStatus(exchange.reply()?.body ?? '{}')) return;
  if (finish === 'length') throw cutAnswer(exchange);
  const failure = malformed(FINISH_PROBLEMS[finish] ?? 'the reply has no finish reason', exchange);
  if (finish === 'content-filter')
    throw new ProviderFailure('refused_by_content_filter', 'the content filter refused', failure.details);
  if (finish === 'error')
    throw new ProviderFailure('unavailable', 'the provider broke off while it answered', failure.details);
  throw failure;
};

const toldCost = ({ tellsCost }: HostedRow, body: string): number | null =>
  tellsCost ? readToldCostMicroUsd(body) : null;

const completionOf = (
  generated: Generated,
  request: CompletionRequest,
  row: HostedRow,
  exchange: Exchange,
): Completion => {
  checkFinish(generated.finish, exchange);
  const read = readAnswerText(request.schema, generated.text);
  if (isProblem(read)) throw malformed(read.problem, exchange);
  const body = exchange.reply()?.body ?? '';
  return {
    answer: read.answer,
    usage: readUsage(body),
    costMicroUsd: toldCost(row, body),
    latencyMs: exchange.elapsedMs(),
    servedBy: generated.servedBy || request.model.providerModel,
  };
};

const keyOrFail = ({ name, readKey, row }: HostedProviderOptions): string => {
  const key = readKey()?.trim() ?? '';
  if (key === '' && row.keyNeeded)
    throw new ProviderFailure('auth', `no key is configured for ${name}`, { sent: false });
  if (/[^\x21-\x7e]/.test(key))
    throw new ProviderFailure('auth', `the key of ${name} has characters that no key has`, { sent: false });
  return key;
};

/** @throws RangeError naming the provider when the address is missing or not http(s). */
export const checkedBaseUrl = (name: string, text: string | null | undefined): string => {
  const url = URL.canParse(text ?? '') ? new URL(text!) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '')
    throw new RangeError(
      `base URL of provider "${name}" is not usable; accepted: http(s)://host[:port]/path without a user name`,
    );
  return text!.replace(/\/+$/, '');
};

/** Model ids come from the registry: a few. */
const MODELS_KEPT = 32;

/**
 * The library's models by id, each made once: it builds schemas that cost more than the request. One whose key has
 * changed is made anew, so that a rotated key counts from the next call on.
 */
const createModels = (
  { name, row }: HostedProviderOptions,
  baseURL: string,
  fetch: typeof globalThis.fetch,
): ((modelId: string, apiKey: string) => Promise<LanguageModel>) => {
  const known = new Map<string, { readonly apiKey: string; readonly model: Promise<LanguageModel> }>();
  return (modelId, apiKey) => {
    const made = known.get(modelId);
    if (made?.apiKey === apiKey) return made.model;
    const model = row.model({ name, modelId, baseURL, apiKey, fetch });
    if (known.size >= MODELS_KEPT) known.clear();
    known.set(modelId, { apiKey, model });
    model.catch(() => known.delete(modelId));
    return model;
  };
};

/**
 * A hosted provider. `complete` sends one request; a second one only where a server refused the first for the schema in
 * it, which no model has then seen and nobody bills.
 */
export const createHostedProvider = (options: HostedProviderOptions): Provider => {
  const { row } = options;
  const baseURL = checkedBaseUrl(options.name, options.baseUrl ?? row.baseUrl);
  const agent = createAgent();
  const current = new AsyncLocalStorage<Exchange>();
  const modelFor = createModels(options, baseURL, (...request) => current.getStore()!.fetch(...request));
  const ask = async (request: CompletionRequest, by: FormBy): Promise<Completion> => {
    const apiKey = keyOrFail(options);
    const exchange = openExchange({
      agent,
      deadlineMs: request.limits.deadlineMs,
      signal: request.signal,
      headers: { 'x-conclave-call': request.callKey },
    });
    try {
      const model = await modelFor(request.model.providerModel, apiKey);
      const generated = await current.run(exchange, () => generate(model, request, row, by));
      return completionOf(generated, request, row, exchange);
    } catch (error) {
      // The library's errors hold prompt and reply: none of them leaves this function.
      const failure =
        error instanceof ProviderFailure ? error : (exchange.failure() ?? failureOfLibrary(exchange));
      throw withToldCost(withFormRefusal(failure, exchange.reply()?.body ?? ''), row, exchange);
    } finally {
      exchange.end();
    }
  };
  const check = createHostedCheck({ baseURL, readKey: options.readKey, headers: row.keyHeaders });
  return { name: options.name, complete: askingByForm(ask), check };
};

/** A failed call that was billed is told its cost as an answered one is. */
const withToldCost = (failure: ProviderFailure, row: HostedRow, exchange: Exchange): ProviderFailure => {
  const costMicroUsd = toldCost(row, exchange.reply()?.body ?? '');
  return costMicroUsd === null
    ? failure
    : new ProviderFailure(failure.kind, failure.message, { ...failure.details, costMicroUsd });
};

/** The library could not read a good reply, or refused to build the request before anything was sent. */
const failureOfLibrary = (exchange: Exchange): ProviderFailure =>
  exchange.reply()
    ? malformed('the reply is not of the provider’s documented form', exchange)
    : new ProviderFailure('bad_request', 'the request could not be built', { sent: false });
