// The one error of the stack: what is wrong, how to mend it, and the exit code a command ends with.

/** What went wrong, for programs; the message and the fix are for people. */
export type StackErrorCode =
  | 'home_unwritable'
  | 'disk_full'
  | 'port_in_use'
  | 'second_stack'
  | 'stopped'
  | 'postgres_binaries_missing'
  | 'postgres_failed'
  | 'database_unreachable'
  | 'foreign_database'
  | 'migration_failed'
  | 'temporal_missing'
  | 'temporal_failed'
  | 'temporal_unreachable'
  | 'supervisor_failed';

export interface StackErrorOptions {
  readonly code: StackErrorCode;
  readonly message: string;
  /** The way out, as an instruction. */
  readonly fix: string;
  /** Exit code of the command; 1 unless said otherwise. */
  readonly exitCode?: number;
  readonly cause?: unknown;
}

export class StackError extends Error {
  override readonly name = 'StackError';
  readonly code: StackErrorCode;
  readonly fix: string;
  readonly exitCode: number;
  constructor(options: StackErrorOptions) {
    super(options.message, { cause: options.cause });
    this.code = options.code;
    this.fix = options.fix;
    this.exitCode = options.exitCode ?? 1;
  }
}

/**
 * A server of the stack that ended because of what the end of its log says: `port_in_use` where another program
 * took the port between the choice and the start, else the given code.
 */
export const serverFailure = (options: StackErrorOptions & { readonly log: string }): StackError =>
  new StackError({
    ...options,
    code: /address already in use/i.test(options.log) ? 'port_in_use' : options.code,
  });

/** A short text of anything that was thrown. */
export const describeError = (error: unknown): string => {
  if (error instanceof AggregateError && error.errors.length > 0) return describeError(error.errors[0]);
  if (error instanceof Error) return error.message || error.name;
  return String(error);
};

/** The system's error code (`ENOENT`, `EADDRINUSE` ...), or undefined. */
export const systemCode = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
