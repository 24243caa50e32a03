// What runs by itself, as Temporal Schedules: for every market and kind the whole spec with its policies, so
// that syncing replaces it and nothing is left to a default.
import { type CalendarSpec, type Month, ScheduleOverlapPolicy, type ScheduleSpec } from '@temporalio/client';
import {
  CATCHUP_MINUTES,
  isSessionKind,
  type ScheduleKind,
  scheduleInstant,
} from '../domain/desk/schedule-kinds';
import { checkClockTime, givenTime } from '../domain/desk/schedule-times';
import { localInstant } from '../domain/market/calendar';
import { CALENDAR_FIRST_DAY, CALENDAR_LAST_DAY } from '../domain/market/exchange-calendars';
import type { Market } from '../domain/market/market';
import { type ClockRule, type ClockSchedule, clockSchedule } from '../domain/market/session-schedule';
import type { SessionKind } from '../domain/market/session-times';
import type { ScheduleSettings } from '../domain/settings/desk-settings';
import type { IsoDate } from '../domain/world';
import type { WarmingInput } from '../workflows/contracts/desk';
import type { SessionRequest } from '../workflows/contracts/session';

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

/** Warming may begin late as long as this much of its lead is left. */
const WARMING_LEFT_MINUTES = 10;
/** Detectors look at what is there now: an old look is worth nothing. */
const EVENT_WATCH = { every: '15 minutes', catchupMinutes: 1, timeoutMinutes: 14 } as const;
/** Upper bound of one run; a session's decisions never wait longer than their own deadline. */
const TIMEOUT_MINUTES: Readonly<Record<ScheduleKind, number>> = {
  /** Its lead, and four hours for research that the session has overtaken. */
  warming: 720,
  paper_orders: 120,
  pre_market: 720,
  open: 720,
  afternoon: 720,
  close: 720,
  end_of_day: 720,
};

const EVENT_WATCH_SCHEDULE = 'desk:events';
const EVENT_WATCH_SUMMARY = 'event watch · what nobody has reported';

export const scheduleId = (market: string, kind: ScheduleKind): string => `desk:${market}:${kind}`;

/** One schedule, whole. */
export interface DeskSchedule {
  readonly scheduleId: string;
  readonly spec: ScheduleSpec;
  readonly workflowType: string;
  readonly workflowId: string;
  readonly argument: unknown;
  /** What its runs are, for people who see them in Temporal's UI. */
  readonly summary: string;
  readonly overlap: ScheduleOverlapPolicy;
  readonly catchupMinutes: number;
  readonly timeoutMinutes: number;
  /** The same in words: stored with the schedule and compared when syncing. */
  readonly words: Readonly<Record<string, string>>;
}

const toCalendar = (schedule: ClockSchedule, rule: ClockRule): CalendarSpec => {
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
const toScheduleSpec = (schedule: ClockSchedule): ScheduleSpec => ({
  timezone: schedule.zone,
  calendars: schedule.rules.map((rule) => toCalendar(schedule, rule)),
  skip: schedule.skip.map((rule) => toCalendar(schedule, rule)),
  endAt: new Date(`${CALENDAR_LAST_DAY}T23:59:59Z`),
});

const sessionRequest = (market: Market, kind: SessionKind): SessionRequest => ({
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

const actionOf = (
  market: Market,
  kind: ScheduleKind,
): Pick<DeskSchedule, 'workflowType' | 'workflowId' | 'argument' | 'summary'> => {
  if (isSessionKind(kind))
    return {
      workflowType: 'sessionTrigger',
      workflowId: `trigger:${market}:${kind}`,
      argument: sessionRequest(market, kind),
      summary: `session trigger · ${market} · ${kind}`,
    };
  switch (kind) {
    case 'warming':
      return {
        workflowType: 'cacheWarming',
        workflowId: `warming:${market}`,
        argument: { request: { purpose: 'session', market }, going: null } satisfies WarmingInput,
        summary: `cache warming · ${market}`,
      };
    case 'paper_orders':
      return {
        workflowType: 'paperDay',
        workflowId: `paper-orders:${market}`,
        argument: { market, part: 'orders' },
        summary: `paper day · ${market} · orders`,
      };
    case 'end_of_day':
      return {
        workflowType: 'paperDay',
        workflowId: `end-of-day:${market}`,
        argument: { market, part: 'end_of_day' },
        summary: `paper day · ${market} · end of day`,
      };
  }
};

const rulesOf = (
  market: Market,
  kind: ScheduleKind,
  today: IsoDate,
  settings: ScheduleSettings,
): ClockSchedule => {
  const given = givenTime(settings.times, market, kind);
  const instantOf = (date: IsoDate) =>
    given !== null
      ? localInstant(market, date, given)
      : scheduleInstant(market, date, kind, settings.leadMinutes);
  // From the year's first day, so that the rules of a market do not change with every day that passes.
  const yearStart = `${today.slice(0, 4)}-01-01`;
  const from = yearStart < CALENDAR_FIRST_DAY ? CALENDAR_FIRST_DAY : yearStart;
  const rules = clockSchedule(market, instantOf, from, CALENDAR_LAST_DAY);
  for (const { time } of rules.rules) checkClockTime(`the time of ${market}:${kind}`, market, time);
  return rules;
};

const oddDays = ({ rules, skip }: ClockSchedule): string =>
  [
    ...rules.slice(1).map(({ date, time }) => `${date} ${time}`),
    ...skip.map(({ date }) => `not ${date}`),
  ].join(', ');

/**
 * The schedule of a market's run of one kind.
 * @throws RangeError when its time falls into an hour that daylight saving skips or repeats.
 */
export const deskSchedule = (
  market: Market,
  kind: ScheduleKind,
  today: IsoDate,
  settings: ScheduleSettings,
): DeskSchedule => {
  const rules = rulesOf(market, kind, today, settings);
  const catchupMinutes =
    kind === 'warming' ? Math.max(1, settings.leadMinutes - WARMING_LEFT_MINUTES) : CATCHUP_MINUTES[kind];
  const overlap = kind === 'end_of_day' ? ScheduleOverlapPolicy.BUFFER_ONE : ScheduleOverlapPolicy.SKIP;
  const timeoutMinutes = TIMEOUT_MINUTES[kind];
  const action = actionOf(market, kind);
  return {
    scheduleId: scheduleId(market, kind),
    spec: toScheduleSpec(rules),
    ...action,
    overlap,
    catchupMinutes,
    timeoutMinutes,
    words: {
      summary: action.summary,
      zone: rules.zone,
      time: rules.rules[0]!.time,
      days: rules.weekdaysOnly ? 'Monday to Friday' : 'every day',
      exceptions: oddDays(rules),
      until: CALENDAR_LAST_DAY,
      overlap,
      catchup: `${catchupMinutes} minutes`,
      timeout: `${timeoutMinutes} minutes`,
    },
  };
};

/** Looks for market events in what the sources say. */
export const eventWatchSchedule = (): DeskSchedule => {
  const { every, catchupMinutes, timeoutMinutes } = EVENT_WATCH;
  return {
    scheduleId: EVENT_WATCH_SCHEDULE,
    spec: { intervals: [{ every }] },
    workflowType: 'eventWatch',
    workflowId: 'event-watch',
    argument: {},
    summary: EVENT_WATCH_SUMMARY,
    overlap: ScheduleOverlapPolicy.SKIP,
    catchupMinutes,
    timeoutMinutes,
    words: {
      summary: EVENT_WATCH_SUMMARY,
      time: `every ${every}`,
      overlap: ScheduleOverlapPolicy.SKIP,
      catchup: `${catchupMinutes} minutes`,
      timeout: `${timeoutMinutes} minutes`,
    },
  };
};
