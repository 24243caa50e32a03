// A failure as one short line for results and details.
import {
  ActivityFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/workflow';

/** Failures whose own message says little. */
const WORDS = [
  [TerminatedFailure, 'it was terminated'],
  [CancelledFailure, 'it was cancelled'],
  [TimeoutFailure, 'it took too long'],
] as const;

const childText = (cause: Error): string =>
  WORDS.find(([kind]) => cause instanceof kind)?.[1] ?? failureText(cause);

export const failureText = (error: unknown): string => {
  if (error instanceof ActivityFailure && error.cause) return error.cause.message;
  if (error instanceof ChildWorkflowFailure && error.cause) return childText(error.cause);
  return error instanceof Error ? error.message : String(error);
};
