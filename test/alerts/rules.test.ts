// The rules of alerts, each at its threshold, inside its margin, and with too little to judge by.
import {
  type ChannelFact,
  FAILING_ATTEMPTS,
  failingChannels,
  waitAfter,
} from '../../domain/alerts/delivery-rule';
import { lowSuccess, manyErrors, RECOVERY_MARGIN, slowSessions } from '../../domain/alerts/rate-rules';
import { missedSchedules, type PaperStanding, type ScheduleFact } from '../../domain/alerts/schedule-rule';
import { alertSettings } from '../../domain/settings/alert-settings';

const settings = alertSettings(new Map());
/** Null: known, but undecided; undefined: not named, which ends an episode. */
const firing = (verdicts: readonly { readonly firing: boolean | null }[]): boolean | null | undefined =>
  verdicts[0]?.firing;

describe('slow sessions', () => {
  const session = { id: 's', market: 'XNYS', kind: 'pre_market', subjects: 12, wallMs: 15_000 };

  it('are those beyond the limit, not those at it', () => {
    expect(firing(slowSessions([session], settings))).toBe(false);
    expect(firing(slowSessions([{ ...session, wallMs: 15_001 }], settings))).toBe(true);
  });

  it('are not judged beyond one round of subjects, or when the rule is off', () => {
    expect(slowSessions([{ ...session, subjects: 13, wallMs: 60_000 }], settings)).toEqual([]);
    const off = alertSettings(new Map([['alert_session_seconds', null]]));
    expect(slowSessions([{ ...session, wallMs: 60_000 }], off)).toEqual([]);
  });
});

describe('rates', () => {
  it.each([
    [100, 10, false],
    [100, 9, false],
    [100, 11, true],
  ])('errors: %i calls with %i failed', (total, failed, expected) => {
    const verdict = firing(manyErrors({ total, failed }, settings));
    expect(verdict ?? false).toBe(expected);
  });

  it('hold an episode open inside the margin, and end it beyond', () => {
    expect(firing(manyErrors({ total: 100, failed: 10 - RECOVERY_MARGIN + 1 }, settings))).toBeNull();
    expect(firing(manyErrors({ total: 100, failed: 10 - RECOVERY_MARGIN }, settings))).toBe(false);
    expect(firing(lowSuccess({ total: 100, failed: 9 }, settings))).toBeNull();
    expect(firing(lowSuccess({ total: 100, failed: 8 }, settings))).toBe(false);
    expect(firing(lowSuccess({ total: 100, failed: 11 }, settings))).toBe(true);
  });

  it('end by few samples that went well, where there never are more', () => {
    expect(firing(manyErrors({ total: 9, failed: 0 }, settings))).toBe(false);
    expect(firing(manyErrors({ total: 9, failed: 1 }, settings))).toBeNull();
    expect(firing(lowSuccess({ total: 1, failed: 0 }, settings))).toBe(false);
    expect(firing(lowSuccess({ total: 9, failed: 3 }, settings))).toBeNull();
  });

  it('fire by no fewer samples than asked for, and end when nothing happens any more', () => {
    expect(firing(manyErrors({ total: 9, failed: 9 }, settings))).toBeNull();
    expect(firing(manyErrors({ total: 0, failed: 0 }, settings))).toBe(false);
  });

  it('are not named at all while their rule is off, which ends what it had raised', () => {
    const off = alertSettings(
      new Map([
        ['alert_error_percent', null],
        ['alert_success_percent', null],
      ]),
    );
    expect(manyErrors({ total: 100, failed: 50 }, off)).toEqual([]);
    expect(lowSuccess({ total: 100, failed: 50 }, off)).toEqual([]);
  });
});

describe('missed sessions', () => {
  const schedule: ScheduleFact = {
    scheduleId: 'desk:XNYS:pre_market',
    market: 'XNYS',
    kind: 'pre_market',
    time: null,
    createdAt: '2025-09-01T00:00:00.000Z',
    catchupMinutes: 25,
  };
  const ran = (date: string, byHandAt?: string) => ({
    sessions: [
      {
        ...{ market: 'XNYS', kind: 'pre_market', date },
        ...{ scheduled: byHandAt === undefined, startedAt: byHandAt ?? `${date}T13:00:01.000Z` },
      },
    ],
    competitions: [],
  });

  it('fire once the session can start no more, on a trading day', () => {
    const day = '2025-09-15';
    expect(firing(missedSchedules([schedule], ran('2025-09-12'), `${day}T13:20:00.000Z`))).toBe(false);
    expect(firing(missedSchedules([schedule], ran('2025-09-12'), `${day}T13:29:00.000Z`))).toBe(true);
    expect(firing(missedSchedules([schedule], ran(day), `${day}T13:29:00.000Z`))).toBe(false);
  });

  it('are not made up for by a session that a person ran for the day before it was due', () => {
    const day = '2025-09-15';
    const now = `${day}T13:29:00.000Z`;
    // After Friday's close a run by hand is for Monday.
    expect(firing(missedSchedules([schedule], ran(day, '2025-09-12T21:00:00.000Z'), now))).toBe(true);
    expect(firing(missedSchedules([schedule], ran(day, `${day}T13:28:00.000Z`), now))).toBe(false);
  });

  it('are undecided where the calendar does not reach', () => {
    expect(firing(missedSchedules([schedule], ran('2025-09-12'), '2124-09-15T13:29:00.000Z'))).toBeNull();
  });

  it('look back over a weekend, and never before the schedule was made', () => {
    expect(firing(missedSchedules([schedule], ran('2025-09-11'), '2025-09-14T10:00:00.000Z'))).toBe(true);
    const fresh = { ...schedule, createdAt: '2025-09-13T00:00:00.000Z' };
    expect(missedSchedules([fresh], ran('2025-09-11'), '2025-09-14T10:00:00.000Z')).toEqual([]);
  });
});

describe('missed rounds of paper accounts', () => {
  const FRIDAY = '2025-09-12';
  const MONDAY = '2025-09-15';
  const schedule = (
    kind: ScheduleFact['kind'],
    catchupMinutes: number,
    time: string | null = null,
  ): ScheduleFact => ({
    ...{ scheduleId: `desk:XNYS:${kind}`, market: 'XNYS', kind, time, catchupMinutes },
    createdAt: '2025-09-01T00:00:00.000Z',
  });
  const standing: PaperStanding = {
    ...{ market: 'XNYS', from: '2025-09-02', to: '2025-12-31' },
    ...{ orderedAt: `${FRIDAY}T13:05:00.000Z`, settledThrough: FRIDAY },
  };
  const judged = (fact: ScheduleFact, now: string, ...competitions: readonly PaperStanding[]) =>
    firing(missedSchedules([fact], { sessions: [], competitions }, now));

  it('fire for orders once the market is open and nothing was forecast', () => {
    const orders = schedule('paper_orders', 25);
    expect(judged(orders, `${MONDAY}T13:39:00.000Z`, standing)).toBe(false);
    expect(judged(orders, `${MONDAY}T13:41:00.000Z`, standing)).toBe(true);
    const ordered = { ...standing, orderedAt: `${MONDAY}T13:10:00.000Z` };
    expect(judged(orders, `${MONDAY}T13:41:00.000Z`, ordered)).toBe(false);
    expect(judged(orders, `${MONDAY}T13:41:00.000Z`, ordered, { ...standing, orderedAt: null })).toBe(true);
  });

  it('fire for the end of day once half a day has passed, which may be on the next', () => {
    const endOfDay = schedule('end_of_day', 720);
    expect(judged(endOfDay, '2025-09-16T08:30:00.000Z', standing)).toBe(false);
    expect(judged(endOfDay, '2025-09-16T08:40:00.000Z', standing)).toBe(true);
    expect(judged(endOfDay, '2025-09-16T08:40:00.000Z', { ...standing, settledThrough: MONDAY })).toBe(false);
    // At 23:00 in New York.
    expect(judged(schedule('end_of_day', 720, '23:00'), '2025-09-16T08:40:00.000Z', standing)).toBe(false);
    expect(judged(schedule('end_of_day', 720, '23:00'), '2025-09-16T15:20:00.000Z', standing)).toBe(true);
  });

  it('expect of a run before the close the day that closed before it', () => {
    const morning = schedule('end_of_day', 720, '06:00');
    // Monday at 06:00 in New York, and what follows until it can start no more.
    expect(judged(morning, '2025-09-15T22:20:00.000Z', standing)).toBe(false);
    const behind = { ...standing, settledThrough: '2025-09-11' };
    expect(judged(morning, '2025-09-15T22:10:00.000Z', behind)).toBe(false);
    expect(judged(morning, '2025-09-15T22:20:00.000Z', behind)).toBe(true);
    const [said] = missedSchedules(
      [morning],
      { sessions: [], competitions: [behind] },
      '2025-09-15T22:20:00.000Z',
    );
    expect(said).toMatchObject({
      title: `The paper accounts of XNYS were not settled for ${FRIDAY}`,
      details: { date: FRIDAY },
    });
    // Its first day is settled on the next.
    const begun = { ...standing, from: MONDAY, settledThrough: null };
    expect(judged(morning, '2025-09-15T22:20:00.000Z', begun)).toBe(false);
    expect(judged(morning, '2025-09-16T22:20:00.000Z', begun)).toBe(true);
  });

  it('never ring for coins that are settled at six in the morning, every day', () => {
    const coins = { ...schedule('end_of_day', 720, '06:00'), market: 'CRYPTO' } as const;
    for (let hour = 0; hour < 48; hour += 1) {
      const now = new Date(Date.parse('2025-09-15T06:10:00.000Z') + hour * 3_600_000).toISOString();
      const today = now.slice(11, 13) >= '06' ? 0 : 1;
      const settledThrough = new Date(Date.parse(now) - (today + 1) * 86_400_000).toISOString().slice(0, 10);
      expect(judged(coins, now, { ...standing, market: 'CRYPTO', settledThrough })).toBe(false);
    }
  });

  it('do not fire where no competition trades on the day', () => {
    const endOfDay = schedule('end_of_day', 720);
    const at = '2025-09-16T08:40:00.000Z';
    expect(judged(endOfDay, at)).toBe(false);
    expect(judged(endOfDay, at, { ...standing, from: '2025-09-16', settledThrough: null })).toBe(false);
    expect(judged(endOfDay, at, { ...standing, market: 'XETR' })).toBe(false);
  });
});

describe('ways out', () => {
  const fact: ChannelFact = {
    channel: 'webhook',
    waiting: 1,
    attempts: 1,
    givenUp: 0,
    lastError: 'answered 500',
  };
  const judge = (change: Partial<ChannelFact>, configured = ['webhook']) =>
    failingChannels([{ ...fact, ...change }], configured);

  it('fire after five minutes of trying, and when something was given up', () => {
    expect(firing(judge({ attempts: FAILING_ATTEMPTS - 1 }))).toBe(false);
    expect(firing(judge({ attempts: FAILING_ATTEMPTS }))).toBe(true);
    expect(firing(judge({ waiting: 0, attempts: 0, givenUp: 1 }))).toBe(true);
    const tried = Array.from({ length: FAILING_ATTEMPTS - 1 }, (_, index) => waitAfter(index + 1) ?? 0);
    expect(tried.reduce((sum, seconds) => sum + seconds)).toBe(310);
  });

  it('say what waits and the last error', () => {
    expect(judge({ waiting: 3, attempts: 8, givenUp: 2 })[0]?.title).toBe(
      'Nothing is known to arrive by webhook: 3 wait after up to 8 attempts, 2 given up: answered 500',
    );
  });

  it('are not named once they are not configured any more, which ends what they had raised', () => {
    expect(judge({ attempts: 9 }, ['email'])).toEqual([]);
  });
});
