// How the programs of a stack end.
import { redact } from './redact';

/**
 * Runs a program to its end, and ends the process with it: 0, or 1 with what it failed of on stderr. What is left behind,
 * such as the thread of a worker that could not be made, would keep the process for ever.
 */
export const runProgram = (run: () => Promise<void>): void => {
  run().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(redact(error instanceof Error ? (error.stack ?? error.message) : String(error)));
      process.exit(1);
    },
  );
};
