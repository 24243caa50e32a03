// Log files of the stack's processes: appended, kept small by moving a grown one aside at the next start.
import { closeSync, openSync, renameSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';

/** Two such files per process are kept at most. */
const ROTATE_ABOVE_BYTES = 10 * 1024 * 1024;

/** Opens a log for appending and returns its descriptor, to hand to a child; close it with `closeLog`. */
export const openLog = (file: string): number => {
  try {
    if (statSync(file).size > ROTATE_ABOVE_BYTES) renameSync(file, `${file}.1`);
  } catch {
    // There is none yet.
  }
  return openSync(file, 'a', 0o600);
};

export const closeLog = (descriptor: number): void => closeSync(descriptor);

/** The last lines of a log, to show with a failure; empty where it cannot be read. */
export const tailOfLog = async (file: string, lines = 8): Promise<string> => {
  try {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      const length = Math.min(size, 8_192);
      const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
      return buffer.toString('utf8').trim().split('\n').slice(-lines).join('\n');
    } finally {
      await handle.close();
    }
  } catch {
    return '';
  }
};
