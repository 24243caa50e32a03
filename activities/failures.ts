// The one place where errors become Temporal failures: `type` is what workflows read, texts are short and
// hold neither prompts nor keys.
import { ApplicationFailure } from '@temporalio/common';
import { FAILURE_TABLE } from '../domain/outage/failure';
import type { ProviderFailure } from '../providers/port';
import { type CallFailureDetails, unbilledFailure } from '../workflows/contracts/calls';

/** Wrong input: final, whatever is retried. */
export const badInput = (message: string): ApplicationFailure =>
  ApplicationFailure.nonRetryable(message, 'BadInput');

/** Nothing to work with (no bars, no question): final. */
export const noData = (message: string): ApplicationFailure =>
  ApplicationFailure.nonRetryable(message, 'NoData');

/** What a call is about is not stored (any more): final for every model, and nobody's outage. */
export const noMaterial = (message: string): ApplicationFailure =>
  ApplicationFailure.create({
    message,
    type: 'no_data',
    nonRetryable: true,
    details: [unbilledFailure('no_data', message)],
  });

/** RangeErrors of the domain are bad input; everything else stays retryable. */
export const rethrowBadInput = (error: unknown): never => {
  if (error instanceof RangeError) throw badInput(error.message);
  throw error;
};

/** The words of a failure that no retry can change. @throws any other error, which is worth a retry. */
export const finalText = (error: unknown): string => {
  if (error instanceof RangeError) return error.message;
  if (error instanceof ApplicationFailure && error.nonRetryable) return error.message;
  throw error;
};

export interface CallFailureContext {
  /** Sendings so far under this key, this one included. */
  readonly sends: number;
  readonly costMicroUsd: number;
  /** Its worker stopped, which says nothing about a call without an answer: it is made again whatever the table says. */
  readonly cutShort?: boolean;
}

/** Whether another attempt of the same call follows: not where it would end alike. */
export const willRetry = (error: ProviderFailure, sends: number): boolean => {
  const policy = FAILURE_TABLE[error.kind];
  return policy.first === 'retry' && sends < policy.attempts && !error.details.cut;
};

/**
 * A failed call as Temporal's failure: retried here only while the table says so or where its worker stopped, never
 * before the provider's Retry-After.
 */
export const callFailure = (error: ProviderFailure, context: CallFailureContext): ApplicationFailure => {
  // The worker may have begun to stop only after an answer had come, and been billed.
  const cutShort = context.cutShort && !error.details.cut;
  const retry = cutShort || willRetry(error, context.sends);
  const details: CallFailureDetails = {
    kind: error.kind,
    costMicroUsd: context.costMicroUsd,
    latencyMs: Math.round(error.details.latencyMs ?? 0),
    sends: context.sends,
    message: error.message,
    ...(error.details.downgrade ? { downgrade: true } : {}),
  };
  return ApplicationFailure.create({
    message: error.message,
    type: error.kind,
    nonRetryable: !retry,
    details: [details],
    ...(retry && error.details.retryAfterMs !== undefined
      ? { nextRetryDelay: Math.max(1, error.details.retryAfterMs) }
      : {}),
  });
};
