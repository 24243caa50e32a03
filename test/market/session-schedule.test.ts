// Rules for a scheduler, expanded day by day: they fire at the sessions' instants and at no other.
import { localInstant, tradingDays } from '../../domain/market/calendar';
import { addDays, weekdayOf } from '../../domain/market/iso-date';
import { EXCHANGES, type Market } from '../../domain/market/market';
import { type ClockSchedule, clockSchedule } from '../../domain/market/session-schedule';
import { SESSION_KINDS, type SessionKind, sessionInstant } from '../../domain/market/session-times';
import type { IsoDate, IsoInstant } from '../../domain/world';

const FROM = '2024-01-01';
const TO = '2027-12-31';

/** The rules for one kind of session. @throws RangeError outside the calendar. */
const sessionSchedule = (market: Market, kind: SessionKind, from: IsoDate, to: IsoDate): ClockSchedule =>
  clockSchedule(market, (date) => sessionInstant(market, date, kind), from, to);

/** Every instant at which the schedule fires, oldest first. */
const firingInstants = (schedule: ClockSchedule): readonly IsoInstant[] => {
  const { market, from, to } = schedule;
  const everyDay = (day: IsoDate): boolean =>
    !schedule.weekdaysOnly || (weekdayOf(day) !== 0 && weekdayOf(day) !== 6);
  const skipped = new Set(schedule.skip.map(({ date, time }) => `${date} ${time}`));
  const instants: IsoInstant[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) {
    for (const rule of schedule.rules) {
      if (rule.date === null ? !everyDay(day) : rule.date !== day) continue;
      if (rule.date === null && skipped.has(`${day} ${rule.time}`)) continue;
      instants.push(localInstant(market, day, rule.time));
    }
  }
  return instants.sort();
};

describe('session schedules', () => {
  it.each(EXCHANGES)(
    'of %s fire once on every trading day of 2024-2027 at the decision instant',
    (market) => {
      for (const kind of SESSION_KINDS) {
        const wanted = tradingDays(market, FROM, TO).map((day) => sessionInstant(market, day, kind));
        expect(firingInstants(sessionSchedule(market, kind, FROM, TO))).toEqual(wanted);
      }
    },
  );

  it('cover 5,033 trading days in all', () => {
    const days = EXCHANGES.flatMap((market) =>
      firingInstants(sessionSchedule(market, 'pre_market', FROM, TO)),
    );
    expect(days).toHaveLength(5033);
  });

  it('are done before 09:00 in Frankfurt and keep the local hour over the change to summer time', () => {
    const schedule = sessionSchedule('XETR', 'pre_market', '2026-03-26', '2026-03-31');
    expect(schedule.zone).toBe('Europe/Berlin');
    expect(firingInstants(schedule)).toEqual([
      '2026-03-26T07:30:00.000Z',
      '2026-03-27T07:30:00.000Z',
      '2026-03-30T06:30:00.000Z',
      '2026-03-31T06:30:00.000Z',
    ]);
  });

  it('move the afternoon session forward on days that close early', () => {
    const schedule = sessionSchedule('XNYS', 'afternoon', '2026-11-25', '2026-11-30');
    expect(firingInstants(schedule)).toEqual([
      '2026-11-25T19:00:00.000Z',
      '2026-11-27T17:00:00.000Z',
      '2026-11-30T19:00:00.000Z',
    ]);
  });

  it('run every day where the market never closes', () => {
    expect(firingInstants(sessionSchedule('CRYPTO', 'pre_market', '2026-11-20', '2026-11-22'))).toHaveLength(
      3,
    );
  });
});
