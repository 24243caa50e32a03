// Bench of 1 to 4 worker processes against one stack: decisions a second, processor seconds per decision, and
// how long a decision that a person asks for takes alone and beside a session of 500 symbols. With
// CONCLAVE_BENCH_TEMPORAL_SERVER (see support/temporal-server.ts) on the real server on Postgres, else on the
// embedded one.
import { startSession } from '../client/sessions';
import { type BenchStack, withBenchStack } from './support/bench-stack';
import { inLanes } from './support/lanes';
import { liveDecisionMs } from './support/live-decision';
import { withPostgresTemporal } from './support/postgres-temporal';
import { processorSeconds } from './support/process-use';
import { millisecondsOf, quantile } from './support/quantiles';
import { benchSubjects, runSession, sessionRequest } from './support/run-session';
import type { BenchSize } from './support/size';
import { temporalServerFolder } from './support/temporal-server';

const SYMBOLS = 10;
const BATCH_SYMBOLS = 500;

interface Counts {
  readonly workers: readonly number[];
  readonly sessions: number;
  readonly atOnce: number;
  readonly decisions: number;
}

const FULL: Counts = { workers: [1, 2, 4], sessions: 6, atOnce: 6, decisions: 7 };
const QUICK: Counts = { workers: [1, 2], sessions: 3, atOnce: 3, decisions: 5 };

interface Servers {
  readonly env: NodeJS.ProcessEnv;
  /** Processes that the stack does not own. */
  readonly pids: readonly number[];
}

const processorUse = async (bench: BenchStack, { pids }: Servers): Promise<number> =>
  [...Object.values(await bench.parts()), ...pids].reduce((sum, pid) => sum + processorSeconds(pid), 0);

const throughput = async (bench: BenchStack, servers: Servers, { sessions, atOnce }: Counts) => {
  const before = await processorUse(bench, servers);
  const ms = await millisecondsOf(() =>
    inLanes(sessions, atOnce, (index) =>
      runSession(bench.client, { key: `rate-${index}`, subjects: benchSubjects(SYMBOLS, `RATE${index}X`) }),
    ),
  );
  const decisions = sessions * SYMBOLS;
  const used = (await processorUse(bench, servers)) - before;
  return {
    decisionsPerSecond: (decisions / ms) * 1_000,
    processorMsPerDecision: (used / decisions) * 1_000,
    processorsBusy: (used / ms) * 1_000,
  };
};

const decisionsOf = async ({ client }: BenchStack, count: number, name: string) => {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1)
    times.push(await liveDecisionMs(client, 'WARM0', `${name}-${index}`));
  return { medianMs: quantile(times, 0.5), slowestMs: Math.max(...times) };
};

/** A batch that outlasts the decisions asked beside it; it is ended then. */
const withBatch = async <T>({ client }: BenchStack, work: () => Promise<T>): Promise<T> => {
  const { sessionId } = await startSession(
    client,
    sessionRequest({ key: 'batch', subjects: benchSubjects(BATCH_SYMBOLS, 'BATCH') }),
  );
  const batch = client.temporal.workflow.getHandle(sessionId!);
  // Its id is known a moment before it runs.
  const decided = (): Promise<number> =>
    batch.query<{ readonly done: number }>('progress').then(
      ({ done }) => done,
      () => 0,
    );
  while ((await decided()) < 3) await new Promise((resolve) => setTimeout(resolve, 200));
  const result = await work();
  if ((await decided()) >= BATCH_SYMBOLS) throw new Error('the batch ended before the decisions beside it');
  await batch.terminate('measured');
  return result;
};

const measure = async (bench: BenchStack, servers: Servers, counts: Counts) => {
  await runSession(bench.client, { key: 'warm-up', subjects: benchSubjects(2, 'WARM') });
  const rate = await throughput(bench, servers, counts);
  const alone = await decisionsOf(bench, counts.decisions, 'alone');
  const beside = await withBatch(bench, () => decisionsOf(bench, counts.decisions, 'beside'));
  return {
    ...rate,
    decisionAloneMs: alone.medianMs,
    decisionBesideBatchMs: beside.medianMs,
    slowestBesideBatchMs: beside.slowestMs,
    ratioBesideBatchToAlone: beside.medianMs / alone.medianMs,
  };
};

const onServers = async (servers: Servers, counts: Counts): Promise<Record<string, unknown>> => {
  const results: Record<string, unknown> = {};
  for (const workers of counts.workers) {
    const env = { ...servers.env, CONCLAVE_WORKERS: String(workers) };
    const result = await withBenchStack({ name: 'scale', env }, (bench) => measure(bench, servers, counts));
    process.stderr.write(`${JSON.stringify({ workers, ...result })}\n`);
    results[`workers${workers}`] = result;
  }
  return results;
};

/** The real server is made anew for each number of workers, as the embedded one is. */
const onRealServer = async (folder: string, counts: Counts): Promise<Record<string, unknown>> => {
  const results: Record<string, unknown> = {};
  for (const workers of counts.workers)
    Object.assign(
      results,
      await withPostgresTemporal(folder, ({ databaseUrl, address, pid, postgresPid }) =>
        onServers(
          { env: { DATABASE_URL: databaseUrl, TEMPORAL_ADDRESS: address }, pids: [pid, postgresPid] },
          { ...counts, workers: [workers] },
        ),
      ),
    );
  return results;
};

/** Decisions a second and a person's decision beside a batch, by number of worker processes. */
export const run = async ({ quick = false }: BenchSize = {}): Promise<Record<string, unknown>> => {
  const counts = quick ? QUICK : FULL;
  const folder = temporalServerFolder();
  const results = folder
    ? await onRealServer(folder, counts)
    : await onServers({ env: {}, pids: [] }, counts);
  return { server: folder ? 'Temporal on Postgres' : 'embedded', ...results };
};
