// Temporal Schedules of the desk. Syncing brings what runs in line with calendars, watchlists, competitions and
// settings: it says what differs, and replaces whole specs.
import {
  type ScheduleDescription,
  ScheduleNotFoundError,
  type ScheduleOptionsAction,
} from '@temporalio/client';
import { lateSeconds } from '../domain/desk/lateness';
import type { ScheduleKind } from '../domain/desk/schedule-kinds';
import { calendarEndWarning } from '../domain/market/calendar';
import { parseIsoInstant } from '../domain/market/iso-date';
import { CONCLAVE_QUEUE } from '../workflows/contracts/task-queues';
import type { ConclaveClient } from './connect';
import type { DeskSchedule } from './desk-schedules';
import { BadInput, checked } from './inputs';
import {
  deskMarkets,
  fingerprintOf,
  refuseFirst,
  type WantedSchedules,
  wantedSchedules,
} from './wanted-schedules';

type Temporal = Pick<ConclaveClient, 'temporal'>;
type Desk = Pick<ConclaveClient, 'stores' | 'temporal'>;

const KINDS_SETTING = 'schedule_kinds';

export interface ScheduleChange {
  readonly scheduleId: string;
  readonly change: 'created' | 'replaced' | 'unchanged' | 'deleted' | 'refused';
  /** What differs, such as `time: 08:30 -> 08:15`, or why it is refused; else empty. */
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

const describe = async (client: Temporal, id: string): Promise<ScheduleDescription | null> => {
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
  const names = [...new Set([...Object.keys(before), ...Object.keys(wanted.words)])].sort();
  return names
    .filter((name) => before[name] !== wanted.words[name])
    .map((name) => `${name}: ${String(before[name] ?? 'none')} -> ${wanted.words[name] ?? 'none'}`);
};

/** Creates a schedule, or replaces its whole spec, action and policies; whether it is paused stays. */
export const putSchedule = async (
  client: Temporal,
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

/**
 * Ids that the desk's schedules may have, in order: the server's list lags behind by moments, so what syncs made
 * is looked at too; some may be gone.
 */
const scheduleIds = async ({ stores, temporal }: Desk): Promise<readonly string[]> => {
  const ids = new Set(await stores.scheduleSyncs.scheduleIds());
  for await (const { scheduleId } of temporal.schedule.list())
    if (scheduleId.startsWith('desk:')) ids.add(scheduleId);
  return [...ids].sort();
};

const remove = async (client: Temporal, scheduleId: string, dryRun: boolean): Promise<boolean> => {
  const there = (await describe(client, scheduleId)) !== null;
  if (there && !dryRun) await client.temporal.schedule.getHandle(scheduleId).delete();
  return there;
};

const removeOthers = async (
  client: Desk,
  keep: ReadonlySet<string>,
  dryRun: boolean,
): Promise<readonly ScheduleChange[]> => {
  const others = (await scheduleIds(client)).filter((id) => !keep.has(id));
  const removed = await Promise.all(others.map((id) => remove(client, id, dryRun)));
  return others
    .filter((_id, index) => removed[index])
    .map((scheduleId) => ({ scheduleId, change: 'deleted', differences: [] }));
};

/** Makes what is declared so; a schedule that is refused stays as it is. */
export const syncWanted = async (
  client: Desk,
  { schedules, refused }: WantedSchedules,
  dryRun: boolean,
): Promise<readonly ScheduleChange[]> => {
  const changes = await Promise.all(schedules.map((schedule) => putSchedule(client, schedule, dryRun)));
  const keep = new Set([...schedules, ...refused].map(({ scheduleId }) => scheduleId));
  return [
    ...changes,
    ...(await removeOthers(client, keep, dryRun)),
    ...refused.map(
      ({ scheduleId, reason }): ScheduleChange => ({ scheduleId, change: 'refused', differences: [reason] }),
    ),
  ];
};

/**
 * Brings schedules in line with watchlists, running competitions and settings. From then on a worker keeps them so.
 * @param options.kinds kept as the setting `schedule_kinds`; null leaves it as it is
 * @throws BadInput for a time that a schedule cannot have; nothing is changed then
 */
export const syncSchedules = async (
  client: Desk,
  options: { readonly kinds: readonly ScheduleKind[] | null; readonly dryRun: boolean },
): Promise<readonly ScheduleChange[]> => {
  const wanted = await wantedSchedules(client, options.kinds ? { [KINDS_SETTING]: options.kinds } : {});
  refuseFirst(wanted);
  if (options.kinds && !options.dryRun)
    await client.stores.settings.set({
      key: KINDS_SETTING,
      category: 'desk',
      value: options.kinds,
      reason: 'schedules sync --kinds',
    });
  const changes = await syncWanted(client, wanted, options.dryRun);
  if (!options.dryRun)
    await client.stores.scheduleSyncs.record({
      fingerprint: fingerprintOf(wanted),
      cause: 'person',
      changes: changes.filter(({ change }) => change !== 'unchanged'),
    });
  return changes;
};

export interface ScheduleRow {
  readonly scheduleId: string;
  readonly paused: boolean;
  readonly next: readonly string[];
  readonly recent: readonly string[];
  /** How much later than it was due the last run started: it was late, not missed. Null before the first. */
  readonly lastLateSeconds: number | null;
  /** Runs that were due longer ago than the catch-up window when the server came back. */
  readonly missed: number;
  /** Runs left out because the one before was still going. */
  readonly overlapped: number;
  /** Zone, time, exceptions, overlap, catch-up and time-out in words. */
  readonly rules: Readonly<Record<string, unknown>>;
}

const lateSecondsOf = ({ info }: ScheduleDescription): number | null => {
  const last = info.recentActions.at(-1);
  return last ? lateSeconds(last.scheduledAt.toISOString(), last.takenAt.toISOString()) : null;
};

const rowOf = (scheduleId: string, known: ScheduleDescription): ScheduleRow => ({
  scheduleId,
  paused: known.state.paused,
  next: known.info.nextActionTimes.map((time) => time.toISOString()),
  recent: known.info.recentActions.map((action) => action.takenAt.toISOString()),
  lastLateSeconds: lateSecondsOf(known),
  missed: known.info.numActionsMissedCatchupWindow,
  overlapped: known.info.numActionsSkippedOverlap,
  rules: wordsOf(known),
});

export const listSchedules = async (client: Desk): Promise<readonly ScheduleRow[]> => {
  const rows = await Promise.all(
    (await scheduleIds(client)).map(async (id) => {
      const known = await describe(client, id);
      return known ? [rowOf(id, known)] : [];
    }),
  );
  return rows.flat();
};

/** A warning for every market whose calendar ends soon, and every schedule that cannot be as declared. */
export const scheduleWarnings = async (
  client: Pick<ConclaveClient, 'stores'>,
): Promise<readonly string[]> => {
  const now = await client.stores.worlds.now('live');
  const { watched, traded } = await deskMarkets(client);
  const { refused } = await wantedSchedules(client);
  return [
    ...[...new Set([...watched, ...traded])].flatMap((market) => calendarEndWarning(market, now) ?? []),
    ...refused.map(({ scheduleId, reason }) => `${scheduleId} is not as declared: ${reason}`),
  ];
};

/** @throws BadInput for a schedule that does not exist, naming those that do. */
export const scheduleHandle = async (client: Desk, id: string) => {
  const known = (await listSchedules(client)).map((schedule) => schedule.scheduleId);
  if (!known.includes(id))
    throw new BadInput(
      `schedule "${id}" does not exist; known: ${known.join(', ') || 'none, run "conclave schedules sync"'}`,
    );
  return client.temporal.schedule.getHandle(id);
};

const BACKFILL_FORM = 'accepted: an instant such as 2026-11-16T00:00:00Z';

/** The period that a backfill runs anew. @throws BadInput for one that is missing, malformed or runs backward. */
export const readBackfill = (
  from: string | undefined,
  to: string | undefined,
): { readonly start: Date; readonly end: Date } => {
  if (!from) throw new BadInput(`from is missing; ${BACKFILL_FORM}`);
  if (!to) throw new BadInput(`to is missing; ${BACKFILL_FORM}`);
  const [start, end] = [
    checked(() => parseIsoInstant(from, 'from')),
    checked(() => parseIsoInstant(to, 'to')),
  ];
  if (start >= end)
    throw new BadInput(`from ${from} is not before to ${to}; accepted: a period that runs forward`);
  return { start: new Date(start), end: new Date(end) };
};
