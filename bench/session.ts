// Bench of a market session on a stack of its own, offline on the made-up tape: sessions an hour, what the engine
// adds per member beside a minimal workflow of one activity in the same run, and what 1 to 500 symbols cost.
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { NativeConnection, Worker } from '@temporalio/worker';
import { type ConclaveClient, connectClient } from '../client/connect';
import { startSession } from '../client/sessions';
import { loadConfig } from '../config/load';
import { ensureStack, stackStatus, stopStack } from '../stack/stack';
import type { SessionResult } from '../workflows/contracts/session';
import { millisecondsOf, quantile } from './support/quantiles';
import { scratchEnvironment, scratchHome } from './support/scratch-postgres';

const MEMBERS = ['house-drift', 'house-momentum', 'house-mean-reversion', 'house-logistic'];
const SIZES = [1, 10, 100, 500];
const ROUNDS = 7;
const RATE_SESSIONS = 40;
const AT_ONCE = 4;
const MINIMAL_QUEUE = 'bench-minimal';
const PAGE_BYTES = 4_096;
const MIB = 1_024 ** 2;

type Config = ReturnType<typeof loadConfig>;

interface Run {
  readonly sessionId: string;
  readonly wallMs: number;
  readonly result: SessionResult;
}

/** `BENCH0`, `BENCH1`, ..: the made-up tape has any symbol. */
const symbols = (count: number, prefix: string): readonly string[] =>
  Array.from({ length: count }, (_unused, index) => `equity:${prefix}${index}`);

const runSession = async (
  client: ConclaveClient,
  key: string,
  subjects: readonly string[],
  members: readonly string[] = MEMBERS,
): Promise<Run> => {
  let sessionId = '';
  let result: SessionResult | undefined;
  const wallMs = await millisecondsOf(async () => {
    const target = await startSession(client, {
      ...{ market: 'XNYS', kind: 'pre_market', date: null, replay: false, subjects, members },
      ...{ strategy: null, stakeMicroUsd: null, template: 'swing', researchKind: 'complete', refresh: false },
      ...{ prices: null, horizonDays: 5, requestKey: key },
    });
    sessionId = target.sessionId!;
    result = (await client.temporal.workflow
      .getHandle(`trigger:XNYS:pre_market:${key}`)
      .result()) as SessionResult;
  });
  if (result?.decided !== subjects.length)
    throw new Error(`session ${key} decided ${result?.decided} of ${subjects.length}`);
  return { sessionId, wallMs, result };
};

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
      (await runSession(client, `members-${members.length}-${round}`, symbols(1, 'BENCH'), members)).wallMs,
    );
  return quantile(walls, 0.5);
};

/** Resident memory of the worker processes. */
const workersMib = async (config: Config): Promise<number> => {
  const parts = (await stackStatus(config))?.parts ?? [];
  const pages = parts
    .filter(({ name, pid }) => name.startsWith('worker') && pid !== null)
    .map(({ pid }) => Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]));
  return pages.reduce((sum, count) => sum + count, 0) * (PAGE_BYTES / MIB);
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

const ofSize = async (client: ConclaveClient, config: Config, count: number) => {
  const { sessionId, wallMs } = await runSession(client, `size-${count}`, symbols(count, `SIZE${count}X`));
  const { events, bytes, runs } = await largestHistory(client, sessionId);
  return {
    wallMs,
    msPerSymbol: wallMs / count,
    historyEvents: events,
    historyBytes: bytes,
    historyRuns: runs,
    workersMib: await workersMib(config),
  };
};

/** Sessions of one researched symbol, four at a time. */
const sessionsPerHour = async (client: ConclaveClient): Promise<number> => {
  const waiting = Array.from({ length: RATE_SESSIONS }, (_unused, index) => index);
  const ms = await millisecondsOf(() =>
    Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
          await runSession(client, `rate-${next}`, symbols(1, 'BENCH'));
      }),
    ),
  );
  return (RATE_SESSIONS / ms) * 3_600_000;
};

/** Five hundred symbols take minutes: what is known is shown as it comes. */
const tell = (known: Record<string, unknown>): void => {
  process.stderr.write(`${JSON.stringify(known)}\n`);
};

const measure = async (client: ConclaveClient, config: Config, address: string) => {
  // The first session finds out that no price source can be reached, and makes the brief the others read.
  await runSession(client, 'warm-up', symbols(1, 'BENCH'));
  const one = await withMembers(client, MEMBERS.slice(0, 1));
  const four = await withMembers(client, MEMBERS);
  const minimal = await minimalMs(client, address);
  const perHour = await sessionsPerHour(client);
  const bySymbols: Record<string, unknown> = {};
  const engine = {
    sessionsPerHour: perHour,
    sessionsAtOnce: AT_ONCE,
    sessionOfOneMemberMs: one,
    sessionOfFourMembersMs: four,
    engineMsPerMember: four / MEMBERS.length,
    engineMsPerAddedMember: (four - one) / (MEMBERS.length - 1),
    minimalWorkflowMs: minimal,
    perMemberToMinimalWorkflow: four / MEMBERS.length / minimal,
    rounds: ROUNDS,
  };
  tell(engine);
  for (const count of SIZES) {
    const size = await ofSize(client, config, count);
    tell({ [`symbols${count}`]: size });
    bySymbols[`symbols${count}`] = size;
  }
  return { ...engine, ...bySymbols };
};

/** Sessions an hour, milliseconds per member, and time, history and memory by number of symbols. */
export const run = async (): Promise<Record<string, unknown>> => {
  const { home, remove } = scratchHome('session');
  const env = scratchEnvironment(home);
  const config = loadConfig({ env, cwd: tmpdir() });
  try {
    const stack = await ensureStack({ config, env });
    const client = await connectClient({ databaseUrl: stack.databaseUrl, temporal: stack.temporal });
    try {
      return await measure(client, config, stack.temporal.address);
    } finally {
      await client.close();
      await stack.release();
    }
  } finally {
    await stopStack(config);
    remove();
  }
};
