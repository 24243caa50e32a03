// How long briefs stayed true (A11): from the research that made each to the first event that covered its
// subject, as far as it was watched.
import type { ResearchKind } from '../domain/research/brief';
import { RESEARCH_KINDS } from '../domain/research/brief';
import { type BriefLife, watchSeconds } from '../domain/research/learnt-ttl';
import type { TtlSeconds } from '../domain/research/ttl';
import { type VolatilityRegime, volatilityRegime } from '../domain/track/regime';
import type { IsoDate, WorldId } from '../domain/world';
import { createSeriesStore } from './series-store';
import type { Sql } from './sql';

export interface BriefLifeStore {
  /**
   * Lives of the last 90 days, at most 500 of each kind, each with the regime on the day it was made. Each is watched
   * as long as briefs could be kept under the configured times.
   */
  lives(world: WorldId, configured: TtlSeconds): Promise<readonly BriefLife[]>;
}

interface LifeRow {
  readonly subject: string;
  readonly kind: ResearchKind;
  readonly day: IsoDate;
  readonly seconds: number;
  readonly stale: boolean;
}

const LIVES = `
  with watched as (select * from jsonb_to_recordset($2::jsonb) as w (kind text, seconds float8)),
  made as (
    select subject, kind, ended_at,
      least(world_now($1), ended_at + w.seconds * interval '1 second') as until,
      row_number() over (partition by kind order by ended_at desc) as place
    from research_sessions s join watched w using (kind)
    where world = $1 and status = 'stored' and ended_at > world_now($1) - interval '90 days')
  select m.subject, m.kind, to_char(m.ended_at at time zone 'UTC', 'YYYY-MM-DD') as day,
    extract(epoch from coalesce(e.at, m.until) - m.ended_at)::float8 as seconds, e.at is not null as stale
  from made m left join lateral (
    select min(v.recorded_at) as at from market_events v
    where v.recorded_at > m.ended_at and v.recorded_at <= m.until and (v.world is null or v.world = $1)
      and (v.everything or m.subject = any(v.subjects))) e on true
  where m.place <= 500`;

const watched = (configured: TtlSeconds): string =>
  JSON.stringify(RESEARCH_KINDS.map((kind) => ({ kind, seconds: watchSeconds(configured[kind]) })));

export const createBriefLifeStore = (db: Sql): BriefLifeStore => {
  const series = createSeriesStore(db);

  /** Bars of each share once; whatever is no share has no regime. */
  const regimesOf = async (world: WorldId, rows: readonly LifeRow[]) => {
    const symbols = [...new Set(rows.map(({ subject }) => subject))].filter((subject) =>
      subject.startsWith('equity:'),
    );
    const bars = new Map<string, readonly { readonly date: IsoDate; readonly close: number }[]>();
    for (const subject of symbols)
      bars.set(subject, (await series.latest(world, subject.slice('equity:'.length)))?.bars ?? []);
    const known = new Map<string, VolatilityRegime>();
    return ({ subject, day }: LifeRow): VolatilityRegime => {
      const key = `${subject} ${day}`;
      const closes = () =>
        (bars.get(subject) ?? []).filter(({ date }) => date <= day).map((bar) => bar.close);
      const regime = known.get(key) ?? volatilityRegime(closes());
      known.set(key, regime);
      return regime;
    };
  };

  return {
    lives: async (world, configured) => {
      const rows = await db.query<LifeRow>(LIVES, [world, watched(configured)]);
      const regimeOf = await regimesOf(world, rows);
      return rows.map((row) => ({
        kind: row.kind,
        regime: regimeOf(row),
        seconds: row.seconds,
        stale: row.stale,
      }));
    },
  };
};
