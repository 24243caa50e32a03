// What Temporal's SDK logs of a worker: failed activities with their errors and stacks, redacted as all else is.
import { inspect } from 'node:util';
import { DefaultLogger } from '@temporalio/worker';
import { redact } from '../config/redact';

const toStderr = (line: string): void => {
  process.stderr.write(line);
};

/** Warnings and errors, a line each, as the SDK would write them. */
export const sdkLogger = (write: (line: string) => void = toStderr): DefaultLogger =>
  new DefaultLogger('WARN', ({ level, timestampNanos, message, meta }) => {
    const at = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
    write(redact(`${at} [${level}] ${message}${meta === undefined ? '' : ` ${inspect(meta)}`}\n`));
  });
