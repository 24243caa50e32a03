// Prometheus figures of the API process, and of the desk as its tables say at the moment of the scrape.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ConclaveClient } from '../client/connect';
import type { CapRow } from '../db/cap-record';
import { oneReader } from '../db/one-reader';
import { MODES } from '../domain/outage/modes';
import { LIVE_WORLD } from '../domain/world';

export interface ServerMetrics {
  observe(request: { readonly operation: string; readonly status: number; readonly seconds: number }): void;
  text(): Promise<string>;
  readonly contentType: string;
}

/** One figure of the desk, set anew from the tables at each scrape. */
const gauge = (
  registers: Registry[],
  name: string,
  help: string,
  labelNames: readonly string[],
  read: (set: (labels: Readonly<Record<string, string>>, value: number) => void) => Promise<void>,
): void => {
  new Gauge({
    name: `conclave_${name}`,
    help,
    labelNames: [...labelNames],
    registers,
    async collect() {
      this.reset();
      await read((labels, value) => this.set({ ...labels }, value));
    },
  });
};

const moneyGauges = ({ stores }: ConclaveClient, registers: Registry[]): void => {
  gauge(
    registers,
    'spend_micro_usd',
    'Billed spending of this UTC month in micro-dollars, by provider',
    ['provider'],
    async (set) => {
      const from = `${(await stores.worlds.now(LIVE_WORLD)).slice(0, 7)}-01T00:00:00.000Z`;
      for (const row of await stores.spend.by('provider', { from }))
        set({ provider: row.group }, row.settledMicroUsd);
    },
  );
  const capGauge = (name: string, help: string, value: (cap: CapRow) => number): void =>
    gauge(registers, `cap_${name}_micro_usd`, `${help}, in micro-dollars`, ['scope', 'key'], async (set) => {
      for (const cap of await stores.caps.status()) set({ scope: cap.scope, key: cap.key }, value(cap));
    });
  capGauge('limit', 'Limit of each open cap', (cap) => cap.limitMicroUsd);
  capGauge('used', 'Spent and held of each open cap', (cap) => cap.spentMicroUsd + cap.heldMicroUsd);
};

const healthGauges = ({ stores }: ConclaveClient, registers: Registry[]): void => {
  gauge(registers, 'workers', 'Workers that are alive', [], async (set) =>
    set({}, await stores.workerBeats.alive()),
  );
  gauge(
    registers,
    'breaker_open',
    '1 where a circuit breaker is not closed',
    ['provider', 'model'],
    async (set) => {
      for (const { provider, model, state } of await stores.breakers.list())
        set({ provider, model }, state.status === 'closed' ? 0 : 1);
    },
  );
  gauge(registers, 'mode', '1 for the mode in force', ['mode'], async (set) => {
    const current = (await stores.modes.current())?.mode ?? 'normal';
    for (const mode of MODES) set({ mode }, mode === current ? 1 : 0);
  });
  const providers = oneReader(() => stores.health.providers(1));
  gauge(
    registers,
    'provider_availability',
    'Share of good calls and checks of the last hour, over all models of a provider',
    ['provider'],
    async (set) => {
      for (const { provider, availability } of await providers()) set({ provider }, availability);
    },
  );
  gauge(
    registers,
    'provider_latency_seconds',
    'Time of the calls answered in the last hour, over all models of a provider',
    ['provider', 'quantile'],
    async (set) => {
      for (const { provider, p50Ms, p90Ms, p99Ms } of await providers())
        for (const [quantile, ms] of Object.entries({ '0.5': p50Ms, '0.9': p90Ms, '0.99': p99Ms }))
          if (ms !== null) set({ provider, quantile }, ms / 1_000);
    },
  );
  gauge(registers, 'calls', 'Calls of models of the last hour, by outcome', ['outcome'], async (set) => {
    const { total, failed } = await stores.alertFacts.callRate(60);
    set({ outcome: 'answered' }, total - failed);
    set({ outcome: 'failed' }, failed);
  });
  gauge(registers, 'alerts_open', 'Open alerts, by severity', ['severity'], async (set) => {
    const open = await stores.alerts.list({ openOnly: true, limit: 500 });
    for (const severity of ['info', 'warning', 'critical'])
      set({ severity }, open.filter((alert) => alert.severity === severity).length);
  });
  gauge(registers, 'alert_deliveries_waiting', 'Alerts that are not out yet', [], async (set) =>
    set({}, await stores.alertDeliveries.waiting()),
  );
  gauge(
    registers,
    'document_deliveries_waiting',
    'Decisions and reports that are to leave and are not out yet',
    [],
    async (set) => set({}, await stores.deliveries.waiting()),
  );
};

const workGauges = ({ stores }: ConclaveClient, registers: Registry[]): void => {
  // All gauges are collected at once: the two about briefs go through the reads together.
  const briefs = oneReader(() => stores.briefMetrics.metrics({ world: LIVE_WORLD, by: 'overall' }));
  gauge(
    registers,
    'brief_reads',
    'Reads of shared briefs in the live world, by outcome',
    ['outcome'],
    async (set) => {
      const [row] = await briefs();
      set({ outcome: 'hit' }, row?.hits ?? 0);
      set({ outcome: 'join' }, row?.joins ?? 0);
      set({ outcome: 'miss' }, row?.misses ?? 0);
    },
  );
  gauge(
    registers,
    'brief_saved_micro_usd',
    'What shared briefs saved in the live world, in micro-dollars',
    [],
    async (set) => {
      const [row] = await briefs();
      set({}, row?.costSavedMicroUsd ?? 0);
    },
  );
  gauge(registers, 'decisions', 'Live decisions of the last hour, by outcome', ['outcome'], async (set) => {
    const { total, failed } = await stores.alertFacts.decisionRate(60);
    set({ outcome: 'answered' }, total - failed);
    set({ outcome: 'unanswered' }, failed);
  });
  gauge(
    registers,
    'session_seconds',
    'Wall time of the newest finished session of each market and kind',
    ['market', 'kind'],
    async (set) => {
      for (const { market, kind, wallMs } of await stores.alertFacts.lastSessions())
        set({ market, kind }, wallMs / 1_000);
    },
  );
  gauge(
    registers,
    'model_brier',
    'Brier score of each model in the live world, by window',
    ['model', 'window'],
    async (set) => {
      for (const {
        model,
        marketCategory,
        volatilityRegime,
        timeToExpiry,
        timeWindow,
        metrics,
      } of await stores.performance.windows({ world: LIVE_WORLD }))
        if (
          [marketCategory, volatilityRegime, timeToExpiry].every((part) => part === '*') &&
          metrics.brier != null
        )
          set({ model, window: timeWindow }, metrics.brier);
    },
  );
};

export const createMetrics = (client: ConclaveClient): ServerMetrics => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'conclave_api_' });
  moneyGauges(client, [registry]);
  healthGauges(client, [registry]);
  workGauges(client, [registry]);
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
