// Whether a worker is only starting, which takes a busy machine a minute: told from one that stopped or cannot start by
// what the supervisor and the workers' signs of life say, not by a guess at how long a start takes.
import type { ConclaveClient } from '../client/connect';
import type { Config } from '../config/load';
import type { StackStatus } from '../stack/protocol';
import { stackStatus } from '../stack/stack';

/** A worker that has not been heard of for this long hangs. */
const LONGEST_START_MS = 300_000;

/** A process of a worker that has not ended since the stack began. */
const hasFirstWorker = ({ parts }: Pick<StackStatus, 'parts'>): boolean =>
  parts.some(
    ({ name, state, restarts }) => name.startsWith('worker-') && state === 'running' && restarts === 0,
  );

/** Whether a stack's first worker runs and has given no sign of life yet. */
export const isFirstStart = (
  status: Pick<StackStatus, 'parts' | 'startedAt'>,
  { heard, now }: { readonly heard: boolean; readonly now: number },
): boolean => !heard && hasFirstWorker(status) && now - Date.parse(status.startedAt) < LONGEST_START_MS;

/** Whether the stack on this machine has a worker that is on its way for the first time. */
export const workerIsStarting = async (client: ConclaveClient, config: Config): Promise<boolean> => {
  const status = await stackStatus(config);
  if (!status) return false;
  const heard = await client.stores.workerBeats.heardSince(status.startedAt);
  return isFirstStart(status, { heard, now: Date.now() });
};
