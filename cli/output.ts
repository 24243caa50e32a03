// What every command shares about talking to people and programs: one JSON document on stdout, everything
// else on stderr, errors as one paragraph with the way out, and stable exit codes.
import { redact } from '../config/redact';
import { shownJson, shownText } from './shown-text';

/** Exit codes, part of the interface. */
export const EXIT = {
  ok: 0,
  failed: 1,
  wrongUse: 2,
  budgetReached: 3,
  notAuthorised: 4,
  providerUnavailable: 5,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

type Members = readonly { readonly failure: string | null }[];

interface Outcome {
  readonly members: Members;
  /** Of any round; absent: what the members say of it. */
  readonly budgetReached?: boolean;
}

const KEY_REFUSED: ReadonlySet<string> = new Set(['auth']);

/** Failures that say a provider could not be used; the others are about the question or the budget. */
const PROVIDER_OUT: ReadonlySet<string> = new Set([
  'unavailable',
  'timed_out',
  'rate_limited',
  'rate_limited_too_long',
  'breaker_open',
  'auth',
]);

const allFailed = (members: Members, by: ReadonlySet<string>): boolean =>
  members.length > 0 && members.every(({ failure }) => failure !== null && by.has(failure));

/**
 * What decisions mean for the exit code: 3 when a budget refused a member, a critique or a second vote, 4 when every
 * member of all of them was refused for its key, 5 when no provider could be used for any of them, else 0.
 */
export const exitOf = (decisions: readonly Outcome[]): ExitCode => {
  const refused = ({ budgetReached, members }: Outcome): boolean =>
    budgetReached === true || members.some(({ failure }) => failure === 'budget');
  if (decisions.some(refused)) return EXIT.budgetReached;
  const all = (by: ReadonlySet<string>): boolean =>
    decisions.length > 0 && decisions.every(({ members }) => allFailed(members, by));
  if (all(KEY_REFUSED)) return EXIT.notAuthorised;
  return all(PROVIDER_OUT) ? EXIT.providerUnavailable : EXIT.ok;
};

/** The same of one task: 1 where its failure is about the answer and not the budget or a provider. */
export const exitOfTask = (failure: string | null): ExitCode => {
  const code = exitOf([{ members: [{ failure }] }]);
  return failure !== null && code === EXIT.ok ? EXIT.failed : code;
};

export interface CliErrorOptions {
  /** For programs: small letters and underscores. */
  readonly code: string;
  readonly message: string;
  /** The way out, as an instruction. */
  readonly fix: string;
  readonly exitCode?: ExitCode;
}

/** An error that is the user's to mend. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: string;
  readonly fix: string;
  readonly exitCode: ExitCode;
  constructor(options: CliErrorOptions) {
    super(options.message);
    this.code = options.code;
    this.fix = options.fix;
    this.exitCode = options.exitCode ?? EXIT.failed;
  }
}

/** An error for wrong arguments, exit code 2. */
export const wrongUse = (message: string, fix: string): CliError =>
  new CliError({ code: 'wrong_use', message, fix, exitCode: EXIT.wrongUse });

// A reader that stops early (`| head`) is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? EXIT.ok);
  throw error;
});

/** Prints the command's one JSON document. */
export const printJson = (document: unknown): void => {
  process.stdout.write(`${shownJson(JSON.stringify(document, null, 2))}\n`);
};

/** Prints a command's result for people. */
export const printText = (text: string): void => {
  process.stdout.write(`${shownText(text)}\n`);
};

/** Prints a remark, on stderr, so that a document on stdout stays whole. */
export const note = (text: string): void => {
  process.stderr.write(`${shownText(redact(text))}\n`);
};

export interface Progress {
  update(text: string): void;
  /** Ends the moving line, so that what follows begins on its own. */
  done(): void;
}

/** A line that moves on a terminal; elsewhere a line each time the text changes in more than its numbers. */
export const createProgress = (stream: NodeJS.WriteStream = process.stderr): Progress => {
  let last = '';
  let isOpen = false;
  const update = (news: string): void => {
    const text = shownText(news);
    const shape = text.replace(/\d+/g, '#');
    if (stream.isTTY) {
      stream.write(`\r\u001b[2K${text.slice(0, (stream.columns || 80) - 1)}`);
      isOpen = true;
    } else if (shape !== last) stream.write(`${text}\n`);
    last = shape;
  };
  const done = (): void => {
    if (isOpen) stream.write('\r\u001b[2K');
    isOpen = false;
    last = '';
  };
  return { update, done };
};

/** What a failure shows, whatever was thrown. */
export interface ErrorDocument {
  readonly error: { readonly code: string; readonly message: string; readonly fix: string };
}

interface Described {
  readonly code?: unknown;
  readonly fix?: unknown;
  readonly exitCode?: unknown;
}

const GENERIC_FIX = 'Run `conclave doctor`; if it finds nothing, report this with the log files it names.';

const textOr = (value: unknown, fallback: string): string =>
  typeof value === 'string' && value !== '' ? value : fallback;

/** StackError, ConfigError and CliError carry `code`, `fix` and `exitCode`; bad values are RangeErrors. */
export const describeFailure = (error: unknown): { document: ErrorDocument; exitCode: number } => {
  const known = (typeof error === 'object' && error !== null ? error : {}) as Described;
  const isBadValue = error instanceof RangeError;
  const hasExit = typeof known.exitCode === 'number';
  const message = error instanceof Error ? error.message || error.name : String(error);
  return {
    document: {
      error: {
        code: isBadValue ? 'wrong_use' : textOr(hasExit ? known.code : undefined, 'failed'),
        message: redact(message),
        fix: redact(textOr(known.fix, isBadValue ? 'See --help for the accepted forms.' : GENERIC_FIX)),
      },
    },
    exitCode: hasExit ? (known.exitCode as number) : isBadValue ? EXIT.wrongUse : EXIT.failed,
  };
};

/** Prints the failure in one paragraph, or as a document with `--json`. */
export const printFailure = (error: unknown, json: boolean): number => {
  const { document, exitCode } = describeFailure(error);
  if (json) printJson(document);
  else {
    const { message, fix } = document.error;
    const end = /[.!?]$/.test(message.trim()) ? '' : '.';
    process.stderr.write(`${shownText(`conclave: ${message.trim()}${end} ${fix}`)}\n`);
  }
  if (process.env.CONCLAVE_DEBUG && error instanceof Error) note(error.stack ?? '');
  return exitCode;
};

/** `--json` may stand before or behind the name of a subcommand. The last argument is commander's command. */
const wantsJson = (args: readonly unknown[]): boolean =>
  args.some((arg) => {
    if (typeof arg !== 'object' || arg === null) return false;
    const { json, optsWithGlobals } = arg as { json?: unknown; optsWithGlobals?: () => { json?: unknown } };
    return (typeof optsWithGlobals === 'function' ? optsWithGlobals.call(arg).json : json) === true;
  });

/**
 * Wraps a command's action: sets the exit code from its result (0 when it returns nothing) and prints what it
 * throws.
 */
export const runAction =
  <A extends readonly unknown[]>(action: (...args: A) => Promise<number | undefined> | Promise<void>) =>
  async (...args: A): Promise<void> => {
    try {
      process.exitCode = (await action(...args)) ?? EXIT.ok;
    } catch (error) {
      process.exitCode = printFailure(error, wantsJson(args));
    }
  };
