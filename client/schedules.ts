// Temporal Schedules of the desk. Syncing brings what runs in line with calendars, watchlists, competitions and
// settings: it says what differs, and replaces whole specs.
import {
  type ScheduleDescription,
  ScheduleNotFoundError,
  type ScheduleOptionsAction,
} from '@temporalio/client';
import { parseScheduleKind, type ScheduleKind } from '../domain/desk/schedule-kinds';
import { calendarEndWarning, localDateOf } from '../domain/market/calendar';
import { type Market, parseMarket } from '../domain/market/market';
import { type ScheduleSettings, scheduleSettings } from '../domain/settings/desk-settings';
import { settingValue } from '../domain/settings/setting-definitions';
import { CONCLAVE_QUEUE } from '../workflows/contracts/task-queues';
import type { ConclaveClient } from './connect';
import { type DeskSchedule, deskSchedule, eventWatchSchedule } from './desk-schedules';
import { BadInput, checked } from './inputs';

const KINDS_SETTING = 'schedule_kinds';

export interface ScheduleChange {
  readonly scheduleId: string;
  readonly change: 'created' | 'replaced' | 'unchanged' | 'deleted';
  /** What differs, such as `time: 08:30 -> 08:15`; empty unless replaced. */
  readonly differences: readonly string[];
}

const actionOf = (schedule: DeskSchedule): ScheduleOptionsAction => ({
  type: 'startWorkflow',
  workflowType: schedule.workflowType,
  workflowId: schedule.workflowId,
  taskQueue: CONCLAVE_QUEUE,
  args: [schedule.argument],
  workflowExecutionTimeout: `${schedule.timeoutMinutes} minutes`,
  memo: { ...schedule.words },
});

const policiesOf = ({ overlap, catchupMinutes }: DeskSchedule) => ({
  overlap,
  catchupWindow: `${catchupMinutes} minutes` as const,
});

const describe = async (client: ConclaveClient, id: string): Promise<ScheduleDescription | null> => {
  try {
    return await client.temporal.schedule.getHandle(id).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
};

const wordsOf = ({ action }: ScheduleDescription): Readonly<Record<string, unknown>> =>
  action.type === 'startWorkflow' ? (action.memo ?? {}) : {};

const differencesOf = (known: ScheduleDescription, wanted: DeskSchedule): readonly string[] => {
  const before = wordsOf(known);
  const names = [...new Set([...Object.keys(before), ...Object.keys(wanted.words)])];
  return names
    .filter((name) => before[name] !== wanted.words[name])
    .map((name) => `${name}: ${String(before[name] ?? 'none')} -> ${wanted.words[name] ?? 'none'}`);
};

/** Creates a schedule, or replaces its whole spec, action and policies; whether it is paused stays. */
export const putSchedule = async (
  client: ConclaveClient,
  wanted: DeskSchedule,
  dryRun = false,
): Promise<ScheduleChange> => {
  const { scheduleId, spec } = wanted;
  const known = await describe(client, scheduleId);
  if (!known) {
    const action = actionOf(wanted);
    if (!dryRun)
      await client.temporal.schedule.create({ scheduleId, spec, action, policies: policiesOf(wanted) });
    return { scheduleId, change: 'created', differences: [] };
  }
  const differences = differencesOf(known, wanted);
  if (differences.length === 0) return { scheduleId, change: 'unchanged', differences };
  if (!dryRun)
    await client.temporal.schedule.getHandle(scheduleId).update(({ state }) => ({
      spec,
      action: { ...actionOf(wanted), workflowId: wanted.workflowId },
      policies: policiesOf(wanted),
      state,
    }));
  return { scheduleId, change: 'replaced', differences };
};

const settingsOf = async (client: ConclaveClient): Promise<ScheduleSettings> => {
  const stored = new Map((await client.stores.settings.list()).map(({ key, value }) => [key, value]));
  return checked(() => scheduleSettings((key) => settingValue(stored, key)));
};

/** Markets with a watchlist, and those that a running competition trades. */
const marketsOf = async (client: ConclaveClient) => {
  const parsed = (markets: readonly string[]): readonly Market[] =>
    [...new Set(markets)].map((market) => checked(() => parseMarket(market)));
  return {
    watched: parsed((await client.stores.watchlists.list()).map(({ market }) => market)),
    traded: parsed(await client.stores.competitions.liveMarkets()),
  };
};

const PAPER_KINDS: readonly ScheduleKind[] = ['paper_orders', 'end_of_day'];

const wantedSchedules = async (
  client: ConclaveClient,
  kinds: readonly ScheduleKind[] | null,
): Promise<readonly DeskSchedule[]> => {
  const stored = await settingsOf(client);
  const settings = { ...stored, kinds: kinds ?? stored.kinds };
  const now = await client.stores.worlds.now('live');
  const { watched, traded } = await marketsOf(client);
  const kindsOf = (market: Market): ReadonlySet<ScheduleKind> =>
    new Set([
      ...(watched.includes(market) ? settings.kinds.filter((kind) => kind !== 'paper_orders') : []),
      ...(traded.includes(market) ? PAPER_KINDS : []),
    ]);
  const markets = [...new Set([...watched, ...traded])];
  const schedules = markets.flatMap((market) =>
    [...kindsOf(market)].map((kind) =>
      checked(() => deskSchedule(market, kind, localDateOf(market, now), settings)),
    ),
  );
  return markets.length > 0 ? [...schedules, eventWatchSchedule()] : [];
};

/**
 * Brings schedules in line with watchlists, running competitions and settings.
 * @param options.kinds kept as the setting `schedule_kinds`; null leaves it as it is
 */
export const syncSchedules = async (
  client: ConclaveClient,
  options: { readonly kinds: readonly ScheduleKind[] | null; readonly dryRun: boolean },
): Promise<readonly ScheduleChange[]> => {
  const wanted = await wantedSchedules(client, options.kinds);
  if (options.kinds && !options.dryRun)
    await client.stores.settings.set({
      key: KINDS_SETTING,
      category: 'desk',
      value: options.kinds,
      reason: 'schedules sync --kinds',
    });
  const changes: ScheduleChange[] = [];
  for (const schedule of wanted) changes.push(await putSchedule(client, schedule, options.dryRun));
  const ids = new Set(wanted.map(({ scheduleId }) => scheduleId));
  for (const { scheduleId } of await listSchedules(client)) {
    if (ids.has(scheduleId)) continue;
    if (!options.dryRun) await client.temporal.schedule.getHandle(scheduleId).delete();
    changes.push({ scheduleId, change: 'deleted', differences: [] });
  }
  return changes;
};

export interface ScheduleRow {
  readonly scheduleId: string;
  readonly paused: boolean;
  readonly next: readonly string[];
  readonly recent: readonly string[];
  /** Runs that were due longer ago than the catch-up window when the server came back. */
  readonly missed: number;
  /** Runs left out because the one before was still going. */
  readonly overlapped: number;
  /** Zone, time, exceptions, overlap, catch-up and time-out in words. */
  readonly rules: Readonly<Record<string, unknown>>;
}

const rowOf = (scheduleId: string, known: ScheduleDescription): ScheduleRow => ({
  scheduleId,
  paused: known.state.paused,
  next: known.info.nextActionTimes.map((time) => time.toISOString()),
  recent: known.info.recentActions.map((action) => action.takenAt.toISOString()),
  missed: known.info.numActionsMissedCatchupWindow,
  overlapped: known.info.numActionsSkippedOverlap,
  rules: wordsOf(known),
});

export const listSchedules = async (client: ConclaveClient): Promise<readonly ScheduleRow[]> => {
  const ids: string[] = [];
  for await (const { scheduleId } of client.temporal.schedule.list())
    if (scheduleId.startsWith('desk:')) ids.push(scheduleId);
  const rows = await Promise.all(
    ids.sort().map(async (id) => {
      const known = await describe(client, id);
      return known ? [rowOf(id, known)] : [];
    }),
  );
  return rows.flat();
};

/** A warning for every market with a schedule whose calendar ends soon. */
export const scheduleWarnings = async (client: ConclaveClient): Promise<readonly string[]> => {
  const now = await client.stores.worlds.now('live');
  const { watched, traded } = await marketsOf(client);
  return [...new Set([...watched, ...traded])].flatMap((market) => calendarEndWarning(market, now) ?? []);
};

/** @throws BadInput for a schedule that does not exist, naming those that do. */
export const scheduleHandle = async (client: ConclaveClient, id: string) => {
  const known = (await listSchedules(client)).map((schedule) => schedule.scheduleId);
  if (!known.includes(id))
    throw new BadInput(
      `schedule "${id}" does not exist; known: ${known.join(', ') || 'none, run "conclave schedules sync"'}`,
    );
  return client.temporal.schedule.getHandle(id);
};

/** Null when none are named: the setting decides. @throws BadInput for an unknown kind. */
export const readKinds = (text: string | undefined): readonly ScheduleKind[] | null =>
  text === undefined
    ? null
    : [...new Set(text.split(',').map((name) => checked(() => parseScheduleKind(name))))];
