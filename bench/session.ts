// Bench of a market session on a stack of its own, offline on the made-up tape: sessions an hour, what the engine
// adds per member beside a minimal workflow of one activity in the same run, and what 1 to 500 symbols cost.
import { NativeConnection, Worker } from '@temporalio/worker';
import type { ConclaveClient } from '../client/connect';
import { type BenchStack, withBenchStack } from './support/bench-stack';
import { millisecondsOf, quantile } from './support/quantiles';
import { benchSubjects, HOUSE_MEMBERS, runSession } from './support/run-session';

const SIZES = [1, 10, 100, 500];
const ROUNDS = 7;
const RATE_SESSIONS = 40;
const AT_ONCE = 4;
const MINIMAL_QUEUE = 'bench-minimal';

const minimalMs = async (client: ConclaveClient, address: string): Promise<number> => {
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    namespace: client.namespace,
    taskQueue: MINIMAL_QUEUE,
    workflowsPath: require.resolve('./support/minimal-workflow'),
    activities: { wait: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) },
  });
  const times: number[] = [];
  await worker.runUntil(async () => {
    for (let round = 0; round <= ROUNDS; round += 1) {
      const ms = await millisecondsOf(() =>
        client.temporal.workflow.execute('oneActivity', {
          workflowId: `bench-minimal-${round}`,
          taskQueue: MINIMAL_QUEUE,
          args: [0],
        }),
      );
      if (round > 0) times.push(ms);
    }
  });
  await connection.close();
  return quantile(times, 0.5);
};

/** Median of a session of one researched symbol with so many members. */
const withMembers = async (client: ConclaveClient, members: readonly string[]): Promise<number> => {
  const walls: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1)
    walls.push(
      (
        await runSession(client, {
          key: `members-${members.length}-${round}`,
          subjects: benchSubjects(1, 'BENCH'),
          members,
        })
      ).wallMs,
    );
  return quantile(walls, 0.5);
};

/** The largest history of a session's runs: it continues as new. */
const largestHistory = async (client: ConclaveClient, sessionId: string) => {
  let events = 0;
  let bytes = 0;
  let runs = 0;
  const query = `WorkflowId = '${sessionId}'`;
  for await (const { runId } of client.temporal.workflow.list({ query })) {
    const { raw } = await client.temporal.workflow.getHandle(sessionId, runId).describe();
    runs += 1;
    events = Math.max(events, Number(raw.workflowExecutionInfo?.historyLength ?? 0));
    bytes = Math.max(bytes, Number(raw.workflowExecutionInfo?.historySizeBytes ?? 0));
  }
  return { events, bytes, runs };
};

const ofSize = async ({ client, workersMib }: BenchStack, count: number) => {
  const { sessionId, wallMs } = await runSession(client, {
    key: `size-${count}`,
    subjects: benchSubjects(count, `SIZE${count}X`),
  });
  const { events, bytes, runs } = await largestHistory(client, sessionId);
  return {
    wallMs,
    msPerSymbol: wallMs / count,
    historyEvents: events,
    historyBytes: bytes,
    historyRuns: runs,
    workersMib: await workersMib(),
  };
};

/** Sessions of one researched symbol, four at a time. */
const sessionsPerHour = async (client: ConclaveClient): Promise<number> => {
  const waiting = Array.from({ length: RATE_SESSIONS }, (_unused, index) => index);
  const ms = await millisecondsOf(() =>
    Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
          await runSession(client, { key: `rate-${next}`, subjects: benchSubjects(1, 'BENCH') });
      }),
    ),
  );
  return (RATE_SESSIONS / ms) * 3_600_000;
};

/** Five hundred symbols take minutes: what is known is shown as it comes. */
const tell = (known: Record<string, unknown>): void => {
  process.stderr.write(`${JSON.stringify(known)}\n`);
};

const measure = async (bench: BenchStack) => {
  const { client } = bench;
  // The first session finds out that no price source can be reached, and makes the brief the others read.
  await runSession(client, { key: 'warm-up', subjects: benchSubjects(1, 'BENCH') });
  const one = await withMembers(client, HOUSE_MEMBERS.slice(0, 1));
  const four = await withMembers(client, HOUSE_MEMBERS);
  const minimal = await minimalMs(client, bench.stack.temporal.address);
  const perHour = await sessionsPerHour(client);
  const bySymbols: Record<string, unknown> = {};
  const engine = {
    sessionsPerHour: perHour,
    sessionsAtOnce: AT_ONCE,
    sessionOfOneMemberMs: one,
    sessionOfFourMembersMs: four,
    engineMsPerMember: four / HOUSE_MEMBERS.length,
    engineMsPerAddedMember: (four - one) / (HOUSE_MEMBERS.length - 1),
    minimalWorkflowMs: minimal,
    perMemberToMinimalWorkflow: four / HOUSE_MEMBERS.length / minimal,
    rounds: ROUNDS,
  };
  tell(engine);
  for (const count of SIZES) {
    const size = await ofSize(bench, count);
    tell({ [`symbols${count}`]: size });
    bySymbols[`symbols${count}`] = size;
  }
  return { ...engine, ...bySymbols };
};

/** Sessions an hour, milliseconds per member, and time, history and memory by number of symbols. */
export const run = async (): Promise<Record<string, unknown>> => withBenchStack({ name: 'session' }, measure);
