// Local times that an operator gives scheduled runs. Schedules match clock time literally, so that an hour which
// daylight saving skips or repeats would lose or double a run: those hours are refused.
import { usualHours } from '../market/calendar';
import { minutesOfDay, timeOfDay } from '../market/iso-date';
import { isAlwaysOpen, MARKETS, type Market, parseMarket, zoneOf } from '../market/market';
import { MINUTES_BEFORE_OPEN } from '../market/session-times';
import { isWarmed, parseScheduleKind, type ScheduleKind } from './schedule-kinds';

/** Kinds whose time decides nothing: a session's time is its decision instant. */
const MOVABLE: readonly ScheduleKind[] = ['warming', 'end_of_day'];

/** Minutes of the local day within which zones that change their clocks do so. */
const CHANGING = { from: 60, to: 240 } as const;

/** Zones without daylight saving. */
const STEADY_ZONES: ReadonlySet<string> = new Set(['Asia/Tokyo', 'UTC']);

export interface ScheduleTime {
  readonly market: Market;
  readonly kind: ScheduleKind;
  /** `HH:MM` in the market's zone. */
  readonly time: string;
}

const KNOWN_ZONES = new Set(MARKETS.map(zoneOf));

const checkZone = (field: string, zone: string, market: Market): void => {
  if (zone === zoneOf(market)) return;
  const what = KNOWN_ZONES.has(zone) ? `not that of ${market}` : 'unknown';
  throw new RangeError(`${field}: zone "${zone}" is ${what}; accepted: ${zoneOf(market)}, or none`);
};

/**
 * A local `HH:MM` of a market that comes once every day.
 * @throws RangeError between 01:00 and 03:59 in a zone that changes its clocks.
 */
export const checkClockTime = (field: string, market: Market, time: string): string => {
  const minutes = minutesOfDay(time);
  if (STEADY_ZONES.has(zoneOf(market)) || minutes < CHANGING.from || minutes >= CHANGING.to) return time;
  throw new RangeError(
    `${field} is ${time}, an hour that daylight saving skips or repeats in ${zoneOf(market)}; accepted: a time outside 01:00 to 03:59`,
  );
};

/**
 * A time at which a run has something to do. Warming comes before its day's session, and a day is settled between its
 * close and the next orders: those are planned from the account as the day before left it.
 */
const checkUseful = (field: string, { market, kind, time }: ScheduleTime): void => {
  const { open, close } = usualHours(market);
  // Times of day sort as texts.
  const orders = timeOfDay(minutesOfDay(open) - MINUTES_BEFORE_OPEN);
  if (kind === 'warming' && !isWarmed(market))
    throw new RangeError(
      `${field}: the sessions of ${market} begin as a day closes, and no brief made before lasts; accepted: no such entry`,
    );
  if (kind === 'warming' && !isAlwaysOpen(market) && time >= orders)
    throw new RangeError(
      `${field} is ${time}, when the session of the day has begun; accepted: a time before ${orders}`,
    );
  if (kind === 'end_of_day' && time >= orders && time < close)
    throw new RangeError(
      `${field} is ${time}, after the orders of a day and before its close; accepted: a time before ${orders}, which settles the trading day before${isAlwaysOpen(market) ? '' : `, or from ${close} on`}`,
    );
};

/**
 * Reads one entry, such as `XETR:warming` with `07:00` or `07:00 Europe/Berlin`.
 * @throws RangeError naming the entry: an unknown market, kind or zone, no time of day, one between 01:00 and 03:59 in a
 * zone that changes its clocks, or one at which the run has nothing to do.
 */
export const parseScheduleTime = (key: string, value: unknown): ScheduleTime => {
  const field = `schedule_times.${key}`;
  const [marketText = '', kindText = '', ...rest] = key.split(':');
  if (rest.length > 0) throw new RangeError(`${field} is not MARKET:kind, such as XETR:warming`);
  const market = parseMarket(marketText, `${field}: exchange`);
  const kind = parseScheduleKind(kindText, `${field}: kind`);
  if (!MOVABLE.includes(kind))
    throw new RangeError(
      `${field}: the time of ${kind} is its decision instant; accepted: ${MOVABLE.join(', ')}`,
    );
  const match = typeof value === 'string' ? /^([01]\d|2[0-3]):([0-5]\d)(?:\s+(\S+))?$/.exec(value) : null;
  if (!match)
    throw new RangeError(`${field} is ${JSON.stringify(value)}; accepted: HH:MM, or HH:MM with the zone`);
  if (match[3]) checkZone(field, match[3], market);
  const entry = { market, kind, time: checkClockTime(field, market, `${match[1]}:${match[2]}`) };
  checkUseful(field, entry);
  return entry;
};

/** Reads all entries. @throws RangeError as `parseScheduleTime`. */
export const checkScheduleTimes = (value: unknown): readonly ScheduleTime[] => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new RangeError('schedule_times is not an object of MARKET:kind with a time');
  return Object.entries(value).map(([key, time]) => parseScheduleTime(key, time));
};

/** The local time that an operator gave a market's runs of a kind; null: the usual one. @throws RangeError as above. */
export const givenTime = (
  times: Readonly<Record<string, unknown>>,
  market: Market,
  kind: ScheduleKind,
): string | null =>
  checkScheduleTimes(times).find((entry) => entry.market === market && entry.kind === kind)?.time ?? null;
