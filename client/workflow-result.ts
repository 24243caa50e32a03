// What a workflow's failure means to whoever started it: wrong input stays wrong input.
import { WorkflowFailedError } from '@temporalio/client';
import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure } from '@temporalio/common';
import type { ConclaveClient } from './connect';
import { BadInput } from './inputs';

const innermost = (error: unknown): unknown =>
  error instanceof WorkflowFailedError ||
  error instanceof ActivityFailure ||
  error instanceof ChildWorkflowFailure
    ? innermost(error.cause)
    : error;

/** @throws BadInput where an activity refused the input; the innermost failure otherwise. */
export const outcomeOf = async <T>(result: Promise<T>): Promise<T> => {
  try {
    return await result;
  } catch (error) {
    const cause = innermost(error);
    if (cause instanceof ApplicationFailure && cause.type === 'BadInput') throw new BadInput(cause.message);
    throw cause ?? error;
  }
};

/**
 * Why a run is over that left nothing on record, in words; null while it runs.
 * @throws WorkflowNotFoundError where there is no such run
 */
export const whyEnded = async (
  { temporal: { workflow } }: Pick<ConclaveClient, 'temporal'>,
  id: string,
): Promise<string | null> => {
  const { status, runId } = await workflow.getHandle(id).describe();
  if (status.name === 'RUNNING') return null;
  // Of this very run: the same key may have started another since, which would be waited for.
  return outcomeOf(workflow.getHandle(id, runId).result()).then(
    () => 'it ended and is not on record',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
};
