// When an outcome that a person gives counts as public. One dated ahead would score forecasts that were made knowing
// it, and keep the record from new versions until its day: where a clock runs, nothing is known before it is.
import { type IsoInstant, isReplay, type WorldId } from '../world';

const DAY_MS = 86_400_000;

const atMs = (ms: number): IsoInstant => new Date(ms).toISOString();

/**
 * The instant to store: what was given, else when it was due. Where the clock runs it is never after now: what was due
 * later is known now, and so is what is dated by the day that runs, which is given as its end. Null: given further ahead.
 * A replay keeps the days of what it replays.
 */
export const outcomeInstant = (
  given: IsoInstant | null,
  {
    world,
    resolvesAt,
    now,
  }: { readonly world: WorldId; readonly resolvesAt: IsoInstant; readonly now: IsoInstant },
): IsoInstant | null => {
  if (isReplay(world)) return given ?? resolvesAt;
  const nowMs = Date.parse(now);
  const wantedMs = Date.parse(given ?? resolvesAt);
  if (wantedMs <= nowMs) return given ?? resolvesAt;
  const endOfTodayMs = (Math.floor(nowMs / DAY_MS) + 1) * DAY_MS;
  return given === null || wantedMs === endOfTodayMs ? atMs(nowMs) : null;
};

/** Whether a day was given that is not over, so that the outcome is dated now: typed again it is no other date. */
export const isOfToday = (given: IsoInstant | null, stored: IsoInstant, known: IsoInstant): boolean =>
  given !== null &&
  Date.parse(given) !== Date.parse(stored) &&
  atMs(Date.parse(known)).slice(0, 10) === atMs(Date.parse(stored)).slice(0, 10);
