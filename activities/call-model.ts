// One call of one model, paid once: looks for a stored answer, reserves, sends, then settles and stores the
// answer in one transaction. Only a crash between the provider's answer and that transaction can pay again.
import { Context } from '@temporalio/activity';
import { createAnswerStore, type StoredAnswer } from '../db/answer-store';
import { createLedgerStore } from '../db/ledger-store';
import { isProblem, parseAnalyst, parseForecast } from '../domain/research/answer-forms';
import type { ModelEntry } from '../domain/selection/model';
import { type Completion, type Provider, ProviderFailure } from '../providers/port';
import type { CallModelInput, CallModelResult } from '../workflows/contracts/calls';
import { type Admission, createBreakerGate } from './breaker-gate';
import { type CallContent, createCallContent } from './call-content';
import { createCallOutcome } from './call-outcome';
import { createCallPricing, type Reserved } from './call-pricing';
import type { Dependencies } from './dependencies';
import { callFailure } from './failures';
import { outlastDatabase } from './outlast-database';

/** Half of a quarter of the heartbeat time-out: a killed worker is noticed in seconds, a busy one is not. */
const HEARTBEAT_MS = 2_000;

/** What is known of the sendings under one key. */
interface Sendings {
  readonly count: number;
  readonly costMicroUsd: number;
}

export const createCallModel = (dependencies: Dependencies) => {
  const { db, stores, providers, recorded } = dependencies;
  const contents = createCallContent(dependencies);
  const pricing = createCallPricing(dependencies);
  const gate = createBreakerGate(dependencies);
  const { noteAnswer, noteFailure } = createCallOutcome(dependencies, gate);

  const providerFor = (input: CallModelInput): Provider => {
    if (input.provider === 'recorded' && input.task.type === 'forecast' && input.task.recorded) {
      return recorded(input.task.recorded.folder, input.recordedLatencyScale ?? 0);
    }
    const provider = providers.get(input.provider);
    if (provider) return provider;
    throw new ProviderFailure('unavailable', `provider "${input.provider}" is not configured`, {
      sent: false,
    });
  };

  const modelFor = async (input: CallModelInput, provider: Provider): Promise<ModelEntry> => {
    if (input.provider !== 'recorded') {
      const entry = await stores.registry.get(input.model);
      if (entry) return entry;
    } else {
      const found = (await provider.discover?.(AbortSignal.timeout(30_000)))?.find(
        (entry) => entry.id === input.model,
      );
      if (found) return found;
    }
    throw new ProviderFailure('bad_request', `model "${input.model}" is not in the registry`, {
      sent: false,
    });
  };

  /** An earlier attempt that ended without a word may have been billed: its amount stays held. */
  const closeEarlierSendings = async (key: string): Promise<Sendings> => {
    const rows = await db.query<{
      readonly key: string;
      readonly status: string;
      readonly costMicroUsd: number | null;
    }>(
      "select key, status, coalesce(actual_micro_usd, case when status = 'void' then 0 else reserved_micro_usd end) as cost_micro_usd from ledger where call_key = $1",
      [key],
      'ledger-of-call',
    );
    for (const row of rows.filter((each) => each.status === 'reserved')) {
      await stores.ledger.markUncertain(row.key, 'the attempt ended before its outcome was known');
    }
    return {
      count: rows.length,
      costMicroUsd: rows.reduce((total, row) => total + (row.costMicroUsd ?? 0), 0),
    };
  };

  const send = async (
    input: CallModelInput,
    provider: Provider,
    content: CallContent,
    callKey: string,
  ): Promise<Completion> =>
    provider.complete({
      model: content.model,
      prompt: content.prompt,
      data: content.data,
      schema: content.form,
      limits: { deadlineMs: input.deadlineMs, maxOutputTokens: content.maxOutputTokens },
      signal: Context.current().cancellationSignal,
      callKey,
    });

  /** Books a failed sending: void when it never left, settled when its usage is known, else uncertain. */
  const bookFailure = async (
    key: string,
    failure: ProviderFailure,
    model: ModelEntry,
    billed: boolean,
  ): Promise<number> => {
    const { usage, sent } = failure.details;
    if (!sent || !billed) {
      await stores.ledger.voidCall(key, failure.kind);
      return 0;
    }
    if (usage) {
      const actualMicroUsd = await pricing.cost(model, usage);
      await stores.ledger.settle(key, { actualMicroUsd, usage, outcome: failure.kind });
      return actualMicroUsd;
    }
    await stores.ledger.markUncertain(key, failure.kind);
    return 0;
  };

  const settleAndStore = async (
    input: CallModelInput,
    key: string,
    model: ModelEntry,
    completion: Completion,
  ): Promise<StoredAnswer> => {
    const known =
      input.provider === 'recorded' || input.provider === 'house'
        ? completion.costMicroUsd
        : await pricing.costOf(model, completion);
    return db.transaction(async (sql) => {
      await createLedgerStore(sql).settle(key, {
        actualMicroUsd: known ?? 0,
        usage: completion.usage,
        outcome: 'answered',
      });
      const stored = await createAnswerStore(sql).put({
        key: input.key,
        world: input.world,
        provider: input.provider,
        model: input.model,
        status: 'answered',
        failure: null,
        answer: completion.answer,
        usage: completion.usage,
        costMicroUsd: known,
        latencyMs: completion.latencyMs,
        servedBy: completion.servedBy,
      });
      return stored.row;
    });
  };

  const reserveBehindGate = async (
    input: CallModelInput,
    model: ModelEntry,
    content: CallContent,
    ordinal: number,
  ): Promise<Reserved & { readonly admission: Admission | null }> => {
    const admission = await gate.admit(input);
    try {
      return { ...(await pricing.reserve(input, model, content, ordinal)), admission };
    } catch (error) {
      await gate.released(admission);
      throw error;
    }
  };

  const sendOnce = async (input: CallModelInput, before: Sendings): Promise<CallModelResult> => {
    const provider = providerFor(input);
    const model = await modelFor(input, provider);
    const content = await contents.load(input, model);
    const sends = before.count + 1;
    const { key, billed, admission } = await reserveBehindGate(input, model, content, sends);
    try {
      const completion = await send(input, provider, content, key);
      const [stored] = await Promise.all([
        outlastDatabase(() => settleAndStore(input, key, model, completion)),
        noteAnswer(admission, completion.latencyMs),
      ]);
      return toResult(stored, { count: sends, costMicroUsd: before.costMicroUsd }, false);
    } catch (error) {
      if (!(error instanceof ProviderFailure)) throw error;
      const cost = await outlastDatabase(() => bookFailure(key, error, model, billed));
      await noteFailure(admission, error, sends);
      throw callFailure(error, { sends, costMicroUsd: before.costMicroUsd + cost });
    }
  };

  const attempt = async (input: CallModelInput): Promise<CallModelResult> => {
    const before = await closeEarlierSendings(input.key);
    try {
      return await sendOnce(input, before);
    } catch (error) {
      if (!(error instanceof ProviderFailure)) throw error;
      // Refused before it was sent: what earlier sendings cost stays with the call.
      throw callFailure(error, { sends: before.count, costMicroUsd: before.costMicroUsd });
    }
  };

  /**
   * Calls a model once per key, however often it is retried.
   * @throws ApplicationFailure whose `type` is the FailureKind and whose details are CallFailureDetails.
   */
  const callModel = async (input: CallModelInput): Promise<CallModelResult> => {
    const stored = await stores.answers.get(input.key);
    if (stored?.status === 'answered') return toResult(stored, { count: 0, costMicroUsd: 0 }, true);
    const beat = setInterval(() => Context.current().heartbeat(), HEARTBEAT_MS);
    try {
      return await attempt(input);
    } finally {
      clearInterval(beat);
    }
  };
  return { callModel };
};

/** The probability of a forecast or an analyst's view; null for answers that give none. */
const probabilityOf = (answer: unknown): number | null => {
  const forecast = parseForecast(answer);
  if (!isProblem(forecast)) return forecast.probability;
  const view = parseAnalyst(answer);
  return isProblem(view) ? null : view.probability;
};

const toResult = (stored: StoredAnswer, before: Sendings, reused: boolean): CallModelResult => ({
  key: stored.key,
  model: stored.model,
  provider: stored.provider,
  probability: probabilityOf(stored.answer),
  costMicroUsd: stored.costMicroUsd === null ? null : stored.costMicroUsd + before.costMicroUsd,
  latencyMs: stored.latencyMs,
  sends: reused ? 1 : before.count,
  reused,
  modelVersion: stored.servedBy,
});
