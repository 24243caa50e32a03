// Bench of a panel: seventeen analysts on two symbols against a provider server that takes 2 s a call, beside a
// minimal workflow of one such activity in the same run, and ten panels at once.
import { tmpdir } from 'node:os';
import { NativeConnection, Worker } from '@temporalio/worker';
import { type ConclaveClient, connectClient } from '../client/connect';
import { readAnalysts, startPanel } from '../client/panel';
import { research } from '../client/research';
import { loadConfig } from '../config/load';
import { SYNTHETIC_WORLD } from '../domain/world';
import { ensureStack, stopStack } from '../stack/stack';
import { type ProviderServer, startProviderServer } from '../test/support/provider-server/provider-server';
import { millisecondsOf, quantile } from './support/quantiles';
import { scratchEnvironment, scratchHome } from './support/scratch-postgres';

const CALL_MS = 2_000;
const ROUNDS = 5;
const AT_ONCE = 10;
const SUBJECTS = ['equity:AAPL', 'equity:MSFT'];
const MODEL = 'local/bench';
const MINIMAL_QUEUE = 'bench-minimal';

const analysts = readAnalysts([], null);

interface Panel {
  readonly wallMs: number;
  readonly answered: number;
}

const runPanel = async (client: ConclaveClient, key: string): Promise<Panel> => {
  let answered = 0;
  const wallMs = await millisecondsOf(async () => {
    const panel = await startPanel(
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
    const result = await panel.result();
    answered = result.portfolio.reduce((sum, view) => sum + view.answered, 0);
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

/** The shared briefs are there before anything is measured: a panel's own time is what counts. */
const warmUp = async (client: ConclaveClient): Promise<void> => {
  for (const subject of SUBJECTS)
    await research(client, {
      world: SYNTHETIC_WORLD,
      asOf: null,
      subject,
      kind: 'complete',
      template: 'swing',
      refresh: false,
      prices: null,
      sessionId: null,
      reader: 'bench',
      waiters: [],
    });
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

const measure = async (client: ConclaveClient, server: ProviderServer, address: string) => {
  await warmUp(client);
  server.set({ delayMs: CALL_MS });
  const walls: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    server.clear();
    const { wallMs, answered } = await runPanel(client, `round-${round}`);
    if (answered !== analysts.length * SUBJECTS.length)
      throw new Error(`only ${answered} calls were answered`);
    walls.push(wallMs);
    ratios.push(wallMs / slowestCallMs(server));
  }
  const minimal = await minimalMs(client, address);
  const together = await Promise.all(
    Array.from({ length: AT_ONCE }, (_unused, index) => runPanel(client, `together-${index}`)),
  );
  const slowest = Math.max(...together.map(({ wallMs }) => wallMs));
  const alone = quantile(walls, 0.5);
  return {
    ratioToSlowestCall: quantile(ratios, 0.5),
    bestRatioToSlowestCall: Math.min(...ratios),
    panelMs: alone,
    minimalWorkflowMs: minimal,
    ratioToMinimalWorkflow: alone / minimal,
    callMs: CALL_MS,
    calls: analysts.length * SUBJECTS.length,
    rounds: ROUNDS,
    panelsAtOnce: AT_ONCE,
    slowestOfPanelsAtOnceMs: slowest,
    ratioOfPanelsAtOnceToAlone: slowest / alone,
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
      return await measure(client, server, stack.temporal.address);
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
