// Bench of the gate around a model call: selection, breaker, reservation, the call itself over HTTP, settling
// and storing, beside a bare HTTP call to the same server in the same run, which is the floor.
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createUsableModels } from '../activities/usable-models';
import { MICRO_PER_USD } from '../domain/money/micro-usd';
import { type CallHarness, callInput, createCallHarness } from '../test/support/call-harness';
import { type ProviderServer, startProviderServer } from '../test/support/provider-server/provider-server';
import { quantile } from './support/quantiles';
import { withScratchPostgres } from './support/scratch-postgres';

const CALLS = 300;
const WARM_UP = 50;
const WIDTH = 16;
/** The provider's own time, taken off by the bare call that has it too. */
const PROVIDER_MS = 10;
/** Nearer to a model's: sixteen callers then come about as often as in real use, and do not saturate the processor. */
const STEADY_PROVIDER_MS = 250;

/** A rejected call is what is measured here, nothing to warn of. */
const createEnvironment = (): MockActivityEnvironment =>
  new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });

const time = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await work();
  return performance.now() - started;
};

const body = JSON.stringify({
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content: 'Statement: the harness answers.' }],
});

const bareCall = async (server: ProviderServer): Promise<void> => {
  const response = await fetch(`${server.as('bare')}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  await response.text();
};

const inLanes = async (work: (index: number) => Promise<number>, width: number): Promise<number[]> => {
  const times: number[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < CALLS; index = next++) times.push(await work(index));
  };
  await Promise.all(Array.from({ length: width }, lane));
  return times;
};

/** How long callers wait for the word that a breaker is open; none of them reaches the provider. */
const measureRejection = async (harness: CallHarness, server: ProviderServer) => {
  const until = new Date(Date.now() + 3_600_000).toISOString();
  await harness.stores.breakers.apply(
    { provider: 'openai', model: 'gpt-4o-mini' },
    { type: 'force_open', until },
  );
  server.clear();
  const environment = createEnvironment();
  const rejected = async (key: string): Promise<void> => {
    const { failure } = await harness.call(callInput(key), environment);
    if (failure?.kind !== 'breaker_open') throw new Error(`bench call was not rejected: ${failure?.kind}`);
  };
  const times = await inLanes((index) => time(() => rejected(`rejected-${index}`)), WIDTH);
  if (server.calls().length > 0) throw new Error('a call passed the open breaker');
  return { rejectedP50Ms: round(quantile(times, 0.5)), rejectedP99Ms: round(quantile(times, 0.99)) };
};

const round = (ms: number): number => Math.round(ms * 100) / 100;

const measure = async (harness: CallHarness, server: ProviderServer, width: number, providerMs: number) => {
  server.set({ delayMs: providerMs });
  const environment = createEnvironment();
  const usable = createUsableModels(harness.dependencies);
  const gate = async (key: string): Promise<void> => {
    const outcome = await harness.call(callInput(key), environment);
    if (!outcome.result) throw new Error(`bench call failed: ${outcome.failure?.kind}`);
  };
  for (let index = 0; index < (providerMs > PROVIDER_MS ? 5 : WARM_UP); index += 1) {
    await gate(`warm-${width}-${providerMs}-${index}`);
    await bareCall(server);
  }
  const bare = await inLanes(() => time(() => bareCall(server)), width);
  const whole = await inLanes((index) => time(() => gate(`gate-${width}-${providerMs}-${index}`)), width);
  const select = await inLanes(() => time(() => usable.languageModels()), 1);
  const floor = quantile(bare, 0.5);
  return {
    bareP50Ms: round(floor),
    bareP99Ms: round(quantile(bare, 0.99)),
    gateP50Ms: round(quantile(whole, 0.5)),
    gateP99Ms: round(quantile(whole, 0.99)),
    addedP50Ms: round(quantile(whole, 0.5) - floor),
    addedP99Ms: round(quantile(whole, 0.99) - floor),
    selectP50Ms: round(quantile(select, 0.5)),
  };
};

/**
 * Sequential figures at the top; 16 concurrent callers beneath, at a model's pace and, `saturated`, as fast as the
 * processor lets them. `select` is once per decision, not per call.
 */
export const run = (): Promise<Record<string, unknown>> =>
  withScratchPostgres(async (url) => {
    const server = await startProviderServer({ behaviour: { delayMs: PROVIDER_MS } });
    const hosted = { name: 'openai', kind: 'openai-compatible' as const, readKey: () => 'sk-bench' };
    const harness = await createCallHarness(url, [{ ...hosted, baseUrl: `${server.as('openai')}/v1` }]);
    try {
      for (const scope of ['month', 'day', 'provider', 'model'] as const)
        await harness.stores.caps.setLimit({
          ...{ scope, key: '*', limitMicroUsd: 100 * MICRO_PER_USD, policy: 'stop' },
          reason: 'bench',
        });
      const sequential = await measure(harness, server, 1, PROVIDER_MS);
      const concurrent = await measure(harness, server, WIDTH, STEADY_PROVIDER_MS);
      const saturated = await measure(harness, server, WIDTH, PROVIDER_MS);
      return {
        calls: CALLS,
        providerMs: PROVIDER_MS,
        ...sequential,
        concurrency: WIDTH,
        concurrentProviderMs: STEADY_PROVIDER_MS,
        concurrent,
        saturated,
        openBreaker: await measureRejection(harness, server),
      };
    } finally {
      await harness.close();
      await server.close();
    }
  });
