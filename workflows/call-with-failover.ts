// The failover loop: one member's question goes along the ranked candidates, one activity per hop on that
// provider's queue, until one answers or the failure table says stop.
import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  proxyActivities,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { Activities } from '../activities';
import { FAILURE_KINDS, FAILURE_TABLE, type FailureKind } from '../domain/outage/failure';
import type { CallFailureDetails, CallModelInput, CallModelResult, Candidate, Hop } from './contracts/calls';
import { HEARTBEAT_TIMEOUT_MS, providerQueue } from './contracts/task-queues';

/** Time beyond the provider's own deadline for reserving, settling and storing. */
const BOOKKEEPING_MS = 20_000;
/** Upper bound over all kinds; the table's `attempts` is enforced where the failure is classified. */
const MAXIMUM_ATTEMPTS = 5;

export interface CallRequest extends Omit<CallModelInput, 'provider' | 'model' | 'key'> {
  /** Prefix of the answer key; the model's id is appended per hop. */
  readonly keyPrefix: string;
  readonly summary: string;
  readonly priority: number;
}

export interface CallOutcome {
  readonly result: CallModelResult | null;
  readonly failure: FailureKind | null;
  readonly hops: readonly Hop[];
  /** All hops together, the billed failures included. Null when the answer's own cost is unknown. */
  readonly costMicroUsd: number | null;
  readonly sends: number;
  /** The first failure's own words, for the record; null when the first candidate answered. */
  readonly firstProblem: string | null;
}

const failureKind = (type: string | null | undefined): FailureKind | null =>
  FAILURE_KINDS.find((kind) => kind === type) ?? null;

/** Reads a failed activity as data; anything unknown counts as the provider being unavailable. */
const readFailure = (error: unknown): CallFailureDetails => {
  if (!(error instanceof ActivityFailure)) throw error;
  const cause = error.cause;
  if (cause instanceof ApplicationFailure) {
    const kind = failureKind(cause.type);
    const details = cause.details?.[0] as CallFailureDetails | undefined;
    if (kind && details) return details;
    return { kind: kind ?? 'unavailable', costMicroUsd: 0, latencyMs: 0, sends: 0, message: cause.message };
  }
  const kind = cause instanceof TimeoutFailure ? 'timed_out' : 'unavailable';
  return { kind, costMicroUsd: 0, latencyMs: 0, sends: 0, message: cause?.message ?? 'activity failed' };
};

const callOnce = (request: CallRequest, candidate: Candidate): Promise<CallModelResult> => {
  const { keyPrefix, summary, priority, ...call } = request;
  const { callModel } = proxyActivities<Activities>({
    taskQueue: providerQueue(candidate.provider),
    startToCloseTimeout: request.deadlineMs + BOOKKEEPING_MS,
    heartbeatTimeout: HEARTBEAT_TIMEOUT_MS,
    retry: {
      maximumAttempts: MAXIMUM_ATTEMPTS,
      initialInterval: 200,
      backoffCoefficient: 3,
      maximumInterval: 5_000,
    },
    priority: { priorityKey: priority },
  });
  return callModel.executeWithOptions({ summary: `${summary} · ${candidate.model}` }, [
    { ...call, key: `${keyPrefix}/${candidate.model}`, provider: candidate.provider, model: candidate.model },
  ]);
};

/**
 * Asks the candidates one after another.
 * @param candidates best first; `next` is asked again after every failure, so that a substitute which another
 * member has taken meanwhile is not used twice.
 * @returns the first answer, or the last failure. Never throws for a failed call; cancellation is passed on.
 */
export const callWithFailover = async (
  request: CallRequest,
  next: (tried: readonly Hop[]) => Candidate | null,
): Promise<CallOutcome> => {
  const hops: Hop[] = [];
  let spent = 0;
  let sends = 0;
  let failure: FailureKind | null = null;
  let firstProblem: string | null = null;
  for (let candidate = next(hops); candidate; candidate = next(hops)) {
    try {
      const result = await callOnce(request, candidate);
      hops.push({
        ...named(candidate),
        failure: null,
        costMicroUsd: result.costMicroUsd ?? 0,
        latencyMs: result.latencyMs,
      });
      const costMicroUsd = result.costMicroUsd === null ? null : spent + result.costMicroUsd;
      return { result, failure: null, hops, costMicroUsd, sends: sends + result.sends, firstProblem };
    } catch (error) {
      if (isCancellation(error)) throw error;
      const failed = readFailure(error);
      failure = failed.kind;
      firstProblem ??= failed.message;
      spent += failed.costMicroUsd;
      sends += failed.sends;
      hops.push({
        ...named(candidate),
        failure,
        costMicroUsd: failed.costMicroUsd,
        latencyMs: failed.latencyMs,
      });
      // A cap with the policy `downgrade` lets a cheaper candidate try; each hop reserves anew.
      if (FAILURE_TABLE[failure].then === 'stop' && !failed.downgrade) break;
    }
  }
  return { result: null, failure: failure ?? 'unavailable', hops, costMicroUsd: spent, sends, firstProblem };
};

const named = (candidate: Candidate): { readonly model: string; readonly provider: string } => ({
  model: candidate.model,
  provider: candidate.provider,
});

/** Takes the candidates in order, each once. */
export const inOrder =
  (candidates: readonly Candidate[]) =>
  (tried: readonly Hop[]): Candidate | null =>
    candidates[tried.length] ?? null;
