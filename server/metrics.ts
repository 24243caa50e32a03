// Prometheus figures of the API process, and of the desk as its tables say at the moment of the scrape.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ConclaveClient } from '../client/connect';
import { LIVE_WORLD } from '../domain/world';

export interface ServerMetrics {
  observe(request: { readonly operation: string; readonly status: number; readonly seconds: number }): void;
  text(): Promise<string>;
  readonly contentType: string;
}

const deskGauges = (client: ConclaveClient, registers: Registry[]): void => {
  new Gauge({
    name: 'conclave_brief_reads',
    help: 'Reads of shared briefs in the live world, by outcome',
    labelNames: ['outcome'],
    registers,
    async collect() {
      const [row] = await client.stores.briefMetrics.metrics({ world: LIVE_WORLD, by: 'overall' });
      this.set({ outcome: 'hit' }, row?.hits ?? 0);
      this.set({ outcome: 'join' }, row?.joins ?? 0);
      this.set({ outcome: 'miss' }, row?.misses ?? 0);
    },
  });
  new Gauge({
    name: 'conclave_spend_micro_usd',
    help: 'Billed spending of this UTC month in micro-dollars, by provider',
    labelNames: ['provider'],
    registers,
    async collect() {
      const from = `${new Date().toISOString().slice(0, 7)}-01T00:00:00.000Z`;
      this.reset();
      for (const row of await client.stores.spend.by('provider', { from }))
        this.set({ provider: row.group }, row.settledMicroUsd);
    },
  });
  new Gauge({
    name: 'conclave_breaker_open',
    help: '1 where a circuit breaker is not closed',
    labelNames: ['provider', 'model'],
    registers,
    async collect() {
      for (const { provider, model, state } of await client.stores.breakers.list())
        this.set({ provider, model }, state.status === 'closed' ? 0 : 1);
    },
  });
};

export const createMetrics = (client: ConclaveClient): ServerMetrics => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'conclave_api_' });
  deskGauges(client, [registry]);
  const requests = new Counter({
    name: 'conclave_http_requests_total',
    help: 'Requests to the API',
    labelNames: ['operation', 'status'],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'conclave_http_request_seconds',
    help: 'Time to answer',
    labelNames: ['operation'],
    buckets: [0.002, 0.01, 0.05, 0.25, 1, 5, 30],
    registers: [registry],
  });
  return {
    observe: ({ operation, status, seconds: took }) => {
      requests.inc({ operation, status: String(status) });
      seconds.observe({ operation }, took);
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
};
