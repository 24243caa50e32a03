// Bench of a panel: seventeen analysts on two symbols against a provider server that takes 2 s a call, beside a
// minimal workflow of one such activity in the same run; ten panels at once; how soon the first answer is seen; what a
// tenth of failing calls and a killed worker cost.
import { tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { NativeConnection, Worker } from '@temporalio/worker';
import { type ConclaveClient, connectClient } from '../client/connect';
import { readAnalysts, startPanel } from '../client/panel';
import { research } from '../client/research';
import { type Config, loadConfig } from '../config/load';
import { SYNTHETIC_WORLD } from '../domain/world';
import { ensureStack, stackStatus, stopStack } from '../stack/stack';
import type { CallRecord } from '../test/support/provider-server/call-log';
import { type ProviderServer, startProviderServer } from '../test/support/provider-server/provider-server';
import { aResearchInput } from '../test/support/research-input';
import type { PanelResult } from '../workflows/contracts/panel';
import { loadAverage, processorSeconds } from './support/process-use';
import { millisecondsOf, quantile } from './support/quantiles';
import { scratchEnvironment, scratchHome } from './support/scratch-postgres';

const CALL_MS = 2_000;
const ROUNDS = 5;
const AT_ONCE = 10;
const FAILING_ROUNDS = 3;
/** How often the bench looks; part of what it measures. */
const LOOK_MS = 5;
const SUBJECTS = ['equity:AAPL', 'equity:MSFT'];
const MODEL = 'local/bench';
const MINIMAL_QUEUE = 'bench-minimal';

const analysts = readAnalysts([], null);

interface Panel {
  readonly wallMs: number;
  readonly answered: number;
}

const CALLS = analysts.length * SUBJECTS.length;

const start = (client: ConclaveClient, key: string) =>
  startPanel(
    client,
    {
      world: SYNTHETIC_WORLD,
      asOf: null,
      subjects: SUBJECTS,
      model: MODEL,
      horizonDays: 5,
      research: { kind: 'complete', template: 'swing', refresh: false },
      prices: null,
      quorum: null,
      deadlineMs: null,
      maxCostMicroUsd: null,
      priority: 1,
    },
    analysts,
    key,
  );

const answeredIn = ({ portfolio }: PanelResult): number =>
  portfolio.reduce((sum, view) => sum + view.answered, 0);

const runPanel = async (client: ConclaveClient, key: string): Promise<Panel> => {
  let answered = 0;
  const wallMs = await millisecondsOf(async () => {
    answered = answeredIn(await (await start(client, key)).result());
  });
  return { wallMs, answered };
};

/** The longest call by the provider's own log. */
const slowestCallMs = (server: ProviderServer): number =>
  Math.max(
    ...server
      .calls()
      .map(({ receivedAt, endedAt }) => (endedAt ? Date.parse(endedAt) - Date.parse(receivedAt) : 0)),
  );

const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await delay(LOOK_MS);
};

/** From the provider's first reply, by its own log, until the panel's progress shows an answer. */
const firstAnswerMs = async (
  client: ConclaveClient,
  server: ProviderServer,
  key: string,
): Promise<number> => {
  server.clear();
  const panel = await start(client, key);
  const ended = () => server.calls().flatMap(({ endedAt }) => (endedAt ? [Date.parse(endedAt)] : []));
  await until(() => ended().length > 0);
  const [landedAt] = ended();
  await until(async () => (await panel.progress()).done > 0);
  const visibleMs = Date.now() - landedAt!;
  await panel.result();
  return visibleMs;
};

/** Of one answer, whichever sending. */
const answerKeyOf = ({ callKey }: CallRecord): string => callKey.replace(/#\d+$/, '');

/** Processor seconds that the stack's workers, Temporal and Postgres have used, by process. */
const processorUse = async (config: Config): Promise<Readonly<Record<string, number>>> =>
  Object.fromEntries(
    ((await stackStatus(config))?.parts ?? []).flatMap(({ name, pid }) =>
      pid !== null && /^(worker|temporal|postgres)/.test(name) ? [[name, processorSeconds(pid)]] : [],
    ),
  );

/** Kills the worker once half of the calls are answered, the others taking long; how long until one is sent anew. */
const killedAtHalf = async (client: ConclaveClient, server: ProviderServer, config: Config) => {
  server.clear();
  server.set({
    delayMs: 0,
    mix: [{ fault: 'slow_headers', share: 0.5, settings: { everyMs: 4 * CALL_MS } }],
  });
  const panel = await start(client, 'killed');
  await until(() => server.calls().length === CALLS);
  const answeredCalls = () => server.calls().filter(({ outcome }) => outcome === 'answered');
  await until(async () => (await panel.progress()).done === answeredCalls().length);
  const before = new Set(answeredCalls().map(answerKeyOf));
  const worker = (await stackStatus(config))?.parts.find(({ name }) => name.startsWith('worker'));
  server.set({ delayMs: CALL_MS, mix: [] });
  process.kill(worker!.pid!, 'SIGKILL');
  const resumeMs = await millisecondsOf(() => until(() => server.calls().length > CALLS));
  const answered = answeredIn(await panel.result());
  const repeated = server
    .calls()
    .slice(CALLS)
    .filter((call) => before.has(answerKeyOf(call)));
  return { resumeMs, answeredAfterKill: answered, repeatedAnsweredCalls: repeated.length };
};

/** A tenth of the calls fails at once with a 500; what that costs beyond a panel without failures. */
const tenthFailing = async (client: ConclaveClient, server: ProviderServer, aloneMs: number) => {
  const panels: Panel[] = [];
  for (let round = 0; round < FAILING_ROUNDS; round += 1) {
    server.set({
      ...{ delayMs: 0, seed: 1 + round },
      mix: [
        { fault: 'server_error', share: 0.1 },
        { fault: 'slow_headers', share: 0.9, settings: { everyMs: CALL_MS } },
      ],
    });
    panels.push(await runPanel(client, `failing-${round}`));
  }
  server.set({ delayMs: CALL_MS, mix: [] });
  return {
    tenthFailingExtraMs: Math.max(...panels.map(({ wallMs }) => wallMs)) - aloneMs,
    tenthFailingLeastAnswered: Math.min(...panels.map(({ answered }) => answered)),
  };
};

/** The shared briefs are there before anything is measured: a panel's own time is what counts. */
const warmUp = async (client: ConclaveClient): Promise<void> => {
  for (const subject of SUBJECTS)
    await research(client, { ...aResearchInput(SYNTHETIC_WORLD, subject), reader: 'bench' });
  await runPanel(client, 'warm-up');
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
          args: [CALL_MS],
        }),
      );
      if (round > 0) times.push(ms);
    }
  });
  await connection.close();
  return quantile(times, 0.5);
};

const measure = async (client: ConclaveClient, server: ProviderServer, address: string, config: Config) => {
  await warmUp(client);
  server.set({ delayMs: CALL_MS });
  const walls: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    server.clear();
    const { wallMs, answered } = await runPanel(client, `round-${round}`);
    if (answered !== CALLS) throw new Error(`only ${answered} calls were answered`);
    walls.push(wallMs);
    ratios.push(wallMs / slowestCallMs(server));
  }
  const visible: number[] = [];
  for (let round = 0; round < FAILING_ROUNDS; round += 1)
    visible.push(await firstAnswerMs(client, server, `visible-${round}`));
  const minimal = await minimalMs(client, address);
  const before = await processorUse(config);
  const together = await Promise.all(
    Array.from({ length: AT_ONCE }, (_unused, index) => runPanel(client, `together-${index}`)),
  );
  const after = Object.entries(await processorUse(config));
  const slowest = Math.max(...together.map(({ wallMs }) => wallMs));
  const alone = quantile(walls, 0.5);
  const failing = await tenthFailing(client, server, alone);
  const killed = await killedAtHalf(client, server, config);
  return {
    ratioToSlowestCall: quantile(ratios, 0.5),
    bestRatioToSlowestCall: Math.min(...ratios),
    panelMs: alone,
    minimalWorkflowMs: minimal,
    ratioToMinimalWorkflow: alone / minimal,
    callMs: CALL_MS,
    calls: CALLS,
    rounds: ROUNDS,
    firstAnswerMs: quantile(visible, 0.5),
    panelsAtOnce: AT_ONCE,
    slowestOfPanelsAtOnceMs: slowest,
    // Steadier than the clock on a machine that others use.
    processorMsPerPanelAtOnce: Object.fromEntries(
      after.map(([name, seconds]) => [name, ((seconds - (before[name] ?? 0)) * 1_000) / AT_ONCE]),
    ),
    load: loadAverage(),
    ratioOfPanelsAtOnceToAlone: slowest / alone,
    ...failing,
    ...killed,
  };
};

/** Milliseconds from asking for a panel to its result, and its ratio to the slowest of its calls. */
export const run = async (): Promise<Record<string, unknown>> => {
  const server = await startProviderServer({ behaviour: { models: ['bench'] } });
  const { home, remove } = scratchHome('panel');
  const env = {
    ...scratchEnvironment(home),
    CONCLAVE_OPENAI_COMPATIBLE_URL: `${server.as('local')}/v1`,
  };
  const config = loadConfig({ env, cwd: tmpdir() });
  try {
    const stack = await ensureStack({ config, env });
    const client = await connectClient({ databaseUrl: stack.databaseUrl, temporal: stack.temporal });
    try {
      return await measure(client, server, stack.temporal.address, config);
    } finally {
      await client.close();
      await stack.release();
    }
  } finally {
    await stopStack(config);
    await server.close();
    remove();
  }
};
