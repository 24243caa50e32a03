// Bench of a panel: seventeen analysts on two symbols against a provider server that takes 2 s a call, beside a
// minimal workflow of one such activity in the same run; ten panels at once; how soon the first answer is seen; what a
// tenth of failing calls and a killed worker cost.
import { tmpdir } from 'node:os';
import { type ConclaveClient, connectClient } from '../client/connect';
import { research } from '../client/research';
import { type Config, loadConfig } from '../config/load';
import { SYNTHETIC_WORLD } from '../domain/world';
import { ensureStack, stackStatus, stopStack } from '../stack/stack';
import { type ProviderServer, startProviderServer } from '../test/support/provider-server/provider-server';
import { aResearchInput } from '../test/support/research-input';
import { withMinimalWork } from './support/minimal-work';
import { killedAtHalf, tenthFailing } from './support/panel-faults';
import { CALL_MS, CALLS, runPanel, SUBJECTS, startPanelCalled, until } from './support/panel-runs';
import { loadAverage, processorSeconds } from './support/process-use';
import { quantile } from './support/quantiles';
import { scratchEnvironment, scratchHome } from './support/scratch-postgres';

const ROUNDS = 5;
const AT_ONCE = 10;
const FEW_ROUNDS = 3;

/** The longest call by the provider's own log. */
const slowestCallMs = (server: ProviderServer): number =>
  Math.max(
    ...server
      .calls()
      .map(({ receivedAt, endedAt }) => (endedAt ? Date.parse(endedAt) - Date.parse(receivedAt) : 0)),
  );

/** From the provider's first reply, by its own log, until the panel's progress shows an answer. */
const firstAnswerMs = async (
  client: ConclaveClient,
  server: ProviderServer,
  key: string,
): Promise<number> => {
  server.clear();
  const panel = await startPanelCalled(client, key);
  const ended = () => server.calls().flatMap(({ endedAt }) => (endedAt ? [Date.parse(endedAt)] : []));
  await until(() => ended().length > 0);
  const [landedAt] = ended();
  await until(async () => (await panel.progress()).done > 0);
  const visibleMs = Date.now() - landedAt!;
  await panel.result();
  return visibleMs;
};

/** Processor seconds that the stack's workers, Temporal and Postgres have used, by process. */
const processorUse = async (config: Config): Promise<Readonly<Record<string, number>>> =>
  Object.fromEntries(
    ((await stackStatus(config))?.parts ?? []).flatMap(({ name, pid }) =>
      pid !== null && /^(worker|temporal|postgres)/.test(name) ? [[name, processorSeconds(pid)]] : [],
    ),
  );

/** The shared briefs are there before anything is measured: a panel's own time is what counts. */
const warmUp = async (client: ConclaveClient): Promise<void> => {
  for (const subject of SUBJECTS)
    await research(client, { ...aResearchInput(SYNTHETIC_WORLD, subject), reader: 'bench' });
  await runPanel(client, 'warm-up');
};

const minimalMs = (client: ConclaveClient, address: string): Promise<number> =>
  withMinimalWork({ client, address, activityMs: CALL_MS }, async (once) => {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) times.push(await once());
    return quantile(times, 0.5);
  });

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
  for (let round = 0; round < FEW_ROUNDS; round += 1)
    visible.push(await firstAnswerMs(client, server, `visible-${round}`));
  const minimal = await minimalMs(client, address);
  const before = await processorUse(config);
  const together = await Promise.all(
    Array.from({ length: AT_ONCE }, (_unused, index) => runPanel(client, `together-${index}`)),
  );
  const after = Object.entries(await processorUse(config));
  const slowest = Math.max(...together.map(({ wallMs }) => wallMs));
  const alone = quantile(walls, 0.5);
  const failing = await tenthFailing({ client, server, rounds: FEW_ROUNDS }, alone);
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
