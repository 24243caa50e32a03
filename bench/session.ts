// Bench of a market session on a stack of its own, offline on the made-up tape: sessions an hour, what the engine
// adds per member beside a minimal workflow of one activity in the same run, and what 1 to 500 symbols cost.
import type { ConclaveClient } from '../client/connect';
import { type BenchStack, withBenchStack } from './support/bench-stack';
import { inLanes } from './support/lanes';
import { withMinimalWork } from './support/minimal-work';
import { millisecondsOf, quantile } from './support/quantiles';
import { benchSubjects, HOUSE_MEMBERS, runSession } from './support/run-session';
import type { BenchSize } from './support/size';

const AT_ONCE = 4;

interface Counts {
  /** Numbers of symbols. */
  readonly sizes: readonly number[];
  readonly rounds: number;
  readonly rateSessions: number;
}

const FULL: Counts = { sizes: [1, 10, 100, 500], rounds: 7, rateSessions: 40 };
const QUICK: Counts = { sizes: [1, 10], rounds: 3, rateSessions: 12 };

/** Milliseconds of a session of one researched symbol with so many members. */
const withMembers = async (
  client: ConclaveClient,
  members: readonly string[],
  round: number,
): Promise<number> => {
  const key = `members-${members.length}-${round}`;
  return (await runSession(client, { key, subjects: benchSubjects(1, 'BENCH'), members })).wallMs;
};

/** One member, all members, and a minimal workflow in turns; medians. */
const engineOf = async ({ client, stack }: BenchStack, rounds: number) =>
  withMinimalWork({ client, address: stack.temporal.address }, async (minimalMs) => {
    const one: number[] = [];
    const all: number[] = [];
    const minimal: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      one.push(await withMembers(client, HOUSE_MEMBERS.slice(0, 1), round));
      all.push(await withMembers(client, HOUSE_MEMBERS, round));
      minimal.push(await minimalMs());
    }
    const [oneMs, allMs, floorMs] = [quantile(one, 0.5), quantile(all, 0.5), quantile(minimal, 0.5)];
    return {
      sessionOfOneMemberMs: oneMs,
      sessionOfFourMembersMs: allMs,
      sessionOfFourMembersSpreadMs: [quantile(all, 0.25), quantile(all, 0.75)],
      engineMsPerMember: allMs / HOUSE_MEMBERS.length,
      engineMsPerAddedMember: (allMs - oneMs) / (HOUSE_MEMBERS.length - 1),
      minimalWorkflowMs: floorMs,
      perMemberToMinimalWorkflow: allMs / HOUSE_MEMBERS.length / floorMs,
      rounds,
    };
  });

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
const sessionsPerHour = async (client: ConclaveClient, count: number): Promise<number> => {
  const ms = await millisecondsOf(() =>
    inLanes(count, AT_ONCE, (index) =>
      runSession(client, { key: `rate-${index}`, subjects: benchSubjects(1, 'BENCH') }),
    ),
  );
  return (count / ms) * 3_600_000;
};

/** Five hundred symbols take minutes: what is known is shown as it comes. */
const tell = (known: Record<string, unknown>): void => {
  process.stderr.write(`${JSON.stringify(known)}\n`);
};

const measure = async (bench: BenchStack, counts: Counts) => {
  const { client } = bench;
  // The first session finds out that no price source can be reached, and makes the brief the others read.
  await runSession(client, { key: 'warm-up', subjects: benchSubjects(1, 'BENCH') });
  const engine = {
    sessionsPerHour: await sessionsPerHour(client, counts.rateSessions),
    sessionsAtOnce: AT_ONCE,
    ...(await engineOf(bench, counts.rounds)),
  };
  tell(engine);
  const bySymbols: Record<string, unknown> = {};
  for (const count of counts.sizes) {
    const size = await ofSize(bench, count);
    tell({ [`symbols${count}`]: size });
    bySymbols[`symbols${count}`] = size;
  }
  return { ...engine, ...bySymbols };
};

/** Sessions an hour, milliseconds per member, and time, history and memory by number of symbols. */
export const run = async ({ quick = false }: BenchSize = {}): Promise<Record<string, unknown>> =>
  withBenchStack({ name: 'session' }, (bench) => measure(bench, quick ? QUICK : FULL));
