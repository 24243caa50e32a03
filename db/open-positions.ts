// Trades whose outcome is open: what they hold of the caps on positions, and how a new one is held against them, against
// the events that came after its research, and against a halt.
import type { MicroUsd } from '../domain/money/micro-usd';
import { normaliseSubject } from '../domain/research/cache-key';
import type { IsoInstant, WorldId } from '../domain/world';
import { createEventStore, type MarketEventRow } from './event-store';
import { type ModeRow, modeHeld } from './mode-store';
import { only, type Sql } from './sql';

export interface OpenPositionsOf {
  readonly world: WorldId;
  readonly subject: string;
  /** The start of the subjects of one event, the whole subject where it has no siblings. */
  readonly cluster: string;
  /** A decision that is made again does not count itself. */
  readonly exceptDecisionId: string;
  /** What was asked or known later than this is not read. */
  readonly through: IsoInstant;
}

export interface OpenPositions {
  readonly positionMicroUsd: MicroUsd;
  readonly clusterMicroUsd: MicroUsd;
}

/** What a trade is held against. */
export interface RecordingFacts {
  readonly now: IsoInstant;
  readonly open: OpenPositions;
  /** The newest that covers the subject since the brief's epoch; null: none. */
  readonly event: MarketEventRow | null;
  /** The mode in force; null: `normal`, or none that concerns it. */
  readonly mode: ModeRow | null;
}

/** Holds a trade against the moment it is recorded, while no other trade of its cluster can be. */
export interface AtRecording<Settled> {
  readonly cluster: string;
  /** Null: what is open now counts. */
  readonly asOf: IsoInstant | null;
  /** Whether a size has to fit into what is open; else no lock is taken. */
  readonly trades: boolean;
  /** Of the brief that it rests on; null: on none that events can cover. */
  readonly epoch: number | null;
  readonly settle: (facts: RecordingFacts) => Settled;
}

const OPEN_POSITIONS = `
  select coalesce(sum(d.size_micro_usd) filter (where d.subject = $2), 0)::bigint as position_micro_usd,
    coalesce(sum(d.size_micro_usd), 0)::bigint as cluster_micro_usd
  from ensemble_decisions d join propositions p on p.id = d.proposition_id and p.as_of <= $5
  where d.world = $1 and d.size_micro_usd > 0 and d.id <> $4
    and (d.subject = $2 or ($3 <> $2 and starts_with(d.subject, $3)))
    and not exists (
      select 1 from outcomes o where o.proposition_id = d.proposition_id and o.resolved_at <= $5)`;

/** Sizes of trades whose outcome is open: on this subject, and on all subjects that begin as the cluster does. */
export const openPositionsOf = async (
  sql: Sql,
  { world, subject, cluster, exceptDecisionId, through }: OpenPositionsOf,
): Promise<OpenPositions> =>
  only(await sql.query<OpenPositions>(OPEN_POSITIONS, [world, subject, cluster, exceptDecisionId, through]));

/** The lock under which `record_market_event` draws its number and commits. */
const EVENTS_LOCK = '4021500114';

const NOTHING_OPEN: OpenPositions = { positionMicroUsd: 0, clusterMicroUsd: 0 };

/** Until the transaction of a trade ends no event is recorded: one that is not found here comes after the trade. */
const eventSince = async (
  sql: Sql,
  { world, subject }: { readonly world: WorldId; readonly subject: string },
  { epoch, trades }: { readonly epoch: number | null; readonly trades: boolean },
): Promise<MarketEventRow | null> => {
  if (epoch === null) return null;
  if (trades) await sql.query('select pg_advisory_xact_lock_shared($1)', [EVENTS_LOCK]);
  return createEventStore(sql).newestCovering(world, normaliseSubject(subject), epoch);
};

/** Two trades that were sized side by side saw the same room: they are recorded one after the other. */
export const settledUnderLock = async <Settled>(
  sql: Sql,
  { id, world, subject }: Readonly<Record<'id' | 'subject', string>> & { readonly world: WorldId },
  { cluster, asOf, trades, epoch, settle }: AtRecording<Settled>,
): Promise<Settled> => {
  if (trades)
    await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `trades of ${world}/${cluster}`,
    ]);
  const { now } = only(await sql.query<{ readonly now: IsoInstant }>('select world_now($1) as now', [world]));
  const through = asOf ?? now;
  const open = trades
    ? await openPositionsOf(sql, { world, subject, cluster, exceptDecisionId: id, through })
    : NOTHING_OPEN;
  // Whoever halts the desk is answered once no trade is under way; a past day is not halted.
  const mode = trades && asOf === null ? await modeHeld(sql) : null;
  return settle({ now, open, mode, event: await eventSince(sql, { world, subject }, { epoch, trades }) });
};
