// Temporal Schedules of the desk: one per market and session kind. Syncing replaces whole specs, so that what
// runs is exactly what the calendars and watchlists say.
import {
  type CalendarSpec,
  type Month,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type ScheduleSpec,
} from '@temporalio/client';
import { localDateOf } from '../domain/market/calendar';
import { CALENDAR_LAST_DAY } from '../domain/market/exchange-calendars';
import { type Market, parseMarket } from '../domain/market/market';
import { type ClockRule, type SessionSchedule, sessionSchedule } from '../domain/market/session-schedule';
import { SESSION_KINDS, type SessionKind } from '../domain/market/session-times';
import type { SessionRequest } from '../workflows/contracts/session';
import { CONCLAVE_QUEUE } from '../workflows/contracts/task-queues';
import type { ConclaveClient } from './connect';
import { BadInput, checked } from './inputs';

const MONTHS: readonly Month[] = [
  'JANUARY',
  'FEBRUARY',
  'MARCH',
  'APRIL',
  'MAY',
  'JUNE',
  'JULY',
  'AUGUST',
  'SEPTEMBER',
  'OCTOBER',
  'NOVEMBER',
  'DECEMBER',
];

/**
 * How late each kind may still start after the machine or the server was down: until its decision has lost its
 * value. Later than that it is missed, and the next day's runs.
 */
export const CATCHUP_MINUTES: Readonly<Record<SessionKind, number>> = {
  pre_market: 25,
  open: 30,
  afternoon: 60,
  close: 8,
};

/** Upper bound of one session; a decision never waits longer than its own deadline. */
const EXECUTION_TIMEOUT = '12 hours';

export const scheduleId = (market: string, kind: SessionKind): string => `desk:${market}:${kind}`;

const toCalendar = (schedule: SessionSchedule, rule: ClockRule): CalendarSpec => {
  const [hour, minute] = rule.time.split(':').map(Number) as [number, number];
  if (rule.date === null) {
    return {
      hour,
      minute,
      ...(schedule.weekdaysOnly ? { dayOfWeek: { start: 'MONDAY', end: 'FRIDAY' } } : {}),
    };
  }
  const [year, month, dayOfMonth] = rule.date.split('-').map(Number) as [number, number, number];
  return { hour, minute, year, month: MONTHS[month - 1]!, dayOfMonth };
};

/** The whole spec; it ends where the calendar does, rather than run on days nobody has checked. */
export const toScheduleSpec = (schedule: SessionSchedule): ScheduleSpec => ({
  timezone: schedule.zone,
  calendars: schedule.rules.map((rule) => toCalendar(schedule, rule)),
  skip: schedule.skip.map((rule) => toCalendar(schedule, rule)),
  endAt: new Date(`${CALENDAR_LAST_DAY}T23:59:59Z`),
});

const requestOf = (market: Market, kind: SessionKind): SessionRequest => ({
  market,
  kind,
  date: null,
  replay: false,
  subjects: [],
  members: null,
  strategy: null,
  stakeMicroUsd: null,
  template: 'swing',
  researchKind: 'complete',
  refresh: false,
  prices: null,
  horizonDays: 5,
  requestKey: null,
});

export interface ScheduleChange {
  readonly scheduleId: string;
  readonly change: 'created' | 'replaced' | 'unchanged' | 'deleted';
}

const fingerprint = (schedule: SessionSchedule): string =>
  JSON.stringify([schedule.zone, schedule.rules, schedule.skip]);

const put = async (
  client: ConclaveClient,
  market: Market,
  kind: SessionKind,
  today: string,
): Promise<ScheduleChange> => {
  const id = scheduleId(market, kind);
  const wanted = sessionSchedule(market, kind, today, CALENDAR_LAST_DAY);
  const spec = toScheduleSpec(wanted);
  const action = {
    type: 'startWorkflow' as const,
    workflowType: 'sessionTrigger',
    workflowId: `trigger:${market}:${kind}`,
    taskQueue: CONCLAVE_QUEUE,
    args: [requestOf(market, kind)],
    workflowExecutionTimeout: EXECUTION_TIMEOUT,
  };
  const policies = {
    overlap: ScheduleOverlapPolicy.SKIP,
    catchupWindow: `${CATCHUP_MINUTES[kind]} minutes` as const,
  };
  const handle = client.temporal.schedule.getHandle(id);
  try {
    const known = await handle.describe();
    if (known.memo?.rules === fingerprint(wanted)) return { scheduleId: id, change: 'unchanged' };
    await handle.delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    await client.temporal.schedule.create({
      scheduleId: id,
      spec,
      action,
      policies,
      memo: { rules: fingerprint(wanted) },
    });
    return { scheduleId: id, change: 'created' };
  }
  await client.temporal.schedule.create({
    scheduleId: id,
    spec,
    action,
    policies,
    memo: { rules: fingerprint(wanted) },
  });
  return { scheduleId: id, change: 'replaced' };
};

/** Brings schedules in line with the watchlists: one per kind for markets that have one, none for others. */
export const syncSchedules = async (
  client: ConclaveClient,
  options: { readonly kinds: readonly SessionKind[]; readonly dryRun: boolean },
): Promise<readonly ScheduleChange[]> => {
  const now = await client.stores.worlds.now('live');
  const markets = [...new Set((await client.stores.watchlists.list()).map(({ market }) => market))].map(
    (market) => checked(() => parseMarket(market)),
  );
  const wanted = new Set(markets.flatMap((market) => options.kinds.map((kind) => scheduleId(market, kind))));
  const changes: ScheduleChange[] = [];
  const known = new Set((await listSchedules(client)).map((schedule) => schedule.scheduleId));
  for (const market of markets) {
    for (const kind of options.kinds) {
      const id = scheduleId(market, kind);
      if (options.dryRun) changes.push({ scheduleId: id, change: known.has(id) ? 'replaced' : 'created' });
      else changes.push(await put(client, market, kind, localDateOf(market, now)));
    }
  }
  for (const id of [...known].filter((each) => !wanted.has(each))) {
    if (!options.dryRun) await client.temporal.schedule.getHandle(id).delete();
    changes.push({ scheduleId: id, change: 'deleted' });
  }
  return changes;
};

export interface ScheduleRow {
  readonly scheduleId: string;
  readonly paused: boolean;
  readonly next: readonly string[];
  readonly recent: readonly string[];
}

export const listSchedules = async (client: ConclaveClient): Promise<readonly ScheduleRow[]> => {
  const rows: ScheduleRow[] = [];
  for await (const each of client.temporal.schedule.list()) {
    if (!each.scheduleId.startsWith('desk:')) continue;
    rows.push({
      scheduleId: each.scheduleId,
      paused: each.state.paused,
      next: each.info.nextActionTimes.map((time) => time.toISOString()),
      recent: each.info.recentActions.map((action) => action.takenAt.toISOString()),
    });
  }
  return rows.sort((a, b) => (a.scheduleId < b.scheduleId ? -1 : 1));
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

export const readKinds = (text: string | undefined): readonly SessionKind[] => {
  if (text === undefined) return ['pre_market', 'afternoon'];
  return text.split(',').map((name) => {
    const kind = SESSION_KINDS.find((each) => each === name.trim());
    if (!kind) throw new BadInput(`kind "${name}" is unknown; accepted: ${SESSION_KINDS.join(', ')}`);
    return kind;
  });
};
