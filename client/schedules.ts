// Temporal Schedules of the desk. Syncing brings what runs in line with calendars, watchlists, competitions and
// settings: it says what differs, and replaces whole specs.
import {
  ScheduleAlreadyRunning,
  type ScheduleDescription,
  ScheduleNotFoundError,
  type ScheduleOptionsAction,
} from '@temporalio/client';
import type { ScheduleKind } from '../domain/desk/schedule-kinds';
import { CONCLAVE_QUEUE } from '../workflows/contracts/task-queues';
import type { ConclaveClient } from './connect';
import type { DeskSchedule } from './desk-schedules';
import { describeSchedule, scheduleIds, wordsOf } from './known-schedules';
import { fingerprintOf, refuseFirst, type WantedSchedules, wantedSchedules } from './wanted-schedules';

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
  staticSummary: schedule.summary,
});

const policiesOf = ({ overlap, catchupMinutes }: DeskSchedule) => ({
  overlap,
  catchupWindow: `${catchupMinutes} minutes` as const,
});

const differencesOf = (known: ScheduleDescription, wanted: DeskSchedule): readonly string[] => {
  const before = wordsOf(known);
  const names = [...new Set([...Object.keys(before), ...Object.keys(wanted.words)])].sort();
  return names
    .filter((name) => before[name] !== wanted.words[name])
    .map((name) => `${name}: ${String(before[name] ?? 'none')} -> ${wanted.words[name] ?? 'none'}`);
};

const putOnce = async (client: Temporal, wanted: DeskSchedule, dryRun: boolean): Promise<ScheduleChange> => {
  const { scheduleId, spec } = wanted;
  const known = await describeSchedule(client, scheduleId);
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

/** Another sync created or deleted the schedule since it was looked at. */
const isOvertaken = (error: unknown): boolean =>
  error instanceof ScheduleAlreadyRunning || error instanceof ScheduleNotFoundError;

/**
 * Creates a schedule, or replaces its whole spec, action and policies; whether it is paused stays. Where another sync
 * was faster, it looks again, once.
 */
export const putSchedule = async (
  client: Temporal,
  wanted: DeskSchedule,
  dryRun = false,
): Promise<ScheduleChange> => {
  try {
    return await putOnce(client, wanted, dryRun);
  } catch (error) {
    if (!isOvertaken(error)) throw error;
    return putOnce(client, wanted, dryRun);
  }
};

/** False where it is gone, also when another sync deletes it at the same time. */
const remove = async (client: Temporal, scheduleId: string, dryRun: boolean): Promise<boolean> => {
  const there = (await describeSchedule(client, scheduleId)) !== null;
  if (!there || dryRun) return there;
  try {
    await client.temporal.schedule.getHandle(scheduleId).delete();
    return true;
  } catch (error) {
    if (!isOvertaken(error)) throw error;
    return false;
  }
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
