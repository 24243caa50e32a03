// Worlds and their clocks. In live work the clock is Postgres's; a replay's driver stores the instant.
import { type IsoInstant, isReplay, type WorldId } from '../domain/world';
import { first, only, type Sql } from './sql';

export interface WorldRow {
  readonly id: WorldId;
  readonly kind: 'live' | 'synthetic' | 'replay';
  readonly description: string;
  /** The instant of a replay; null where the clock runs. */
  readonly clockAt: IsoInstant | null;
}

export interface WorldStore {
  /** Creates the world if need be, and brings a replay's clock up to `asOf` where it is behind. */
  enter(world: { readonly id: WorldId; readonly asOf: IsoInstant | null }): Promise<void>;
  /** The instant it is in the world. @throws RangeError for an unknown world. */
  now(world: WorldId): Promise<IsoInstant>;
  /** Moves a replay's clock forward, never back. @throws RangeError for other worlds or an earlier instant. */
  setReplayClock(world: WorldId, at: IsoInstant): Promise<void>;
  /** Shifts a running clock. @throws Error outside NODE_ENV=test. */
  setClockOffsetForTests(world: WorldId, offsetMs: number): Promise<void>;
  list(): Promise<readonly WorldRow[]>;
}

const COLUMNS = 'id, kind, description, clock_at';

const unknownWorld = (world: WorldId): RangeError =>
  new RangeError(`world "${world}" is unknown; accepted: live, synthetic, or a replay made before`);

export const createWorldStore = (db: Sql): WorldStore => ({
  enter: async ({ id, asOf }) => {
    const replay = isReplay(id);
    if (replay !== (asOf !== null))
      throw new RangeError(
        `asOf is ${asOf ?? 'missing'} for world "${id}"; accepted: an instant for replays only`,
      );
    await db.query(
      `insert into worlds as w (id, kind, description, clock_at) values ($1, $2, $1, $3)
       on conflict (id) do update set clock_at = excluded.clock_at where w.clock_at < excluded.clock_at`,
      [id, replay ? 'replay' : id, asOf],
      'world-enter',
    );
  },

  now: async (world) => {
    const row = only(
      await db.query<{ now: IsoInstant | null }>('select world_now($1) as now', [world], 'world-now'),
    );
    if (row.now === null) throw unknownWorld(world);
    return row.now;
  },

  setReplayClock: async (world, at) => {
    const moved = await db.query(
      `update worlds set clock_at = $2 where id = $1 and kind = 'replay' and clock_at <= $2 returning id`,
      [world, at],
    );
    if (moved.length > 0) return;
    const row = first(await db.query<WorldRow>(`select ${COLUMNS} from worlds where id = $1`, [world]));
    if (row === null) throw unknownWorld(world);
    throw new RangeError(
      row.clockAt === null
        ? `world "${world}" follows the running clock; accepted: a replay`
        : `clock of world "${world}" is at ${row.clockAt}; accepted: that instant or later, not ${at}`,
    );
  },

  setClockOffsetForTests: async (world, offsetMs) => {
    if (process.env.NODE_ENV !== 'test') throw new Error('a clock offset may be set by tests only');
    await db.query(`update worlds set clock_offset = $2 * interval '1 millisecond' where id = $1`, [
      world,
      offsetMs,
    ]);
  },

  list: () => db.query<WorldRow>(`select ${COLUMNS} from worlds order by created_at, id`),
});
