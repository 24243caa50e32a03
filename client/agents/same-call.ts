// Agents ask through clients that stop waiting after a minute, and then ask again, while the first work goes on. The same
// call soon after means the same work, so that nothing is paid twice.
import { createHash } from 'node:crypto';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { ConclaveClient } from '../connect';

/** For at least so long, and at most twice as long, a call without a key is taken for the one before. */
export const SAME_CALL_MS = 10 * 60_000;

/** Of the tool and all that was asked: other arguments are other work, under the same key too. */
export interface AgentCall {
  readonly tool: string;
  readonly asked: object;
  /** Names the call; absent: the time does. */
  readonly key?: string | undefined;
}

const digest = (parts: readonly unknown[]): string =>
  `agent-${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24)}`;

/** Request keys under which the work may run already, that of a new one first. */
export const requestKeysOf = (
  { tool, asked, key }: AgentCall,
  nowMs: number,
): readonly [string, ...string[]] => {
  if (key !== undefined) return [digest([tool, asked, key])];
  const window = Math.floor(nowMs / SAME_CALL_MS);
  return [digest([tool, asked, window]), digest([tool, asked, window - 1])];
};

const ATTACHED: ReadonlySet<string> = new Set(['RUNNING', 'COMPLETED', 'CONTINUED_AS_NEW']);

/** The first key whose workflow runs or has ended well; null: the work is new, or is to be done again. */
export const runningKey = async (
  { temporal }: Pick<ConclaveClient, 'temporal'>,
  keys: readonly string[],
  idOf: (key: string) => string,
): Promise<string | null> => {
  for (const key of keys) {
    const description = await temporal.workflow
      .getHandle(idOf(key))
      .describe()
      .catch((error: unknown) => {
        if (error instanceof WorkflowNotFoundError) return null;
        throw error;
      });
    if (description && ATTACHED.has(description.status.name)) return key;
  }
  return null;
};
