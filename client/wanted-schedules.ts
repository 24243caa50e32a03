// Which schedules the desk is to have: declared by settings, watchlists, competitions and calendars, and by
// nothing that a person did to a schedule itself.
import { createHash } from 'node:crypto';
import { isWarmed, type ScheduleKind } from '../domain/desk/schedule-kinds';
import { localDateOf } from '../domain/market/calendar';
import { type Market, parseMarket } from '../domain/market/market';
import { type ScheduleSettings, scheduleSettings } from '../domain/settings/desk-settings';
import { settingValue } from '../domain/settings/setting-definitions';
import type { IsoInstant } from '../domain/world';
import type { ConclaveClient } from './connect';
import { type DeskSchedule, deskSchedule, eventWatchSchedule, scheduleId } from './desk-schedules';
import { BadInput, checked } from './inputs';

/** Settings that decide what runs by itself and when. */
const SCHEDULE_SETTINGS: readonly string[] = ['schedule_kinds', 'schedule_times', 'warming_lead_minutes'];

/** A schedule that cannot be as declared; `reason` names the field and the accepted form. */
export interface RefusedSchedule {
  readonly scheduleId: string;
  readonly reason: string;
}

export interface WantedSchedules {
  readonly schedules: readonly DeskSchedule[];
  readonly refused: readonly RefusedSchedule[];
}

type Readers = Pick<ConclaveClient, 'stores'>;

/** Markets with a watchlist, and those that a running competition trades. */
export const deskMarkets = async ({ stores }: Readers) => {
  const parsed = (markets: readonly string[]): readonly Market[] =>
    [...new Set(markets)].map((market) => checked(() => parseMarket(market)));
  return {
    watched: parsed((await stores.watchlists.list()).map(({ market }) => market)),
    traded: parsed(await stores.competitions.liveMarkets()),
  };
};

const settingsOf = async (
  { stores }: Readers,
  instead: Readonly<Record<string, unknown>>,
): Promise<ScheduleSettings> => {
  const stored = new Map((await stores.settings.list()).map(({ key, value }) => [key, value]));
  for (const [key, value] of Object.entries(instead)) stored.set(key, value);
  return checked(() => scheduleSettings((key) => settingValue(stored, key)));
};

/** Kinds that a watchlist alone gives a market something to do for. */
const isWatchedKind = (market: Market, kind: ScheduleKind): boolean =>
  kind !== 'paper_orders' && (kind !== 'warming' || isWarmed(market));

const PAPER_KINDS: readonly ScheduleKind[] = ['paper_orders', 'end_of_day'];

const scheduleOr = (
  market: Market,
  kind: ScheduleKind,
  now: IsoInstant,
  settings: ScheduleSettings,
): DeskSchedule | RefusedSchedule => {
  try {
    return deskSchedule(market, kind, localDateOf(market, now), settings);
  } catch (error) {
    if (error instanceof RangeError) return { scheduleId: scheduleId(market, kind), reason: error.message };
    throw error;
  }
};

/**
 * The schedules that are declared now.
 * @param instead settings to be tried in place of those in force, by key
 */
export const wantedSchedules = async (
  client: Readers,
  instead: Readonly<Record<string, unknown>> = {},
): Promise<WantedSchedules> => {
  const settings = await settingsOf(client, instead);
  const now = await client.stores.worlds.now('live');
  const { watched, traded } = await deskMarkets(client);
  const kindsOf = (market: Market): ReadonlySet<ScheduleKind> =>
    new Set([
      ...(watched.includes(market) ? settings.kinds.filter((kind) => isWatchedKind(market, kind)) : []),
      ...(traded.includes(market) ? PAPER_KINDS : []),
    ]);
  const markets = [...new Set([...watched, ...traded])];
  const found = markets.flatMap((market) =>
    [...kindsOf(market)].map((kind) => scheduleOr(market, kind, now, settings)),
  );
  const schedules = found.filter((each): each is DeskSchedule => !('reason' in each));
  return {
    schedules: markets.length > 0 ? [...schedules, eventWatchSchedule()] : [],
    refused: found.filter((each): each is RefusedSchedule => 'reason' in each),
  };
};

/** The same for the same declared schedules. */
export const fingerprintOf = ({ schedules, refused }: WantedSchedules): string =>
  createHash('sha256')
    .update(JSON.stringify([schedules.map(({ scheduleId: id, words }) => [id, words]), refused]))
    .digest('hex');

/** @throws BadInput with the reason of the first schedule that cannot be as declared. */
export const refuseFirst = ({ refused: [first] }: WantedSchedules): void => {
  if (first) throw new BadInput(first.reason);
};

/**
 * Refuses a setting that would give a schedule a time it cannot have, before it is set.
 * @throws BadInput naming the schedule and why
 */
export const checkScheduleSetting = async (client: Readers, key: string, value: unknown): Promise<void> => {
  if (SCHEDULE_SETTINGS.includes(key)) refuseFirst(await wantedSchedules(client, { [key]: value }));
};
