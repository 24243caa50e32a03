// `conclave start`, which `npm start` runs: the stack, one session now, its board, and then keeps serving.
import type { Command } from 'commander';
import { loadConfig } from '../../config/load';
import { ensureStack, stopStack } from '../../stack/stack';
import { addressLines, isKeptByOther } from '../addresses';
import { createProgress, EXIT, note, printFailure, runAction } from '../output';
import { readSessionRequest, runSession, type SessionFlags } from '../run-session';
import { openClient, unlessStopped } from '../with-client';
import { addSessionOptions } from './session';
import { holdStack } from './up';

interface Flags extends SessionFlags {
  readonly once?: boolean;
}

/** A session that no budget or provider let decide is when the pages are needed most: only Ctrl-C ends them then. */
export const keepsServing = ({ once }: Pick<Flags, 'once'>, code: number): boolean =>
  once !== true && code !== EXIT.interrupted;

const start = async (flags: Flags): Promise<number> => {
  const request = await readSessionRequest(flags);
  const config = loadConfig();
  const progress = createProgress();
  const stack = await ensureStack({ config, hold: flags.once !== true, onProgress: progress.update }).finally(
    progress.done,
  );
  const client = await openClient(stack, config);
  const goesOn = (code: number): boolean => keepsServing(flags, code);
  const isServed = async (code: number): Promise<boolean> => goesOn(code) || isKeptByOther(config);
  const code = await runSession(client, request, flags.json === true, isServed)
    .catch(async (error) => printFailure(await unlessStopped(error, stack), flags.json === true))
    .finally(() => client.close());
  if (await isServed(code)) for (const line of addressLines(stack)) note(line);
  if (!goesOn(code)) {
    await stack.release();
    return code;
  }
  note('Serving.');
  return holdStack(stack, () => stopStack(config));
};

export const registerStart = (program: Command): void => {
  addSessionOptions(
    program.command('start').description('start everything, run a market session now, keep serving'),
  )
    .option('--once', 'end after the board')
    .addHelpText(
      'after',
      `
Examples:
  $ conclave start
  $ conclave start --once --symbols AAPL,MSFT --json`,
    )
    .action(runAction(start));
};
