// What Prometheus scrapes, and the Grafana dashboard that is made of it.
import { readFileSync } from 'node:fs';
import type { ConclaveClient } from '../../../client/connect';
import { providerFigures, providerHealth } from '../../../client/providers';
import { assetPath } from '../../../config/package-root';
import { createStores } from '../../../db/stores';
import { createMetrics } from '../../../server/metrics';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from '../db/fresh-database';

let test: TestDatabase;
let text: string;
let briefScans: number;

const scrape = async (): Promise<string> => {
  const stores = createStores(test.db);
  await stores.caps.setLimit({
    scope: 'month',
    key: '*',
    limitMicroUsd: 9,
    policy: 'stop',
    reason: 'a test',
  });
  await stores.alerts.raise({ kind: 'k', episode: 'e', severity: 'warning', title: 't', details: {} });
  // The list of models answers, completions do not.
  const check = {
    provider: 'openai',
    model: '*',
    origin: 'check',
    ok: true,
    failure: null,
    latencyMs: 4,
  } as const;
  await stores.health.observe(check);
  const call = { ...check, model: 'gpt-4o', origin: 'call', latencyMs: 700 } as const;
  for (const model of ['gpt-4o', 'gpt-4o', 'gpt-4o-mini'])
    await stores.health.observe({ ...call, model, ok: false, failure: 'unavailable' });
  for (const latencyMs of [1_000, 3_000])
    await stores.health.observe({ ...call, provider: 'deepseek', latencyMs });
  const readBriefs = jest.spyOn(stores.briefMetrics, 'metrics');
  const metrics = createMetrics({ stores } as ConclaveClient);
  metrics.observe({ operation: 'healthz', status: 200, seconds: 0.001 });
  const scraped = await metrics.text();
  briefScans = readBriefs.mock.calls.length;
  return scraped;
};

beforeAll(async () => {
  test = await freshTestDatabase(5);
  text = await scrape();
}, STACK_START_MS);
afterAll(() => test.drop());

const NAME = /\bconclave_[a-z0-9_]+/g;

/** Names that a scrape declares, with those that histograms make of theirs. */
const declared = (): ReadonlySet<string> => {
  const names = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name, type]) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name!],
  );
  return new Set(names);
};

it('every metric of the Grafana dashboard exists', () => {
  const dashboard = readFileSync(assetPath('ops', 'grafana', 'conclave.json'), 'utf8');
  const used = [
    ...new Set(
      [...dashboard.matchAll(/"expr": "((?:[^"\\]|\\.)*)"/g)].flatMap(([, expr]) => expr!.match(NAME) ?? []),
    ),
  ];
  expect(used.length).toBeGreaterThan(12);
  expect(used.filter((name) => !declared().has(name))).toEqual([]);
});

it('goes through the reads of briefs once a scrape', () => expect(briefScans).toBe(1));

it('says what the desk has spent, saved, decided and lost', () => {
  for (const line of [
    'conclave_mode{mode="normal"} 1',
    'conclave_alerts_open{severity="warning"} 1',
    'conclave_calls{outcome="failed"} 3',
    'conclave_provider_availability{provider="openai"} 0.25',
    'conclave_provider_availability{provider="deepseek"} 1',
    'conclave_provider_latency_seconds{provider="deepseek",quantile="0.5"} 2',
    'conclave_provider_latency_seconds{provider="deepseek",quantile="0.99"} 2.98',
    'conclave_decisions{outcome="answered"} 0',
    'conclave_brief_reads{outcome="hit"} 0',
    'conclave_http_requests_total{operation="healthz",status="200"} 1',
  ])
    expect(text).toContain(line);
  // A check's time is not that of an answer.
  expect(text).not.toContain('conclave_provider_latency_seconds{provider="openai"');
});

it('says the same of providers by command and API', async () => {
  const client = { stores: createStores(test.db) } as ConclaveClient;
  const { of } = await providerHealth(client);
  const figures = { observations: 4, availability: 0.25, p50Ms: null, p90Ms: null, p99Ms: null };
  expect(of('openai')).toMatchObject(figures);
  expect((await providerFigures(client))('openai')).toEqual(figures);
  expect(of('deepseek')).toMatchObject({ observations: 2, availability: 1, p50Ms: 2_000, p90Ms: 2_800 });
});
