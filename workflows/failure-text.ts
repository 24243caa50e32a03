// A failure as one short line for results and details.
import { ActivityFailure } from '@temporalio/workflow';

export const failureText = (error: unknown): string => {
  if (error instanceof ActivityFailure && error.cause) return error.cause.message;
  return error instanceof Error ? error.message : String(error);
};
