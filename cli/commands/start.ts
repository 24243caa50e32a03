// `conclave start`, which `npm start` runs: the stack, one session now, its board, and then keeps serving.
import type { Command } from 'commander';
import { loadConfig } from '../../config/load';
import { ensureStack, stopStack } from '../../stack/stack';
import { createProgress, note, runAction } from '../output';
import { readSessionRequest, runSession, type SessionFlags } from '../run-session';
import { openClient } from '../with-client';
import { addSessionOptions } from './session';
import { holdStack } from './up';

interface Flags extends SessionFlags {
  readonly once?: boolean;
}

const start = async (flags: Flags): Promise<number> => {
  const request = await readSessionRequest(flags);
  const config = loadConfig();
  const progress = createProgress();
  const stack = await ensureStack({ config, hold: flags.once !== true, onProgress: progress.update }).finally(
    progress.done,
  );
  const client = await openClient(stack, config);
  const code = await runSession(client, request, flags.json === true).finally(() => client.close());
  if (stack.apiUrl) note(`Dashboard    ${stack.apiUrl}`);
  if (stack.temporal.uiUrl) note(`Temporal UI  ${stack.temporal.uiUrl}`);
  if (flags.once || code !== 0) {
    await stack.release();
    return code;
  }
  note('Serving. Ctrl-C stops it.');
  return holdStack(stack, () => stopStack(config));
};

export const registerStart = (program: Command): void => {
  addSessionOptions(
    program.command('start').description('start everything, run a market session now, keep serving'),
  )
    .option('--once', 'end after the board')
    .action(runAction(start));
};
