// One call of one candidate as data: what came back, or why nothing did. The activity runs on the provider's queue.
import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  proxyActivities,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { Activities } from '../activities';
import { FAILURE_KINDS, type FailureKind } from '../domain/outage/failure';
import {
  CALL_RETRY,
  type CallFailureDetails,
  type CallModelInput,
  type CallModelResult,
  type Candidate,
  type Landed,
  unbilledFailure,
  unwordedFailure,
} from './contracts/calls';
import { QUEUE_PATIENCE_MS } from './contracts/queue-patience';
import { HEARTBEAT_TIMEOUT_MS, providerQueue } from './contracts/task-queues';
import { wasNotTaken, whileServed } from './while-served';

/**
 * Time beyond the provider's own deadline for reserving, settling and storing: a Postgres that is silent is given up after
 * 35 s, and an answer that has been paid for must be stored by the attempt that has it.
 */
export const BOOKKEEPING_MS = 90_000;

export interface CallRequest extends Omit<CallModelInput, 'provider' | 'model' | 'key' | 'race'> {
  /** Prefix of the answer key; the model's id is appended per hop. */
  readonly keyPrefix: string;
  readonly summary: string;
  readonly priority: number;
}

const NOT_SERVED = 'no worker takes its calls: the provider is not configured where the workers run';

const failureKind = (type: string | null | undefined): FailureKind | null =>
  FAILURE_KINDS.find((kind) => kind === type) ?? null;

/**
 * Reads a failed activity as data; anything unknown counts as the provider being unavailable.
 * @throws a cancellation, and what no activity ended in
 */
export const readFailure = (error: unknown): CallFailureDetails => {
  if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
  if (wasNotTaken(error)) return unbilledFailure('unavailable', NOT_SERVED);
  const cause = error.cause;
  if (cause instanceof ApplicationFailure) {
    const kind = failureKind(cause.type);
    const details = cause.details?.[0] as CallFailureDetails | undefined;
    if (kind && details) return details;
    return unwordedFailure(kind ?? 'unavailable', cause.message);
  }
  const kind = cause instanceof TimeoutFailure ? 'timed_out' : 'unavailable';
  return unwordedFailure(kind, cause?.message ?? 'activity failed');
};

/** Nobody waits for who lost a race; a second call is one call: it is not made again. */
const raceOptions = (race: CallModelInput['race']) =>
  race === undefined ? {} : { cancellationType: ActivityCancellationType.TRY_CANCEL };

/** How long one attempt may take; the activity has a little longer. */
export const deadlineFor = ({ deadlineMs }: Pick<CallRequest, 'deadlineMs'>, candidate: Candidate): number =>
  candidate.deadlineMs ?? deadlineMs;

const send = (
  request: CallRequest,
  candidate: Candidate,
  race: CallModelInput['race'],
): Promise<CallModelResult> => {
  const { keyPrefix, summary, priority, ...call } = request;
  const deadlineMs = deadlineFor(request, candidate);
  const { callModel } = proxyActivities<Activities>({
    taskQueue: providerQueue(candidate.provider),
    startToCloseTimeout: deadlineMs + BOOKKEEPING_MS,
    scheduleToStartTimeout: QUEUE_PATIENCE_MS,
    heartbeatTimeout: HEARTBEAT_TIMEOUT_MS,
    retry: race === 'second' ? { ...CALL_RETRY, maximumAttempts: 1 } : CALL_RETRY,
    priority: { priorityKey: priority },
    ...raceOptions(race),
  });
  return callModel.executeWithOptions({ summary: `${summary} · ${candidate.model}` }, [
    {
      ...call,
      deadlineMs,
      key: `${keyPrefix}/${candidate.model}`,
      provider: candidate.provider,
      model: candidate.model,
      ...(race === undefined ? {} : { race }),
    },
  ]);
};

/** Never throws for a failed call; cancellation is passed on. */
export const callOnce = async (
  request: CallRequest,
  candidate: Candidate,
  race?: CallModelInput['race'],
): Promise<Landed> => {
  try {
    const result = await whileServed(candidate.provider, () => send(request, candidate, race));
    return { result, failed: null };
  } catch (error) {
    return { result: null, failed: readFailure(error) };
  }
};
