// Worlds keep replays and live work apart: a key, an epoch, an account or a record of one world is never
// read by another.

/** `live`, `synthetic` (made-up tape, first offline run), or `replay:<12 hex>` (hash of a replay's inputs). */
export type WorldId = string;

export const LIVE_WORLD: WorldId = 'live';
/** The world of the project's own made-up tape: decisions there never count in the live record. */
export const SYNTHETIC_WORLD: WorldId = 'synthetic';

/** An instant as ISO-8601 UTC with milliseconds, e.g. `2025-09-15T13:00:00.000Z`. */
export type IsoInstant = string;
/** A calendar day `YYYY-MM-DD` in the exchange's zone. */
export type IsoDate = string;

/**
 * Where work happens: the world, and outside live the instant as of which everything must have been
 * public. `asOf` is null in live work, where "now" is the database's clock.
 */
export interface WorldRef {
  readonly world: WorldId;
  readonly asOf: IsoInstant | null;
}

/** True for worlds whose clock is an instant stored by their driver. */
export const isReplay = (world: WorldId): boolean => world.startsWith('replay:');
