// Health of providers and models, from scheduled checks and live calls (F7).
import type { IsoInstant } from '../domain/world';
import type { Sql } from './sql';

export interface HealthObservation {
  readonly provider: string;
  /** `*` for a check of the provider as a whole. */
  readonly model: string;
  readonly origin: 'check' | 'call' | 'probe';
  readonly ok: boolean;
  /** The failure kind when not ok. */
  readonly failure: string | null;
  readonly latencyMs: number | null;
}

export interface HealthRow {
  readonly provider: string;
  readonly model: string;
  /** False from the second failure in a row on. */
  readonly available: boolean;
  /** 0-1, exponentially weighted: the newest observation counts a tenth. */
  readonly availability: number;
  readonly consecutiveFailures: number;
  /** Of good observations, weighted the same way; null before the first. */
  readonly averageResponseTimeMs: number | null;
  readonly lastFailure: string | null;
  readonly lastCheckAt: IsoInstant;
}

export interface HealthFigures {
  readonly observations: number;
  /** Share of good ones. */
  readonly availability: number;
  /** Of good ones; null without any. */
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p99Ms: number | null;
}

export interface HealthSummary extends HealthFigures {
  readonly provider: string;
  readonly model: string;
}

export interface ProviderSummary extends HealthFigures {
  readonly provider: string;
}

/** How long a model's answered calls took. */
export interface AnswerTimesOf {
  readonly provider: string;
  readonly model: string;
  readonly calls: number;
  readonly p95Ms: number;
}

export interface HealthStore {
  observe(observation: HealthObservation): Promise<HealthRow>;
  list(): Promise<readonly HealthRow[]>;
  /** Availability and latency percentiles of the last hours, per provider and model. */
  summary(hours: number): Promise<readonly HealthSummary[]>;
  /**
   * The same per provider, over all of its models and its own checks; the percentiles are of calls alone, because a
   * check asks for a list and not for an answer.
   */
  providers(hours: number): Promise<readonly ProviderSummary[]>;
  /** Of live calls that were answered within the last hours; models without one are left out. */
  answerTimes(
    models: readonly { readonly provider: string; readonly model: string }[],
    hours: number,
  ): Promise<readonly AnswerTimesOf[]>;
}

const COLUMNS = `provider, model, available, availability, consecutive_failures, average_response_time_ms, last_failure,
  last_check_at`;

/** A note that a crash of the server may lose is not worth a wait for the disk on the path of every call. */
const OBSERVE = `
  with hurried as materialized (select set_config('synchronous_commit', 'off', true))
  select ${COLUMNS.split(/,\s*/)
    .map((column) => `h.${column}`)
    .join(', ')}
  from hurried, observe_health($1, $2, $3, $4, $5, $6) h`;

const summaryBy = (columns: string, timed: string): string => {
  const percentile = (share: number, name: string) =>
    `percentile_cont(${share}) within group (order by latency_ms) filter (where ${timed}) as ${name}`;
  return `
  select ${columns}, count(*) as observations, avg(ok::int)::float8 as availability,
    ${percentile(0.5, 'p50_ms')}, ${percentile(0.9, 'p90_ms')}, ${percentile(0.99, 'p99_ms')}
  from health_checks where checked_at > clock_timestamp() - $1 * interval '1 hour'
  group by ${columns} order by ${columns}`;
};

const SUMMARY = summaryBy('provider, model', 'ok');
const PROVIDERS = summaryBy('provider', `ok and origin <> 'check'`);

const ANSWER_TIMES = `
  select provider, model, count(*) as calls, percentile_cont(0.95) within group (order by latency_ms) as p95_ms
  from health_checks h join (select distinct * from unnest($1::text[], $2::text[]) q (provider, model)) q using (provider, model)
  where h.ok and h.origin in ('call', 'probe') and h.latency_ms is not null
    and h.checked_at > clock_timestamp() - $3 * interval '1 hour'
  group by provider, model order by provider, model`;

export const createHealthStore = (db: Sql): HealthStore => ({
  observe: async (observation) => {
    const rows = await db.query<HealthRow>(
      OBSERVE,
      [
        observation.provider,
        observation.model,
        observation.origin,
        observation.ok,
        observation.failure,
        observation.latencyMs === null ? null : Math.round(observation.latencyMs),
      ],
      'health-observe',
    );
    return rows[0] as HealthRow;
  },

  list: () => db.query<HealthRow>(`select ${COLUMNS} from model_health order by provider, model`),

  summary: (hours) => db.query<HealthSummary>(SUMMARY, [hours]),

  providers: (hours) => db.query<ProviderSummary>(PROVIDERS, [hours]),

  answerTimes: (models, hours) =>
    db.query<AnswerTimesOf>(ANSWER_TIMES, [
      models.map(({ provider }) => provider),
      models.map(({ model }) => model),
      hours,
    ]),
});
