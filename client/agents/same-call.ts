// Agents ask through clients that stop waiting after a minute, and then ask again, while the first work goes on. The same
// call soon after means the same work, so that nothing is paid twice; save where that ended without an answer.
import { createHash } from 'node:crypto';
import { WorkflowNotFoundError } from '@temporalio/client';
import { decisionId, panelId } from '../../workflows/contracts/workflow-ids';
import type { ConclaveClient } from '../connect';
import { isBudgetReached } from '../documents';

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

/** A kind of work that agents ask for. */
export interface AgentWork {
  /** Workflow id of a request key. */
  readonly idOf: (key: string) => string;
  /** Whether a run that has ended answered; false: it says only why it could not. */
  readonly isAnswered: (id: string) => Promise<boolean>;
}

/** Where nothing was decided for want of members, of money or of time, the next call may find them. */
export const decisionWork = ({ stores }: Pick<ConclaveClient, 'stores'>, subject: string): AgentWork => ({
  idOf: (key) => decisionId(subject, key),
  isAnswered: async (id) => {
    const decision = await stores.decisions.get(id);
    if (decision?.status === 'no_consensus') return !isBudgetReached(decision);
    return decision?.status === 'decided' || decision?.status === 'parked';
  },
});

export const panelWork = ({ stores }: Pick<ConclaveClient, 'stores'>): AgentWork => ({
  idOf: panelId,
  isAnswered: async (id) => {
    const panel = await stores.panels.get(id);
    return panel !== null && panel.status !== 'abstained';
  },
});

export interface RequestKey {
  readonly key: string;
  /** Whether the work under it runs or has answered; false: it is to be started. */
  readonly begun: boolean;
}

const statusOf = async (
  { temporal }: Pick<ConclaveClient, 'temporal'>,
  id: string,
): Promise<string | null> => {
  const description = await temporal.workflow
    .getHandle(id)
    .describe()
    .catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return null;
      throw error;
    });
  return description?.status.name ?? null;
};

const ATTACHED: ReadonlySet<string | null> = new Set(['RUNNING', 'CONTINUED_AS_NEW']);

/** This key, or the next one after it where its run has completed without an answer: no id runs twice to its end. */
const keyFrom = async (
  client: Pick<ConclaveClient, 'temporal'>,
  first: string,
  { idOf, isAnswered }: AgentWork,
): Promise<RequestKey> => {
  for (let attempt = 1; ; attempt += 1) {
    const key = attempt === 1 ? first : `${first}-${attempt}`;
    const status = await statusOf(client, idOf(key));
    if (status !== 'COMPLETED') return { key, begun: ATTACHED.has(status) };
    if (await isAnswered(idOf(key))) return { key, begun: true };
  }
};

/** The key of work that the same call began, else one for new work. A call that has a key keeps whatever it was told. */
export const requestKeyOf = async (
  client: Pick<ConclaveClient, 'temporal'>,
  call: AgentCall,
  work: AgentWork,
  nowMs: number,
): Promise<RequestKey> => {
  const attached = call.key === undefined ? work : { ...work, isAnswered: async () => true };
  const [newest, ...earlier] = requestKeysOf(call, nowMs);
  const made = await keyFrom(client, newest, attached);
  if (made.begun) return made;
  for (const key of earlier) {
    const before = await keyFrom(client, key, attached);
    if (before.begun) return before;
  }
  return made;
};
