// Parts of a look stand alone: one that fails is logged, and the others are done.
import type { Logger } from './dependencies';

/** What failed and where; the logger takes secrets out of it. */
const faultText = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

/** @returns what runs one part, named in the log line `message` where it fails; null is its answer then */
export const quietly =
  (logger: Pick<Logger, 'warn'>, message: string) =>
  async <T>(what: string, work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      logger.warn({ what, error: faultText(error) }, message);
      return null;
    }
  };
