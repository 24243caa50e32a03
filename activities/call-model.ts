// One call of one model, paid once: looks for a stored answer, reserves, sends, then settles and stores the
// answer in one transaction. Only a worker that dies or stops between sending and that transaction can pay again.
import { Context } from '@temporalio/activity';
import type { AnsweredCall, CallView, FinishedCall } from '../db/call-store';
import type { ModelEntry } from '../domain/selection/model';
import { OWN_PROVIDERS } from '../domain/selection/own-providers';
import { type Completion, type CompletionRequest, type Provider, ProviderFailure } from '../providers/port';
import type { CallModelInput, CallModelResult } from '../workflows/contracts/calls';
import { BEAT_MS } from '../workflows/contracts/task-queues';
import { type Admission, createBreakerGate } from './breaker-gate';
import { type CallContent, createCallContent } from './call-content';
import { createCallOutcome } from './call-outcome';
import { type Patience, patienceWith } from './call-patience';
import { createCallPricing, type PricedModel, type Reserved } from './call-pricing';
import { reusedResult, toResult } from './call-result';
import { createCallSpan } from './call-span';
import type { Dependencies } from './dependencies';
import { CUT_ANSWER, CUT_OFF, createEarlierSendings, type Sendings } from './earlier-sendings';
import { callFailure } from './failures';
import { outlastDatabase } from './outlast-database';

/** A sending that may be made: its ledger row, the gate's word, and all that goes to the provider. */
interface Admitted extends Reserved {
  readonly admission: Admission | null;
  readonly provider: Provider;
  readonly model: PricedModel;
  readonly content: CallContent;
  readonly before: Sendings;
  /** Sendings under the call's key, this one included. */
  readonly sends: number;
}

export type CallOnce = (input: CallModelInput) => Promise<CallModelResult>;

/**
 * A call within an activity that beats by itself.
 * @throws ApplicationFailure whose `type` is the FailureKind and whose details are CallFailureDetails.
 */
export const createCallOnce = (dependencies: Dependencies): CallOnce => {
  const { stores, providers, recorded, logger } = dependencies;
  const withSpan = createCallSpan(dependencies.logger);
  const contents = createCallContent(dependencies);
  const pricing = createCallPricing(dependencies);
  const gate = createBreakerGate(dependencies);
  const earlier = createEarlierSendings(dependencies);
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

  const modelFor = async (
    input: CallModelInput,
    provider: Provider,
    { model }: CallView,
  ): Promise<ModelEntry> => {
    if (input.provider !== 'recorded') {
      if (model) return model;
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

  const send = async (
    input: CallModelInput,
    { provider, content, key: callKey }: Admitted,
    signal: CompletionRequest['signal'],
  ): Promise<Completion> =>
    withSpan(input, () =>
      provider.complete({
        model: content.model,
        prompt: content.prompt,
        data: content.data,
        schema: content.form,
        limits: { deadlineMs: input.deadlineMs, maxOutputTokens: content.maxOutputTokens },
        signal,
        callKey,
      }),
    );

  /**
   * Books a failed sending: void when it never left, settled when its bill is known, else uncertain.
   * @returns what it was billed, or what stays held for it
   */
  const bookFailure = async (
    { key, amountMicroUsd, model, billed }: Admitted,
    failure: ProviderFailure,
    cutOff: boolean,
  ): Promise<number> => {
    const { usage = null, sent } = failure.details;
    if (!sent || !billed) {
      await stores.ledger.voidCall(key, failure.kind);
      return 0;
    }
    const actualMicroUsd = pricing.billOf(model, failure.details);
    if (actualMicroUsd !== null) {
      const note = failure.details.cut ? { note: CUT_ANSWER } : {};
      await stores.ledger.settle(key, { actualMicroUsd, usage, outcome: failure.kind, ...note });
      return actualMicroUsd;
    }
    const ended = cutOff ? CUT_OFF : failure.kind;
    await stores.ledger.markUncertain(key, failure.details.cut ? CUT_ANSWER : ended);
    return amountMicroUsd;
  };

  /** A reply that tells no bill costs what was held for it: reasoning that nobody sees may be most of it. */
  const billFor = async (
    { key, amountMicroUsd, model }: Admitted,
    completion: Completion,
  ): Promise<number> => {
    const { microUsd, standIn } = await pricing.answerBill(model, completion);
    const asked = { callKey: key, model: model.model.id };
    if (standIn !== null)
      logger.warn({ ...asked, servedBy: standIn }, 'the provider answered with another of its models');
    if (microUsd !== null) return microUsd;
    logger.warn(
      { ...asked, amountMicroUsd },
      'an answer told no usable usage: booked at what was held for it',
    );
    return amountMicroUsd;
  };

  const settleAndStore = async (
    input: CallModelInput,
    admitted: Admitted,
    completion: Completion,
  ): Promise<AnsweredCall> => {
    const { key, admission } = admitted;
    const known = OWN_PROVIDERS.has(input.provider)
      ? completion.costMicroUsd
      : await outlastDatabase(() => billFor(admitted, completion));
    const finished: FinishedCall = {
      ledgerKey: key,
      actualMicroUsd: known ?? 0,
      usage: completion.usage,
      answer: {
        key: input.key,
        world: input.world,
        provider: input.provider,
        model: input.model,
        answer: completion.answer,
        usage: completion.usage,
        costMicroUsd: known,
        latencyMs: completion.latencyMs,
        servedBy: completion.servedBy,
      },
      observed: admission === null ? null : admission.probe ? 'probe' : 'call',
    };
    return outlastDatabase(() => stores.calls.finish(finished));
  };

  const reserveBehindGate = async (
    input: CallModelInput,
    view: CallView,
    { model, content, sends }: Pick<Admitted, 'model' | 'content' | 'sends'>,
  ): Promise<Reserved & Pick<Admitted, 'admission'>> => {
    const admission = await gate.admit(input, view);
    try {
      return { ...(await pricing.reserve(input, model, content, sends)), admission };
    } catch (error) {
      await gate.released(admission);
      throw error;
    }
  };

  /** Everything before the sending. It may be done again: a row reserved in vain stays held. */
  const prepare = async (input: CallModelInput, view: CallView): Promise<Admitted> => {
    const before = await earlier.close(view);
    try {
      earlier.refuseEnded(view);
      const provider = providerFor(input);
      const model = { model: await modelFor(input, provider, view), at: view.now };
      const content = await contents.load(input, model.model);
      const parts = { provider, model, content, before, sends: before.count + 1 };
      return { ...parts, ...(await reserveBehindGate(input, view, parts)) };
    } catch (error) {
      if (!(error instanceof ProviderFailure)) throw error;
      // Refused before it was sent: what earlier sendings cost stays with the call.
      throw callFailure(error, { sends: before.count, costMicroUsd: before.costMicroUsd });
    }
  };

  /** The answer that is stored already, or the sending that may be made. */
  const begin = async (input: CallModelInput): Promise<CallModelResult | Admitted> => {
    const view = await stores.calls.look(input);
    return view.answered ? reusedResult(view.answered, view) : prepare(input, view);
  };

  const sendOnce = async (input: CallModelInput, admitted: Admitted): Promise<CallModelResult> => {
    const { admission, before, sends } = admitted;
    const patience: Patience = patienceWith(input.race);
    try {
      const completion = await send(input, admitted, patience.signal);
      const [stored] = await Promise.all([
        settleAndStore(input, admitted, completion),
        noteAnswer(admission, completion.latencyMs),
      ]);
      return toResult(stored, { count: sends, costMicroUsd: before.costMicroUsd });
    } catch (error) {
      if (!(error instanceof ProviderFailure)) throw error;
      const cutOff = patience.signal.aborted;
      const cost = await outlastDatabase(() => bookFailure(admitted, error, cutOff));
      await noteFailure(admission, error, { sends, patience });
      const costMicroUsd = before.costMicroUsd + cost;
      throw callFailure(error, { sends, costMicroUsd, cutShort: patience.cutShort() });
    }
  };

  return async (input) => {
    // A Postgres that is away says nothing about the provider: it must not use up the call's attempts there.
    const begun = await outlastDatabase(() => begin(input));
    return 'admission' in begun ? sendOnce(input, begun) : begun;
  };
};

export const createCallModel = (dependencies: Dependencies) => {
  const callOnce = createCallOnce(dependencies);

  /**
   * Calls a model once per key, however often it is retried.
   * @throws ApplicationFailure whose `type` is the FailureKind and whose details are CallFailureDetails.
   */
  const callModel = async (input: CallModelInput): Promise<CallModelResult> => {
    const beat = setInterval(() => Context.current().heartbeat(), BEAT_MS);
    try {
      return await callOnce(input);
    } finally {
      clearInterval(beat);
    }
  };
  return { callModel };
};
