// Alerts on sessions that a schedule should have started and did not, within the time it may still be late.
import { isTradingDay, localDateOf, previousTradingDay } from '../market/calendar';
import { addMinutes } from '../market/iso-date';
import type { Market } from '../market/market';
import { type SessionKind, sessionInstant } from '../market/session-times';
import type { IsoDate, IsoInstant } from '../world';
import type { AlertVerdict } from './verdict';

/** A session's row follows its start within moments; this much more is given. */
const GRACE_MINUTES = 3;

export interface ScheduleFact {
  readonly scheduleId: string;
  readonly market: Market;
  readonly kind: SessionKind;
  readonly createdAt: IsoInstant;
  /** How late it may still start. */
  readonly catchupMinutes: number;
}

export interface StartedSession {
  readonly market: string;
  readonly kind: string;
  readonly date: IsoDate;
}

/** The newest day whose session can start no more; null where the calendar does not reach. */
const lastDue = ({ market, kind, catchupMinutes }: ScheduleFact, now: IsoInstant): IsoDate | null => {
  const today = localDateOf(market, now);
  const isOver = (date: IsoDate): boolean =>
    addMinutes(sessionInstant(market, date, kind), catchupMinutes + GRACE_MINUTES) < now;
  try {
    return isTradingDay(market, today) && isOver(today) ? today : previousTradingDay(market, today);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
};

const verdictOf = (
  schedule: ScheduleFact,
  sessions: readonly StartedSession[],
  now: IsoInstant,
): readonly AlertVerdict[] => {
  const { scheduleId, market, kind, createdAt } = schedule;
  const due = lastDue(schedule, now);
  if (due === null || sessionInstant(market, due, kind) < createdAt) return [];
  const ran = sessions.some((one) => one.market === market && one.kind === kind && one.date >= due);
  return [
    {
      kind: 'schedule',
      episode: `schedule:${scheduleId}`,
      firing: !ran,
      severity: 'critical',
      title: `The ${kind} session of ${market} on ${due} was missed`,
      details: { scheduleId, market, session: kind, date: due },
    },
  ];
};

/**
 * One verdict per schedule: firing while the newest session due has no row, over once that or a later one has.
 * @param schedules those that are not paused
 * @param sessions of at least the last two trading days
 */
export const missedSchedules = (
  schedules: readonly ScheduleFact[],
  sessions: readonly StartedSession[],
  now: IsoInstant,
): readonly AlertVerdict[] => schedules.flatMap((schedule) => verdictOf(schedule, sessions, now));
