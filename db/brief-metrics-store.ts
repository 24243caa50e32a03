// What sharing saves: reads of briefs by outcome, against the sessions that made them (A6).
import type { MicroUsd } from '../domain/money/micro-usd';
import type { BriefTemplate, ResearchKind } from '../domain/research/brief';
import { normaliseSubject } from '../domain/research/cache-key';
import type { WorldId } from '../domain/world';
import type { Sql } from './sql';

export type BriefReadOutcome = 'hit' | 'miss' | 'join';

export interface BriefRead {
  readonly world: WorldId;
  readonly subject: string;
  readonly kind: ResearchKind;
  readonly template: BriefTemplate;
  readonly outcome: BriefReadOutcome;
  /** The brief served; null for a miss, whose brief does not exist yet. */
  readonly briefId: string | null;
  /** The served brief's epoch. */
  readonly epoch: number | null;
  /** Who asked: a decision id, `cli`, `api`. */
  readonly reader: string;
  /** What the research would have cost this reader; 0 for a miss. */
  readonly costSavedMicroUsd: MicroUsd;
}

/** One group of reads and the research sessions behind them. Rates are null without reads. */
export interface BriefMetrics {
  /** `*` in the overall row and where not grouped. */
  readonly subject: string;
  readonly kind: ResearchKind | '*';
  readonly hits: number;
  readonly misses: number;
  readonly joins: number;
  /** (hits + joins) / reads. */
  readonly hitRate: number | null;
  readonly sessions: number;
  readonly averageQuality: number | null;
  readonly costMicroUsd: MicroUsd;
  readonly costSavedMicroUsd: MicroUsd;
  /** Cost minus cost saved; negative when sharing saved more than research cost. */
  readonly netCostMicroUsd: MicroUsd;
}

export interface BriefMetricsStore {
  /** Counts a miss or a join; hits are counted by `BriefStore.serve` itself. */
  recordRead(read: BriefRead): Promise<void>;
  /** Counts the models of one reader that shared its brief, as joins of it; each once, however often it is told. */
  recordMembers(read: {
    readonly reader: string;
    readonly briefId: string;
    /** Without the one that the reader's own read stands for. */
    readonly members: readonly string[];
  }): Promise<void>;
  /** Per subject and kind, per kind, or one overall row. */
  metrics(query: {
    readonly world: WorldId;
    readonly by: 'subject' | 'kind' | 'overall';
  }): Promise<readonly BriefMetrics[]>;
}

const GROUPS = {
  subject: 'subject, kind',
  kind: `'*', kind`,
  overall: `'*', '*'`,
} as const;

const metricsSql = (by: keyof typeof GROUPS): string => `
  with reads as (
    select ${GROUPS[by].replace(/, /, ' as subject, ')} as kind,
      count(*) filter (where outcome = 'hit') as hits, count(*) filter (where outcome = 'miss') as misses,
      count(*) filter (where outcome = 'join') as joins, sum(cost_saved_micro_usd) as saved
    from brief_reads where world = $1 group by 1, 2
  ), made as (
    select ${GROUPS[by].replace(/, /, ' as subject, ')} as kind,
      count(*) as sessions, avg(quality) as quality, sum(cost_micro_usd) as cost
    from research_sessions where world = $1 group by 1, 2
  )
  select subject, kind, coalesce(hits, 0) as hits, coalesce(misses, 0) as misses, coalesce(joins, 0) as joins,
    (hits + joins)::float8 / nullif(hits + misses + joins, 0) as hit_rate,
    coalesce(sessions, 0) as sessions, quality as average_quality, coalesce(cost, 0) as cost_micro_usd,
    coalesce(saved, 0) as cost_saved_micro_usd, coalesce(cost, 0) - coalesce(saved, 0) as net_cost_micro_usd
  from reads full join made using (subject, kind) order by subject, kind`;

const RECORD_MEMBERS = `
  insert into brief_reads
    (world, subject, kind, template, outcome, brief_id, epoch, reader, member, cost_saved_micro_usd, read_at)
  select b.world, b.subject, b.kind, b.template, 'join', b.id, b.epoch, $1, m.member, b.cost_micro_usd, clock_timestamp()
  from briefs b, unnest($3::text[]) as m (member) where b.id = $2
  on conflict (reader, member) do nothing`;

export const createBriefMetricsStore = (db: Sql): BriefMetricsStore => ({
  recordRead: async (read) => {
    await db.query(
      'select record_brief_read($1, $2, $3, $4, $5, $6, $7, $8, $9, clock_timestamp())',
      [
        read.world,
        normaliseSubject(read.subject),
        read.kind,
        read.template,
        read.outcome,
        read.briefId,
        read.epoch,
        read.reader,
        read.costSavedMicroUsd,
      ],
      'brief-record-read',
    );
  },

  recordMembers: async ({ reader, briefId, members }) => {
    if (members.length > 0) await db.query(RECORD_MEMBERS, [reader, briefId, [...members]]);
  },

  metrics: ({ world, by }) => db.query<BriefMetrics>(metricsSql(by), [world]),
});
