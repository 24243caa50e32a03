import {
  type BreakerEvent,
  type BreakerState,
  type BreakerStep,
  CLOSED_BREAKER,
  DEFAULT_BREAKER_SETTINGS,
  transition,
} from '../../domain/outage/breaker';
import { FAILURE_KINDS, FAILURE_TABLE } from '../../domain/outage/failure';

const T0 = Date.parse('2026-03-02T14:30:00.000Z');
const at = (ms: number): string => new Date(T0 + ms).toISOString();

/** A breaker in hand: keeps the state and the admission's generation per caller. */
const breaker = (start: BreakerState = CLOSED_BREAKER) => {
  let state = start;
  const generations = new Map<string, number>();
  const apply = (event: BreakerEvent, ms: number): BreakerStep => {
    const step = transition(state, event, at(ms));
    state = step.state;
    return step;
  };
  return {
    apply,
    state: () => state,
    ask: (holder: string, ms: number) => {
      const { verdict } = apply({ type: 'ask', holder }, ms);
      if (verdict.type === 'admitted') generations.set(holder, verdict.generation);
      return verdict;
    },
    succeed: (holder: string, ms: number, latencyMs = 100) =>
      apply({ type: 'succeeded', holder, generation: generations.get(holder) ?? -1, latencyMs }, ms),
    fail: (
      holder: string,
      ms: number,
      kind: (typeof FAILURE_KINDS)[number] = 'unavailable',
      retryAt?: string,
    ) =>
      apply(
        {
          type: 'failed',
          holder,
          generation: generations.get(holder) ?? -1,
          kind,
          ...(retryAt === undefined ? {} : { retryAt }),
        },
        ms,
      ),
  };
};

const openOne = () => {
  const one = breaker();
  one.ask('a', 0);
  one.fail('a', 1);
  one.ask('b', 2);
  one.fail('b', 3);
  return one;
};

describe('circuit breaker', () => {
  test('opens after two consecutive counting failures and not after one', () => {
    const one = breaker();
    one.ask('a', 0);
    expect(one.fail('a', 1).state.status).toBe('closed');
    one.ask('b', 2);
    const step = one.fail('b', 3);
    expect(step.state.status).toBe('open');
    expect(step.change).toBe('opened');
    expect(step.state.retryAt).toBe(at(3 + DEFAULT_BREAKER_SETTINGS.openMs));
  });

  test('a success between two failures keeps it closed', () => {
    const one = breaker();
    one.ask('a', 0);
    one.fail('a', 1);
    one.ask('b', 2);
    one.succeed('b', 3);
    one.ask('c', 4);
    expect(one.fail('c', 5).state.status).toBe('closed');
  });

  test.each(FAILURE_KINDS)('two failures of kind %s open it only if the table counts the kind', (kind) => {
    const one = breaker();
    for (const holder of ['a', 'b']) {
      one.ask(holder, 0);
      one.fail(holder, 1, kind);
    }
    expect(one.state().status).toBe(FAILURE_TABLE[kind].countsForBreaker ? 'open' : 'closed');
  });

  test('opens when half of the last ten calls were slow though all succeeded', () => {
    const one = breaker();
    for (let call = 0; call < 9; call += 1) {
      one.ask(`c${call}`, call);
      one.succeed(`c${call}`, call, call % 2 === 1 ? 60_000 : 10);
    }
    expect(one.state().status).toBe('closed');
    one.ask('last', 20);
    expect(one.succeed('last', 21, 60_000).state.status).toBe('open');
  });

  test.each([
    [399_999, 'closed'],
    [400_000, 'open'],
  ])('after ten calls of %i ms that might have taken ten minutes it is %s', (latencyMs, status) => {
    const one = breaker();
    for (let call = 0; call < 10; call += 1) {
      const holder = `c${call}`;
      const { generation } = one.state();
      one.apply({ type: 'succeeded', holder, generation, latencyMs, deadlineMs: 600_000 }, call);
    }
    expect(one.state().status).toBe(status);
  });

  test('a timed-out call is a slow one: five among ten open it though none follows another', () => {
    const one = breaker();
    for (let call = 0; call < 10; call += 1) {
      one.ask(`c${call}`, call);
      expect(one.state().status).toBe('closed');
      if (call % 2 === 1) one.fail(`c${call}`, call, 'timed_out');
      else one.succeed(`c${call}`, call);
    }
    expect(one.state().status).toBe('open');
  });

  test('stays closed when fewer than half of the last ten calls were slow', () => {
    const one = breaker();
    for (let call = 0; call < 60; call += 1) {
      one.ask(`c${call}`, call);
      one.succeed(`c${call}`, call, call % 5 < 2 ? 60_000 : 59_999);
    }
    expect(one.state().status).toBe('closed');
  });

  test('rejects every caller while open and says when to come back', () => {
    const one = openOne();
    expect(one.ask('c', 29_000)).toEqual({ type: 'rejected', retryAt: at(30_003) });
  });

  test('admits exactly one probe when the window has passed', () => {
    const one = openOne();
    expect(one.ask('c', 30_003)).toMatchObject({ type: 'admitted', probe: true });
    expect(one.ask('d', 30_004).type).toBe('rejected');
    expect(one.ask('e', 30_005).type).toBe('rejected');
  });

  test('gives the probe to the same caller again, who may have crashed', () => {
    const one = openOne();
    one.ask('c', 30_003);
    expect(one.ask('c', 30_010)).toMatchObject({ type: 'admitted', probe: true });
  });

  test('lets another caller take over a probe whose lease ran out', () => {
    const one = openOne();
    one.ask('c', 30_003);
    const after = 30_003 + DEFAULT_BREAKER_SETTINGS.probeLeaseMs;
    expect(one.ask('d', after - 1).type).toBe('rejected');
    expect(one.ask('d', after)).toMatchObject({ type: 'admitted', probe: true });
    expect(one.succeed('c', after + 1).verdict).toEqual({ type: 'noted', counted: false });
    expect(one.state().probeHolder).toBe('d');
  });

  test('keeps the lease of a probe that may take longer than usual until it has had its time', () => {
    const one = openOne();
    const holder = 'c';
    one.apply({ type: 'ask', holder, deadlineMs: 600_000 }, 30_003);
    expect(one.ask('d', 30_003 + 629_999).type).toBe('rejected');
    expect(one.ask('d', 30_003 + 630_000)).toMatchObject({ type: 'admitted', probe: true });
  });

  test('closes after three successful probes one after another', () => {
    const one = openOne();
    for (const [index, holder] of ['c', 'd', 'e'].entries()) {
      expect(one.ask(holder, 40_000 + index)).toMatchObject({ type: 'admitted', probe: true });
      expect(one.succeed(holder, 40_000 + index).verdict).toEqual({ type: 'noted', counted: true });
      expect(one.state().status).toBe(index === 2 ? 'closed' : 'half_open');
    }
    expect(one.state().closedAt).toBe(at(40_002));
  });

  test('a failed probe opens it for twice the window, up to the maximum', () => {
    const one = openOne();
    let now = 3;
    const windows: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      now = Date.parse(one.state().retryAt ?? '') - T0;
      one.ask(`p${round}`, now);
      one.fail(`p${round}`, now);
      windows.push(Date.parse(one.state().retryAt ?? '') - T0 - now);
    }
    expect(windows).toEqual([60_000, 120_000, 240_000, 300_000, 300_000, 300_000]);
  });

  test('a slow probe opens it again', () => {
    const one = openOne();
    one.ask('c', 40_000);
    expect(one.succeed('c', 110_000, 70_000).state.status).toBe('open');
  });

  test('a probe answered with a kind that does not count waits one window before the next', () => {
    const one = openOne();
    one.ask('c', 40_000);
    one.fail('c', 40_001, 'rate_limited');
    expect(one.state().status).toBe('half_open');
    expect(one.ask('d', 70_000).type).toBe('rejected');
    expect(one.ask('d', 70_001)).toMatchObject({ type: 'admitted', probe: true });
  });

  test('a probe that was never sent gives its lease back at once', () => {
    const one = openOne();
    const verdict = one.ask('c', 40_000);
    const generation = verdict.type === 'admitted' ? verdict.generation : -1;
    const released = { type: 'released' as const, holder: 'c', generation };
    expect(one.apply(released, 40_001).verdict).toEqual({ type: 'noted', counted: false });
    expect(one.apply({ ...released, generation: 0 }, 40_001).verdict).toEqual({
      type: 'noted',
      counted: false,
    });
    expect(one.ask('d', 40_002)).toMatchObject({ type: 'admitted', probe: true });
  });

  test('a probe that was never sent leaves nothing of its lease, and all else as it was', () => {
    const one = openOne();
    const verdict = one.ask('c', 40_000);
    const leased = one.state();
    const generation = verdict.type === 'admitted' ? verdict.generation : -1;
    one.apply({ type: 'released', holder: 'd', generation }, 40_001);
    expect(one.state()).toEqual(leased);
    one.apply({ type: 'released', holder: 'c', generation }, 40_002);
    expect(one.state()).toEqual({ ...leased, probeHolder: null, probeUntil: null });
  });

  test('a probe told to come back later waits as long as it was told, and at least its window', () => {
    for (const [told, until] of [
      [100_000, 100_000],
      [45_000, 70_001],
    ] as const) {
      const one = openOne();
      one.ask('c', 40_000);
      one.fail('c', 40_001, 'rate_limited', at(told));
      expect(one.state().retryAt).toBe(at(until));
      expect(one.ask('d', until - 1)).toEqual({ type: 'rejected', retryAt: at(until) });
      expect(one.ask('d', until)).toMatchObject({ type: 'admitted', probe: true });
    }
  });

  test('a wish of the provider that ends before the window does not shorten it', () => {
    const one = breaker();
    one.ask('a', 0);
    one.fail('a', 1);
    one.ask('b', 2);
    one.fail('b', 3, 'unavailable', at(10));
    expect(one.state().retryAt).toBe(at(30_003));
  });

  test('while half open only the leased probe is heard', () => {
    const one = openOne();
    const verdict = one.ask('c', 40_000);
    const generation = verdict.type === 'admitted' ? verdict.generation : -1;
    const leased = one.state();
    const other = { type: 'failed' as const, holder: 'd', generation, kind: 'unavailable' as const };
    expect(one.apply(other, 40_001)).toMatchObject({
      state: leased,
      change: null,
      verdict: { counted: false },
    });
  });

  test('a report of the time before it opened and closed again is not heard', () => {
    const one = breaker();
    one.ask('late', 0);
    one.apply({ type: 'force_open', until: at(5) }, 1);
    one.apply({ type: 'force_close' }, 6);
    const before = one.state();
    expect(one.fail('late', 7)).toMatchObject({ state: before, verdict: { counted: false } });
  });

  test('the third successful probe announces that it has closed, and closing what is closed announces nothing', () => {
    const one = openOne();
    const changes = ['c', 'd', 'e'].map((holder, index) => {
      one.ask(holder, 40_000 + index);
      return one.succeed(holder, 40_000 + index).change;
    });
    expect(changes).toEqual([null, null, 'closed']);
    expect(one.apply({ type: 'force_close' }, 50_000).change).toBeNull();
  });

  test('reports of calls admitted before it opened change nothing', () => {
    const one = breaker();
    for (const holder of ['a', 'b', 'late']) one.ask(holder, 0);
    one.fail('a', 1);
    one.fail('b', 2);
    const before = one.state();
    expect(one.succeed('late', 3)).toMatchObject({ state: before, verdict: { counted: false } });
    expect(one.fail('late', 4).state).toEqual(before);
  });

  test('never probes before the instant the provider asked for', () => {
    const one = breaker();
    one.ask('a', 0);
    one.fail('a', 1);
    one.ask('b', 2);
    one.fail('b', 3, 'unavailable', at(900_000));
    expect(one.state().retryAt).toBe(at(900_000));
    expect(one.ask('c', 899_999).type).toBe('rejected');
  });

  test('what one call was told while it was closed holds on once others open it', () => {
    const one = breaker();
    for (const holder of ['a', 'b', 'c']) one.ask(holder, 0);
    one.fail('a', 0, 'rate_limited', at(60_000));
    one.fail('b', 1_000);
    one.fail('c', 1_000);
    expect(one.state()).toMatchObject({ status: 'open', retryAt: at(60_000) });
    expect(one.ask('d', 59_999)).toEqual({ type: 'rejected', retryAt: at(60_000) });
    expect(one.ask('d', 60_000)).toMatchObject({ type: 'admitted', probe: true });
  });

  test('a late report is not counted, yet what its call was told holds', () => {
    const one = breaker();
    for (const holder of ['a', 'b', 'c']) one.ask(holder, 0);
    one.fail('a', 1);
    one.fail('b', 2);
    expect(one.fail('c', 3, 'rate_limited', at(60_000)).verdict).toEqual({ type: 'noted', counted: false });
    expect(one.state()).toMatchObject({ status: 'open', retryAt: at(60_000), failedWindows: 1 });
  });

  test('a late wish is kept while half open, also by the success that closes it', () => {
    const one = breaker();
    for (const holder of ['a', 'b', 'late', 'later']) one.ask(holder, 0);
    one.fail('a', 1);
    one.fail('b', 3);
    for (const [index, holder] of ['c', 'd', 'e'].entries()) {
      expect(one.ask(holder, 40_000 + index)).toMatchObject({ type: 'admitted', probe: true });
      if (holder === 'e') one.fail('late', 40_002, 'rate_limited', at(100_000));
      one.succeed(holder, 40_000 + index);
    }
    expect(one.state()).toMatchObject({ status: 'closed', heldUntil: at(100_000) });
    one.fail('later', 40_003, 'rate_limited', at(120_000));
    expect(one.state()).toMatchObject({ status: 'closed', heldUntil: at(120_000) });
  });

  test('forced open, it stays so until the latest instant that was named', () => {
    const one = breaker();
    one.apply({ type: 'force_open', until: at(2000) }, 0);
    expect(one.apply({ type: 'force_open', until: at(1500) }, 1).state.retryAt).toBe(at(2000));
    expect(one.apply({ type: 'force_open', until: at(2500) }, 2).state.retryAt).toBe(at(2500));
  });

  test('forcing it open and closed is announced once', () => {
    const one = breaker();
    const forced = one.apply({ type: 'force_open', until: at(1000) }, 0);
    expect(forced).toMatchObject({
      change: 'opened',
      verdict: { type: 'noted', counted: true },
      state: { generation: 1, failedWindows: 1 },
    });
    expect(one.apply({ type: 'force_open', until: at(2000) }, 1).change).toBeNull();
    expect(one.ask('a', 1999).type).toBe('rejected');
    expect(one.apply({ type: 'force_close' }, 1999)).toMatchObject({
      change: 'closed',
      verdict: { counted: true },
      state: { generation: 3 },
    });
    expect(one.ask('a', 2000)).toMatchObject({ type: 'admitted', probe: false });
  });
});
