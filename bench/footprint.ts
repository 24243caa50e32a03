// Bench of what a decision costs the machine: time beside a minimal workflow in the same run, decisions a second,
// processor seconds of each part, rows, bytes, histories, memory. What the sizing table is reckoned from.
import { statSync } from 'node:fs';
import { BUNDLE_PATH } from '../workers/workflow-code';
import { type BenchStack, withBenchStack } from './support/bench-stack';
import { added, databaseSize } from './support/database-size';
import { inLanes } from './support/lanes';
import { liveDecisionMs } from './support/live-decision';
import { withMinimalWork } from './support/minimal-work';
import { processorSeconds } from './support/process-use';
import { millisecondsOf, quantile } from './support/quantiles';
import { benchSubjects, HOUSE_MEMBERS, runSession } from './support/run-session';
import type { BenchSize } from './support/size';

const SYMBOLS = 10;
const KIB = 1_024;

interface Counts {
  readonly rounds: number;
  readonly sessions: number;
  readonly atOnce: number;
}

const FULL: Counts = { rounds: 21, sessions: 12, atOnce: 4 };
const QUICK: Counts = { rounds: 7, sessions: 4, atOnce: 4 };

const spread = (values: readonly number[]) => [quantile(values, 0.25), quantile(values, 0.75)];

/** A decision on a cached brief and a minimal workflow, in turns. */
const beside = async ({ client, stack }: BenchStack, rounds: number) =>
  withMinimalWork({ client, address: stack.temporal.address }, async (minimalMs) => {
    const decision: number[] = [];
    const minimal: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      decision.push(await liveDecisionMs(client, 'WARM0', `beside-${round}`));
      minimal.push(await minimalMs());
    }
    return {
      decisionMs: quantile(decision, 0.5),
      decisionSpreadMs: spread(decision),
      minimalWorkflowMs: quantile(minimal, 0.5),
      minimalSpreadMs: spread(minimal),
      decisionToMinimal: quantile(decision, 0.5) / quantile(minimal, 0.5),
    };
  });

const secondsByPart = async (bench: BenchStack): Promise<Readonly<Record<string, number>>> =>
  Object.fromEntries(Object.entries(await bench.parts()).map(([name, pid]) => [name, processorSeconds(pid)]));

/** Events and bytes of all histories, and how many workflows they belong to. */
const histories = async ({ client }: BenchStack) => {
  const total = { workflows: 0, events: 0, bytes: 0 };
  for await (const { raw } of client.temporal.workflow.list()) {
    total.workflows += 1;
    total.events += Number(raw.historyLength ?? 0);
    total.bytes += Number(raw.historySizeBytes ?? 0);
  }
  return total;
};

const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

const perOne = (counts: Readonly<Record<string, number>>, number: number) =>
  Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count / number]));

/** Sessions of ten symbols that are all researched anew. */
const underLoad = async (bench: BenchStack, { sessions, atOnce }: Counts) => {
  const { client, stack } = bench;
  const before = {
    size: await databaseSize(stack.databaseUrl),
    seconds: await secondsByPart(bench),
    histories: await histories(bench),
  };
  let mostMib = 0;
  const ms = await millisecondsOf(() =>
    inLanes(sessions, atOnce, async (index) => {
      await runSession(client, { key: `load-${index}`, subjects: benchSubjects(SYMBOLS, `LOAD${index}X`) });
      mostMib = Math.max(mostMib, await bench.workersMib());
    }),
  );
  const decisions = sessions * SYMBOLS;
  const seconds = await secondsByPart(bench);
  const size = await databaseSize(stack.databaseUrl);
  const written = await histories(bench);
  const perDecision = (of: (part: string) => boolean): number =>
    Object.entries(seconds).reduce(
      (sum, [part, used]) => sum + (of(part) ? used - (before.seconds[part] ?? 0) : 0),
      0,
    ) / decisions;
  const rows = added(before.size.rows, size.rows);
  const bytes = added(before.size.bytes, size.bytes);
  return {
    decisions,
    decisionsPerSecond: (decisions / ms) * 1_000,
    processorMsPerDecision: perDecision(() => true) * 1_000,
    workerProcessorMsPerDecision: perDecision((part) => part.startsWith('worker')) * 1_000,
    temporalProcessorMsPerDecision: perDecision((part) => part === 'temporal') * 1_000,
    postgresProcessorMsPerDecision: perDecision((part) => part === 'postgres') * 1_000,
    workersMib: mostMib,
    rowsPerDecision: sumOf(rows) / decisions,
    bytesPerDecision: sumOf(bytes) / decisions,
    rowsPerSession: sumOf(rows) / sessions,
    bytesPerSession: sumOf(bytes) / sessions,
    workflowsPerDecision: (written.workflows - before.histories.workflows) / decisions,
    historyEventsPerDecision: (written.events - before.histories.events) / decisions,
    historyBytesPerDecision: (written.bytes - before.histories.bytes) / decisions,
    rowsByTable: perOne(rows, decisions),
    bytesByTable: perOne(bytes, decisions),
  };
};

/** Kibibytes of the workflow bundle; null when it has not been built. */
const bundleKib = (): number | null => {
  const stat = statSync(BUNDLE_PATH, { throwIfNoEntry: false });
  return stat ? stat.size / KIB : null;
};

/** A decision by four house members: time, machine, storage. */
export const run = async ({ quick = false }: BenchSize = {}): Promise<Record<string, unknown>> => {
  const counts = quick ? QUICK : FULL;
  return withBenchStack({ name: 'footprint' }, async (bench) => {
    await runSession(bench.client, { key: 'warm-up', subjects: benchSubjects(2, 'WARM') });
    return {
      members: HOUSE_MEMBERS.length,
      symbolsPerSession: SYMBOLS,
      sessionsAtOnce: counts.atOnce,
      ...(await beside(bench, counts.rounds)),
      ...(await underLoad(bench, counts)),
      workflowBundleKib: bundleKib(),
    };
  });
};
