// Asks one model many questions side by side by few activities. Every answer counts as soon as it has landed: the
// activity tells of it by a signal, and its own end says the rest.
import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities';
import { BOOKKEEPING_MS, type CallRequest, deadlineFor, readFailure } from './call-once';
import {
  CALL_RETRY,
  type CallModelsInput,
  type Candidate,
  type Landed,
  type LandedCall,
} from './contracts/calls';
import { QUEUE_PATIENCE_MS } from './contracts/queue-patience';
import { HEARTBEAT_TIMEOUT_MS, providerQueue } from './contracts/task-queues';
import { whileServed } from './while-served';

/** Keeps the input and the result of one activity at a few kilobytes. */
const IN_ONE = 32;

/** Of a call's deadline: its retries, each after the longest wait a provider may ask for, and a queue for a slot. */
const DEADLINES = 6;

export interface CallsTogether {
  /** What the signal `callsLanded` says. */
  landed(calls: readonly LandedCall[]): void;
  /**
   * Asks the candidate all requests, which differ in their keys and tasks alone. A rejection is a cancellation.
   * @returns by `keyPrefix`
   */
  ask(
    requests: readonly CallRequest[],
    candidate: Candidate,
    summary: string,
  ): ReadonlyMap<string, Promise<Landed>>;
}

interface Awaited {
  resolve(end: Landed): void;
  reject(error: unknown): void;
}

const inputOf = (requests: readonly CallRequest[], candidate: Candidate): CallModelsInput => {
  const { provider, model } = candidate;
  const { keyPrefix: _key, task: _task, summary: _summary, priority: _priority, ...shared } = requests[0]!;
  const calls = requests.map(({ keyPrefix, task }) => ({ key: `${keyPrefix}/${model}`, task }));
  return { ...shared, deadlineMs: deadlineFor(requests[0]!, candidate), provider, model, calls };
};

const run = (
  input: CallModelsInput,
  { priority }: CallRequest,
  summary: string,
): Promise<readonly LandedCall[]> => {
  const { callModels } = proxyActivities<Activities>({
    taskQueue: providerQueue(input.provider),
    startToCloseTimeout: DEADLINES * input.deadlineMs + BOOKKEEPING_MS,
    scheduleToStartTimeout: QUEUE_PATIENCE_MS,
    heartbeatTimeout: HEARTBEAT_TIMEOUT_MS,
    retry: CALL_RETRY,
    priority: { priorityKey: priority },
  });
  return whileServed(input.provider, () => callModels.executeWithOptions({ summary }, [input]));
};

const chunks = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / IN_ONE) }, (_unused, index) =>
    items.slice(index * IN_ONE, (index + 1) * IN_ONE),
  );

export const createCallsTogether = (): CallsTogether => {
  const open = new Map<string, Awaited>();

  const landed: CallsTogether['landed'] = (calls) => {
    for (const { key, ...end } of calls) {
      open.get(key)?.resolve(end);
      open.delete(key);
    }
  };

  /** What lost its activity for good: every call that had not landed ends alike. */
  const lost = ({ calls }: CallModelsInput, error: unknown): void => {
    for (const { key } of calls) {
      try {
        open.get(key)?.resolve({ result: null, failed: readFailure(error) });
      } catch (other) {
        open.get(key)?.reject(other);
      }
      open.delete(key);
    }
  };

  return {
    landed,
    ask: (requests, candidate, summary) => {
      const ends = new Map(
        requests.map(({ keyPrefix }) => [
          keyPrefix,
          new Promise<Landed>((resolve, reject) =>
            open.set(`${keyPrefix}/${candidate.model}`, { resolve, reject }),
          ),
        ]),
      );
      for (const some of chunks(requests)) {
        const input = inputOf(some, candidate);
        run(input, some[0]!, `${some.length} ${summary} · ${candidate.model}`).then(landed, (error) =>
          lost(input, error),
        );
      }
      return ends;
    },
  };
};
