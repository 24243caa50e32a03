// What a workflow's failure means to whoever started it: wrong input stays wrong input.
import { WorkflowFailedError } from '@temporalio/client';
import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure } from '@temporalio/common';
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
