// Alerts on runs that a schedule should have started and did not, within the time they may still be late: sessions by
// their rows, the rounds of paper accounts by what they leave behind.
import { paperDateOf, type ScheduleKind, scheduleInstant } from '../desk/schedule-kinds';
import { isTradingDay, localDateOf, localInstant, previousTradingDay } from '../market/calendar';
import { addMinutes } from '../market/iso-date';
import type { Market } from '../market/market';
import type { IsoDate, IsoInstant } from '../world';
import type { AlertVerdict } from './verdict';

/** Warming that is missed costs nothing: its session does the research itself. */
export type WatchedKind = Exclude<ScheduleKind, 'warming'>;

/** What tells that a run took place follows its start within this: a row at once, what paper accounts do later. */
const graceMinutes = (kind: WatchedKind): number =>
  kind === 'paper_orders' || kind === 'end_of_day' ? 15 : 3;

export interface ScheduleFact {
  readonly scheduleId: string;
  readonly market: Market;
  readonly kind: WatchedKind;
  /** Local time that an operator gave it; null: the usual one. */
  readonly time: string | null;
  readonly createdAt: IsoInstant;
  /** How late it may still start. */
  readonly catchupMinutes: number;
}

export interface StartedSession {
  readonly market: string;
  readonly kind: string;
  readonly date: IsoDate;
  /** True: one of the day was started by its schedule. */
  readonly scheduled: boolean;
  /** When one of the day was last started, by whomever. */
  readonly startedAt: IsoInstant;
}

/** A running competition that trades day by day. */
export interface PaperStanding {
  readonly market: string;
  readonly from: IsoDate;
  readonly to: IsoDate;
  /** When its symbols were last forecast for orders; null: not of late. */
  readonly orderedAt: IsoInstant | null;
  /** Last day that every account has a snapshot of; null: some account has none. */
  readonly settledThrough: IsoDate | null;
}

/** What there is to see of runs. */
export interface RunFacts {
  /** Of at least the last two trading days. */
  readonly sessions: readonly StartedSession[];
  readonly competitions: readonly PaperStanding[];
}

const instantOf = ({ market, kind, time }: ScheduleFact, date: IsoDate): IsoInstant =>
  time === null ? scheduleInstant(market, date, kind, 0) : localInstant(market, date, time);

/** The newest day whose run can start no more; null where the calendar does not reach. */
const lastDue = (schedule: ScheduleFact, now: IsoInstant): IsoDate | null => {
  const { market, kind, catchupMinutes } = schedule;
  const isOver = (date: IsoDate): boolean =>
    addMinutes(instantOf(schedule, date), catchupMinutes + graceMinutes(kind)) < now;
  try {
    const today = localDateOf(market, now);
    let day = isTradingDay(market, today) ? today : previousTradingDay(market, today);
    while (!isOver(day)) day = previousTradingDay(market, day);
    return day;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
};

const hasOrdered = (market: Market, { orderedAt }: PaperStanding, due: IsoDate): boolean =>
  orderedAt !== null && paperDateOf(market, 'orders', orderedAt) >= due;

/** A session by hand makes up for one that was missed before it; one that came before makes up for nothing. */
const hasStarted = (schedule: ScheduleFact, due: IsoDate, sessions: RunFacts['sessions']): boolean =>
  sessions.some(
    ({ market, kind, date, scheduled, startedAt }) =>
      market === schedule.market &&
      kind === schedule.kind &&
      date >= due &&
      (scheduled || startedAt >= instantOf(schedule, due)),
  );

/** The day that the run of a day is for: the end of day may be settled on the next one. */
const dayOf = (schedule: ScheduleFact, due: IsoDate): IsoDate =>
  schedule.kind === 'end_of_day' ? paperDateOf(schedule.market, 'end_of_day', instantOf(schedule, due)) : due;

/** Without a competition on the day there is nothing to miss. */
const hasRun = (schedule: ScheduleFact, due: IsoDate, { sessions, competitions }: RunFacts): boolean => {
  const { market, kind } = schedule;
  const day = dayOf(schedule, due);
  const trading = competitions.filter((one) => one.market === market && one.from <= day && day <= one.to);
  switch (kind) {
    case 'paper_orders':
      return trading.every((one) => hasOrdered(market, one, due));
    case 'end_of_day':
      return trading.every(({ settledThrough }) => settledThrough !== null && settledThrough >= day);
    default:
      return hasStarted(schedule, due, sessions);
  }
};

const titleOf = (schedule: ScheduleFact, due: IsoDate): string => {
  const { market, kind } = schedule;
  if (kind === 'paper_orders') return `The paper orders of ${market} for ${due} were missed`;
  if (kind === 'end_of_day')
    return `The paper accounts of ${market} were not settled for ${dayOf(schedule, due)}`;
  return `The ${kind} session of ${market} on ${due} was missed`;
};

const verdictOf = (schedule: ScheduleFact, facts: RunFacts, now: IsoInstant): readonly AlertVerdict[] => {
  const { scheduleId, market, kind, createdAt } = schedule;
  const due = lastDue(schedule, now);
  if (due !== null && instantOf(schedule, due) < createdAt) return [];
  return [
    {
      kind: 'schedule',
      episode: `schedule:${scheduleId}`,
      firing: due === null ? null : !hasRun(schedule, due, facts),
      severity: 'critical',
      title: due === null ? `No trading day of ${market} is known` : titleOf(schedule, due),
      details: { scheduleId, market, session: kind, date: due && dayOf(schedule, due) },
    },
  ];
};

/**
 * One verdict per schedule: firing while nothing is there of the newest run due, over once that or a later one has
 * taken place.
 * @param schedules those that are not paused
 */
export const missedSchedules = (
  schedules: readonly ScheduleFact[],
  facts: RunFacts,
  now: IsoInstant,
): readonly AlertVerdict[] => schedules.flatMap((schedule) => verdictOf(schedule, facts, now));
