// Daily reports: the facts of a day read from the tables, and the documents made of them.
import { addMinutes } from '../domain/market/iso-date';
import { ANALYSTS } from '../domain/panel/forecaster';
import type { ReportDocument, ReportFacts } from '../domain/report/report-document';
import type { IsoDate, IsoInstant, WorldId } from '../domain/world';
import { createSavingsStore } from './savings-store';
import { first, jsonb, type Sql } from './sql';

export interface ReportRow {
  readonly world: WorldId;
  readonly day: IsoDate;
  readonly complete: boolean;
  readonly madeAt: IsoInstant;
}

export interface ReportStore {
  /** Everything of one UTC day; decisions newest first, at most 500. */
  facts(world: WorldId, day: IsoDate): Promise<ReportFacts>;
  /** Keeps the newest document of a day; one of a whole day is never replaced by one of a part. */
  put(document: ReportDocument): Promise<void>;
  /** Keeps it unless one of the whole day is stored. */
  keep(document: ReportDocument): Promise<void>;
  get(world: WorldId, day: IsoDate): Promise<ReportDocument | null>;
  /** Newest day first, those before `before` only. */
  list(query: {
    readonly world: WorldId;
    readonly before?: IsoDate | undefined;
    readonly limit: number;
  }): Promise<readonly ReportRow[]>;
}

/** $1 world, $2 day: the day's bounds in UTC. */
const FROM = `($2::date)::timestamp at time zone 'UTC'`;
const TO = `($2::date + 1)::timestamp at time zone 'UTC'`;
const within = (column: string): string => `${column} >= ${FROM} and ${column} < ${TO}`;

const rows = (select: string): string => `coalesce((select jsonb_agg(to_jsonb(r)) from (${select}) r), '[]')`;

/** One statement, so that its parts are of the same instant. Names are those of the document. */
const FACTS = `
  select
    ${rows(`select id, market, kind, status, jsonb_array_length(subjects) as subjects, wall_ms as "wallMs", mode,
      cost_micro_usd as "costMicroUsd", saved_micro_usd as "savedMicroUsd", note,
      case when scheduled_at is not null
        then greatest(0, round(extract(epoch from started_at - scheduled_at)))::int end as "lateSeconds"
      from market_sessions where world = $1 and ${within('started_at')} order by started_at, id`)} as sessions,
    ${rows(`select id, subject, status, action, probability, size_micro_usd as "sizeMicroUsd",
      cost_micro_usd as "costMicroUsd", strategy, mode, (quorum->>'asked')::int as asked,
      (quorum->>'answered')::int as answered, why, degradations
      from ensemble_decisions where world = $1 and ${within('created_at')}
      order by created_at desc, id desc limit 500`)} as decisions,
    coalesce((select jsonb_object_agg(status, n) from (select status, count(*) as n from ensemble_decisions
      where world = $1 and ${within('created_at')} group by status order by status) r), '{}') as decided,
    ${rows(`select status, (quorum->>'asked')::int > 0 as asked,
      (quorum->>'answered')::int >= (quorum->>'needed')::int as quorate, size_micro_usd > 0 as sized,
      details->'sizing'->'why'->>0 as reason, count(*) as count
      from ensemble_decisions where world = $1 and ${within('created_at')} group by 1, 2, 3, 4, 5`)} as ends,
    ${rows(`select model, count(*) as calls, coalesce(sum(coalesce(actual_micro_usd, reserved_micro_usd)), 0) as "spentMicroUsd"
      from ledger where world = $1 and billed and status <> 'void' and ${within('reserved_at')}
      group by model order by 3 desc, model`)} as spend,
    (select jsonb_build_object('hit', count(*) filter (where outcome = 'hit'), 'join', count(*) filter (where outcome = 'join'),
      'miss', count(*) filter (where outcome = 'miss'))
      from brief_reads where world = $1 and ${within('read_at')}) as reads,
    ${rows(`select scope, key, period, limit_micro_usd as "limitMicroUsd", spent_micro_usd as "spentMicroUsd"
      from caps where closed_at is null and limit_micro_usd > 0 and scope in ('month', 'day', 'provider', 'model')
        and period in ('once', to_char($2::date, 'YYYY-MM'), to_char($2::date, 'YYYY-MM-DD'))
      order by scope, key, period`)} as caps,
    ${rows(`select model, count(*) filter (where today) as n, avg(brier) filter (where today) as brier,
      count(*) as "allN", avg(brier) as "allBrier"
      from (select model, brier, ${within('resolved_at')} as today from model_performance
        where world = $1 and market_category <> '${ANALYSTS}' and resolved_at < ${TO}) s
      group by model having count(*) filter (where today) > 0 order by 3, model`)} as record,
    ${rows(`select mode, manual, reason, entered_at as "enteredAt", left_at as "leftAt" from modes
      where mode <> 'normal' and entered_at < ${TO} and coalesce(left_at, 'infinity') >= ${FROM}
      order by entered_at`)} as modes,
    ${rows(`select severity, title, raised_at as "raisedAt", resolved_at as "resolvedAt" from alerts
      where raised_at < ${TO} and coalesce(resolved_at, 'infinity') >= ${FROM} order by raised_at, id`)} as alerts,
    ${rows(`select provider, count(*) as total, count(*) filter (where not ok) as failed,
      percentile_cont(0.5) within group (order by latency_ms) filter (where ok) as "p50Ms"
      from health_checks where origin in ('call', 'probe') and ${within('checked_at')}
      group by provider order by provider`)} as calls,
    ${rows(`select * from (select a.competition_id as competition, a.name as account, s.date,
      s.equity_micro_usd as "equityMicroUsd", s.equity_micro_usd - lag(s.equity_micro_usd)
        over (partition by s.account_id order by s.date) as "changeMicroUsd"
      from snapshots s join accounts a on a.id = s.account_id join competitions c on c.id = a.competition_id
      where c.world = $1 and s.date <= $2::date) e where date = $2::date
      order by competition, "equityMicroUsd" desc, account`)} as competition,
    ${rows(`select w.id as world, s.n as sessions, d.n as decisions from worlds w,
      lateral (select count(*) as n from market_sessions where world = w.id and ${within('started_at')}) s,
      lateral (select count(*) as n from ensemble_decisions where world = w.id and ${within('created_at')}) d
      where w.id <> $1 and s.n + d.n > 0 order by s.n + d.n desc, w.id limit 10`)} as elsewhere`;

type FactsRow = Omit<ReportFacts, 'saved' | 'briefReads'> & { readonly reads: ReportFacts['briefReads'] };

const KEEP = `
  insert into reports (world, day, complete, document, made_at) values ($1, $2, $3, $4::jsonb, $5)
  on conflict (world, day) do update
  set complete = excluded.complete, document = excluded.document, made_at = excluded.made_at
  where not reports.complete`;
const PUT = `${KEEP} or excluded.complete`;

const valuesOf = (document: ReportDocument): readonly unknown[] => [
  document.world,
  document.day,
  document.complete,
  jsonb(document),
  document.madeAt,
];

export const createReportStore = (db: Sql): ReportStore => ({
  facts: async (world, day) => {
    const from = `${day}T00:00:00.000Z`;
    const to = addMinutes(from, 24 * 60);
    const [[row], saved] = await Promise.all([
      db.query<FactsRow>(FACTS, [world, day]),
      createSavingsStore(db).byCause({ world, from, to }),
    ]);
    const { reads, ...facts } = row!;
    return { ...facts, briefReads: reads, saved };
  },

  put: async (document) => {
    await db.query(PUT, valuesOf(document));
  },

  keep: async (document) => {
    await db.query(KEEP, valuesOf(document));
  },

  get: async (world, day) =>
    first(
      await db.query<{ readonly document: ReportDocument }>(
        'select document from reports where world = $1 and day = $2',
        [world, day],
      ),
    )?.document ?? null,

  list: ({ world, before, limit }) =>
    db.query<ReportRow>(
      `select world, day, complete, made_at from reports
       where world = $1 and ($2::date is null or day < $2) order by day desc limit $3`,
      [world, before ?? null, limit],
    ),
});
