// Market sessions as a patient client runs them: it starts each once, by key, and waits over every restart.
import type { ConclaveClient } from '../../client/connect';
import { startSession } from '../../client/sessions';
import type { SessionRequest } from '../../workflows/contracts/session';

export interface SessionEnd {
  readonly sessionId: string | null;
  readonly problem: string | null;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The same request again until it succeeds: its key makes that harmless. @throws after `withinMs`. */
const insist = async <T>(work: () => Promise<T>, deadlineMs: number): Promise<T> => {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > deadlineMs) throw error;
      await pause(300);
    }
  }
};

const ENDED = new Set(['COMPLETED', 'FAILED', 'TERMINATED', 'TIMED_OUT', 'CANCELLED']);

/** The state a workflow ended in. */
const endOf = (client: ConclaveClient, workflowId: string, deadlineMs: number): Promise<string> =>
  insist(async () => {
    const { status } = await client.temporal.workflow.getHandle(workflowId).describe();
    if (ENDED.has(status.name)) return status.name;
    throw new Error(`${workflowId} is ${status.name}`);
  }, deadlineMs);

/** Runs one session to its end, whatever is killed meanwhile. */
export const runSession = async (
  client: ConclaveClient,
  request: SessionRequest,
  withinMs: number,
): Promise<SessionEnd> => {
  const deadlineMs = Date.now() + withinMs;
  try {
    const target = await insist(() => startSession(client, request), deadlineMs);
    if (target.sessionId === null) return { sessionId: null, problem: `skipped: ${target.skipped}` };
    const end = await endOf(client, target.sessionId, deadlineMs);
    return { sessionId: target.sessionId, problem: end === 'COMPLETED' ? null : end };
  } catch (error) {
    return { sessionId: null, problem: error instanceof Error ? error.message : 'failed' };
  }
};

/** Runs all requests, so many at once. */
export const runAll = async (
  requests: readonly SessionRequest[],
  width: number,
  run: (request: SessionRequest) => Promise<SessionEnd>,
): Promise<readonly SessionEnd[]> => {
  const queue = [...requests];
  const ends: SessionEnd[] = [];
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) ends.push(await run(next));
  };
  await Promise.all(Array.from({ length: width }, lane));
  return ends;
};
