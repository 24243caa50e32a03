// The invariants of docs/architecture.md as SQL. Chaos and end-to-end tests end with them: no row may come
// back. Invariants that need other logs (the test provider's, Temporal's) take them as parameters.
import type { Sql } from './sql';

export interface Violation {
  /** Which invariant, e.g. `cap-over-limit`. */
  readonly invariant: string;
  /** The offending row, in short. */
  readonly subject: string;
  readonly detail: string;
}

export interface InvariantOptions {
  /** Work started longer ago than this must have ended; 0 after everything has drained. */
  readonly drainSeconds: number;
  /** Ledger keys of the provider calls in the test provider's own log; each sending has its own. */
  readonly providerLog?: readonly string[];
}

/** An event is dated just before its commit; a hit within this of it may rightly not have seen it. */
const EVENT_COMMIT_SECONDS = 2;

interface Check {
  readonly name: string;
  /** Selects subject and detail of each violation; \$1 is drainSeconds where used. */
  readonly sql: string;
  readonly parameters?: (options: InvariantOptions) => readonly unknown[] | null;
}

const drained = (options: InvariantOptions): readonly unknown[] => [options.drainSeconds];

const neverEnded = (name: string, table: string, id: string, started: string, open: string): Check => ({
  name,
  sql: `select ${id} as subject, 'started ' || ${started} as detail from ${table}
        where ${open} and ${started} <= clock_timestamp() - $1 * interval '1 second'`,
  parameters: drained,
});

const CHECKS: readonly Check[] = [
  neverEnded('session-never-ended', 'market_sessions', 'id', 'started_at', 'ended_at is null'),
  neverEnded('research-never-ended', 'research_sessions', 'id', 'started_at', 'ended_at is null'),
  neverEnded('request-never-ended', 'requests', 'key', 'created_at', `status = 'open'`),
  neverEnded('tournament-never-judged', 'tournaments', 'id', 'created_at', `status = 'asking'`),
  {
    name: 'review-waits-for-nothing',
    sql: `select r.id as subject, 'of tournament ' || t.status as detail
          from reviews r join tournaments t on t.id = r.target_id
          where r.status = 'waiting' and t.ended_at <= clock_timestamp() - $1 * interval '1 second'`,
    parameters: drained,
  },
  {
    name: 'review-overdue',
    sql: `select id as subject, 'due ' || due_at as detail from reviews
          where status = 'waiting' and due_at < clock_timestamp() - ($1 + 60) * interval '1 second'`,
    parameters: drained,
  },
  {
    name: 'session-subject-undecided',
    sql: `select s.id as subject, 'no decision for ' || w.subject as detail
          from market_sessions s cross join jsonb_array_elements_text(s.subjects) as w (subject)
          where s.status = 'finished' and position(w.subject || ': ' in coalesce(s.note, '')) = 0
            and not exists (select 1 from ensemble_decisions d where d.session_id = s.id and d.subject = w.subject)`,
  },
  {
    name: 'forecast-twice',
    sql: `select coalesce(decision_id, proposition_id) as subject, model || ' in ' || attempt_group as detail
          from forecasts group by decision_id, proposition_id, model, attempt_group having count(*) > 1`,
  },
  {
    name: 'decision-member-without-forecast',
    sql: `select d.id as subject, m ->> 'model' as detail
          from ensemble_decisions d cross join jsonb_array_elements(d.members) as m
          where m ->> 'status' = 'answered'
            and not exists (select 1 from forecasts f where f.decision_id = d.id and f.model = m ->> 'model')`,
  },
  {
    name: 'call-not-in-ledger',
    sql: `select c.key as subject, 'sent ' || count(distinct c.n) || ' times, ' || count(distinct l.key) || ' ledger rows' as detail
          from unnest($1::text[]) with ordinality as c (key, n) left join ledger l on l.key = c.key
          group by c.key having count(distinct l.key) <> 1 or count(distinct c.n) <> 1`,
    parameters: (options) => (options.providerLog === undefined ? null : [options.providerLog]),
  },
  {
    name: 'sent-call-void',
    sql: `select l.key as subject, 'sent, but its reservation was voided' as detail
          from ledger l where l.status = 'void' and l.key = any($1::text[])`,
    parameters: (options) => (options.providerLog === undefined ? null : [options.providerLog]),
  },
  {
    name: 'reservation-never-ended',
    sql: `select key as subject, 'reserved ' || reserved_at as detail from ledger
          where status = 'reserved' and reserved_at <= world_now('live') - $1 * interval '1 second'`,
    parameters: drained,
  },
  {
    name: 'cap-over-limit',
    sql: `select id::text as subject, format('%s %s %s: spent %s + held %s > limit %s + overrun %s', scope, key, period,
            spent_micro_usd, held_micro_usd, limit_micro_usd, overrun_micro_usd) as detail
          from caps where spent_micro_usd + held_micro_usd > limit_micro_usd + overrun_micro_usd`,
  },
  {
    name: 'cap-differs-from-reservations',
    sql: `select c.id::text as subject, format('held %s but open %s; spent %s but settled %s', c.held_micro_usd,
            coalesce(r.held, 0), c.spent_micro_usd, coalesce(r.spent, 0)) as detail
          from caps c left join (
            select cap_id, sum(held_micro_usd) filter (where status = 'open') as held,
              sum(spent_micro_usd) filter (where status = 'settled') as spent
            from reservations group by cap_id) r on r.cap_id = c.id
          where c.held_micro_usd <> coalesce(r.held, 0) or c.spent_micro_usd <> coalesce(r.spent, 0)`,
  },
  {
    name: 'reservation-differs-from-ledger',
    sql: `select r.ledger_key as subject, format('ledger %s, reservation %s on cap %s', l.status, r.status, r.cap_id) as detail
          from reservations r join ledger l on l.key = r.ledger_key
          where r.status <> case l.status when 'settled' then 'settled' when 'void' then 'void' else 'open' end
            or (r.status = 'open' and r.held_micro_usd <> l.reserved_micro_usd)
            or (r.status = 'settled' and r.spent_micro_usd <> l.actual_micro_usd)`,
  },
  {
    name: 'stale-brief-served',
    sql: `select r.id::text as subject, format('brief %s of epoch %s served after event %s', r.brief_id, r.epoch, e.id) as detail
          from brief_reads r join market_events e on (e.world is null or e.world = r.world)
            and (e.everything or r.subject = any(e.subjects))
          where r.outcome = 'hit' and r.epoch < e.seq and r.read_at > e.recorded_at + $1 * interval '1 second'`,
    parameters: () => [EVENT_COMMIT_SECONDS],
  },
];

/** Every violation found, in the order of the checks; empty when all hold. */
export const findViolations = async (db: Sql, options: InvariantOptions): Promise<readonly Violation[]> => {
  const found: Violation[] = [];
  for (const check of CHECKS) {
    const parameters = check.parameters ? check.parameters(options) : [];
    if (parameters === null) continue;
    const rows = await db.query<Omit<Violation, 'invariant'>>(check.sql, parameters);
    found.push(...rows.map((row) => ({ invariant: check.name, ...row })));
  }
  return found;
};
