// Bench of a person's decision beside a batch of 200 subjects: alone, with the priority that live work has, and with
// the batch's own priority, as if there were none. The batch comes as one session, which lets twelve subjects at a
// time into the queues, and as eight sessions at once, which let all of theirs.
import type { WorkflowHandle } from '@temporalio/client';
import { startSession } from '../client/sessions';
import { PRIORITY } from '../workflows/contracts/task-queues';
import { type BenchStack, withBenchStack } from './support/bench-stack';
import { liveDecisionMs } from './support/live-decision';
import { quantile } from './support/quantiles';
import { benchSubjects, runSession, sessionRequest } from './support/run-session';
import type { BenchSize } from './support/size';

const SUBJECTS = 200;
const BATCHES = { oneSession: 1, eightSessions: 8 } as const;

interface Times {
  readonly alone: number[];
  readonly withPriority: number[];
  readonly without: number[];
}

const startBatch = async ({ client }: BenchStack, sessions: number, name: string) => {
  const subjects = benchSubjects(SUBJECTS, name);
  const share = SUBJECTS / sessions;
  const handles: WorkflowHandle[] = [];
  for (let index = 0; index < sessions; index += 1) {
    const own = subjects.slice(index * share, (index + 1) * share);
    const request = sessionRequest({ key: `${name}${index}`, subjects: own });
    const { sessionId } = await startSession(client, request);
    handles.push(client.temporal.workflow.getHandle(sessionId!));
  }
  const decided = async (): Promise<number> => {
    const counts = handles.map((handle) =>
      handle.query<{ readonly done: number }, []>('progress').then(
        ({ done }) => done,
        () => 0,
      ),
    );
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  };
  const end = (): Promise<unknown> =>
    Promise.allSettled(handles.map((handle) => handle.terminate('measured')));
  return { decided, end };
};

/** Pairs asked at the same moment, one with and one without priority, as long as the batch is not over. */
const beside = async (bench: BenchStack, sessions: number, count: number, times: Times): Promise<void> => {
  const name = `B${sessions}X`;
  const batch = await startBatch(bench, sessions, name);
  while ((await batch.decided()) < 3) await new Promise((resolve) => setTimeout(resolve, 200));
  const ask = (key: string, priority: number): Promise<number> =>
    liveDecisionMs(bench.client, 'WARM0', `${name}-${key}`, priority);
  for (let index = 0; index < count; index += 1) {
    const [first, second] = await Promise.all([
      ask(`with-${index}`, PRIORITY.live),
      ask(`without-${index}`, PRIORITY.session),
    ]);
    if ((await batch.decided()) >= SUBJECTS) break;
    times.withPriority.push(first);
    times.without.push(second);
  }
  await batch.end();
  if (times.without.length === 0) throw new Error('the batch ended before the first pair of decisions');
};

const shown = ({ alone, withPriority, without }: Times) => ({
  pairs: withPriority.length,
  aloneMs: quantile(alone, 0.5),
  withPriorityMs: quantile(withPriority, 0.5),
  withPrioritySlowestMs: Math.max(...withPriority),
  withoutPriorityMs: quantile(without, 0.5),
  withoutPrioritySlowestMs: Math.max(...without),
});

/** Medians and slowest of a live decision, by how the batch came. */
export const run = async ({ quick = false }: BenchSize = {}): Promise<Record<string, unknown>> => {
  const count = quick ? 4 : 10;
  const results: Record<string, unknown> = { subjects: SUBJECTS };
  for (const [name, sessions] of Object.entries(BATCHES))
    results[name] = await withBenchStack({ name: `fairness-${sessions}` }, async (bench) => {
      await runSession(bench.client, { key: 'warm-up', subjects: benchSubjects(2, 'WARM') });
      const times: Times = { alone: [], withPriority: [], without: [] };
      for (let index = 0; index < count; index += 1)
        times.alone.push(await liveDecisionMs(bench.client, 'WARM0', `alone-${index}`));
      await beside(bench, sessions, count, times);
      return shown(times);
    });
  return results;
};
