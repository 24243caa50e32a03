// A slower, plainer breaker runs beside the real one under thousands of random command sequences.
import fc from 'fast-check';
import {
  type BreakerEvent,
  type BreakerState,
  CLOSED_BREAKER,
  DEFAULT_BREAKER_SETTINGS,
  transition,
} from '../../domain/outage/breaker';
import { FAILURE_KINDS, FAILURE_TABLE, type FailureKind } from '../../domain/outage/failure';

const S = DEFAULT_BREAKER_SETTINGS;
const T0 = Date.parse('2026-03-02T14:30:00.000Z');
const iso = (ms: number): string => new Date(T0 + ms).toISOString();

interface Ticket {
  readonly holder: string;
  readonly period: number;
}

/** What an observer knows: admissions, reports, and times in plain milliseconds. */
interface Model {
  now: number;
  status: 'closed' | 'open' | 'half_open';
  period: number;
  failuresInRow: number;
  lastCallsSlow: boolean[];
  retryAt: number;
  failedWindows: number;
  probe: { holder: string; until: number } | null;
  successes: number;
  tickets: Ticket[];
  serial: number;
}

interface Real {
  state: BreakerState;
  generations: Map<string, number>;
}

const send = (real: Real, event: BreakerEvent, now: number) => {
  const before = real.state;
  const step = transition(before, event, iso(now));
  real.state = step.state;
  const changed = before.status !== step.state.status;
  const names = { open: 'opened', half_open: 'half_opened', closed: 'closed' } as const;
  expect(step.change).toBe(changed ? names[step.state.status] : null);
  expect(step.state.generation).toBe(before.generation + (changed ? 1 : 0));
  return step;
};

const openModel = (model: Model): void => {
  model.status = 'open';
  model.period += 1;
  model.retryAt = model.now + Math.min(S.maxOpenMs, S.openMs * 2 ** model.failedWindows);
  model.failedWindows += 1;
  model.probe = null;
  model.failuresInRow = 0;
  model.lastCallsSlow = [];
  model.successes = 0;
};

const slowTrips = (model: Model): boolean =>
  model.lastCallsSlow.length >= S.slowWindowCalls &&
  model.lastCallsSlow.filter(Boolean).length >= S.slowRateToOpen * S.slowWindowCalls;

const rememberSlow = (model: Model, slow: boolean): void => {
  model.lastCallsSlow = [...model.lastCallsSlow, slow].slice(-S.slowWindowCalls);
};

class Pass implements fc.Command<Model, Real> {
  constructor(readonly ms: number) {}
  check = () => true;
  run(model: Model) {
    model.now += this.ms;
  }
  toString = () => `pass(${this.ms})`;
}

class Ask implements fc.Command<Model, Real> {
  check = () => true;
  run(model: Model, real: Real) {
    const holder = `h${model.serial}`;
    model.serial += 1;
    const { verdict } = send(real, { type: 'ask', holder }, model.now);
    const mayProbe = model.now >= model.retryAt && (model.probe === null || model.now >= model.probe.until);
    const admitted = model.status === 'closed' || mayProbe;
    expect(verdict.type).toBe(admitted ? 'admitted' : 'rejected');
    if (verdict.type === 'rejected') expect(Date.parse(verdict.retryAt) - T0).toBeGreaterThan(model.now);
    if (verdict.type !== 'admitted') return;
    expect(verdict.probe).toBe(model.status !== 'closed');
    if (model.status === 'open') {
      model.status = 'half_open';
      model.period += 1;
    }
    if (model.status === 'half_open') {
      model.probe = { holder, until: model.now + S.probeLeaseMs };
      model.retryAt = model.now;
    }
    model.tickets.push({ holder, period: model.period });
    real.generations.set(holder, verdict.generation);
  }
  toString = () => 'ask';
}

class Report implements fc.Command<Model, Real> {
  constructor(
    readonly pick: number,
    readonly outcome: FailureKind | 'ok' | 'slow',
  ) {}
  check = (model: Readonly<Model>) => model.tickets.length > 0;
  run(model: Model, real: Real) {
    const [ticket] = model.tickets.splice(this.pick % model.tickets.length, 1) as [Ticket];
    const generation = real.generations.get(ticket.holder) ?? -1;
    const base = { holder: ticket.holder, generation };
    const answered = this.outcome === 'ok' || this.outcome === 'slow';
    const latencyMs = this.outcome === 'slow' ? S.slowCallMs : S.slowCallMs - 1;
    const event: BreakerEvent = answered
      ? { type: 'succeeded', ...base, latencyMs }
      : { type: 'failed', ...base, kind: this.outcome as FailureKind };
    const current = ticket.period === model.period;
    const heard = current && (model.status === 'closed' || model.probe?.holder === ticket.holder);
    const counted = heard && (answered || FAILURE_TABLE[this.outcome as FailureKind].countsForBreaker);
    const step = send(real, event, model.now);
    expect(step.verdict).toEqual({ type: 'noted', counted });
    this.#expect(model, ticket);
    expect(real.state.status).toBe(model.status);
    expect(real.state.probeHolder).toBe(model.probe?.holder ?? null);
  }
  #expect(model: Model, ticket: Ticket) {
    if (ticket.period !== model.period) return;
    if (model.status === 'half_open') {
      if (model.probe?.holder === ticket.holder) this.#probeEnded(model);
      return;
    }
    const failed = this.outcome !== 'ok' && this.outcome !== 'slow';
    if (failed && !FAILURE_TABLE[this.outcome as FailureKind].countsForBreaker) return;
    model.failuresInRow = failed ? model.failuresInRow + 1 : 0;
    rememberSlow(model, this.outcome === 'slow' || this.outcome === 'timed_out');
    if (model.failuresInRow >= S.failuresToOpen || slowTrips(model)) openModel(model);
  }
  #probeEnded(model: Model) {
    if (this.outcome === 'ok') {
      model.successes += 1;
      model.probe = null;
      if (model.successes < S.successesToClose) return;
      Object.assign(model, {
        status: 'closed',
        period: model.period + 1,
        failedWindows: 0,
        successes: 0,
        retryAt: 0,
      });
    } else if (this.outcome === 'slow' || FAILURE_TABLE[this.outcome].countsForBreaker) openModel(model);
    else {
      model.probe = null;
      model.retryAt = model.now + S.openMs;
    }
  }
  toString = () => `report(${this.pick}, ${this.outcome})`;
}

const commands = fc.commands(
  [
    fc
      .oneof(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 10_000, max: 400_000 }))
      .map((ms) => new Pass(ms)),
    fc.constant(new Ask()),
    fc.constant(new Ask()),
    fc
      .tuple(
        fc.nat(20),
        fc.constantFrom<FailureKind | 'ok' | 'slow'>(
          'ok',
          'ok',
          'slow',
          'unavailable',
          'timed_out',
          ...FAILURE_KINDS,
        ),
      )
      .map(([pick, outcome]) => new Report(pick, outcome)),
  ],
  { maxCommands: 120, size: 'max' },
);

const fresh = () => ({
  model: {
    now: 0,
    status: 'closed',
    period: 0,
    failuresInRow: 0,
    lastCallsSlow: [],
    retryAt: 0,
    failedWindows: 0,
    probe: null,
    successes: 0,
    tickets: [],
    serial: 0,
  } as Model,
  real: { state: CLOSED_BREAKER, generations: new Map() } as Real,
});

test('the breaker behaves like the plain model under any sequence of asks, reports and waits', () => {
  fc.assert(
    fc.property(commands, (sequence) => fc.modelRun(fresh, sequence)),
    { numRuns: 150, seed: 20_260_302 },
  );
});

test('no two probes are ever under way within one lease, whoever asks', () => {
  const callers = fc.array(fc.record({ wait: fc.integer({ min: 0, max: 40_000 }), holder: fc.nat(5) }), {
    maxLength: 60,
    size: 'max',
  });
  fc.assert(
    fc.property(callers, (asks) => {
      let state: BreakerState = { ...CLOSED_BREAKER, status: 'open', retryAt: iso(0) };
      let now = 0;
      let lease: { holder: string; until: number } | null = null;
      for (const { wait, holder } of asks) {
        now += wait;
        const step = transition(state, { type: 'ask', holder: `w${holder}` }, iso(now));
        state = step.state;
        if (step.verdict.type !== 'admitted') continue;
        const taken: boolean = lease !== null && now < lease.until && lease.holder !== `w${holder}`;
        expect(taken).toBe(false);
        lease = { holder: `w${holder}`, until: now + S.probeLeaseMs };
      }
    }),
    { seed: 7 },
  );
});

test('nobody is let through before an instant that any report named', () => {
  const steps = fc.array(
    fc.record({
      wait: fc.integer({ min: 0, max: 40_000 }),
      wishMs: fc.option(fc.integer({ min: 1, max: 90_000 })),
      kind: fc.constantFrom<FailureKind | 'ok' | 'ask'>('ok', 'ask', 'ask', 'rate_limited', 'unavailable'),
      pick: fc.nat(20),
    }),
    { maxLength: 80, size: 'max' },
  );
  fc.assert(
    fc.property(steps, (sequence) => {
      let state: BreakerState = CLOSED_BREAKER;
      let now = 0;
      let wished = 0;
      const tickets: { holder: string; generation: number }[] = [];
      for (const [index, { wait, wishMs, kind, pick }] of sequence.entries()) {
        now += wait;
        const [ticket] = kind === 'ask' ? [] : tickets.splice(pick % Math.max(1, tickets.length), 1);
        const wish = wishMs === null ? {} : { retryAt: iso(now + wishMs) };
        const event: BreakerEvent = !ticket
          ? { type: 'ask', holder: `h${index}` }
          : kind === 'ok'
            ? { type: 'succeeded', ...ticket, latencyMs: 1 }
            : { type: 'failed', ...ticket, kind: kind as FailureKind, ...wish };
        if (event.type === 'failed' && wishMs !== null) wished = Math.max(wished, now + wishMs);
        const step = transition(state, event, iso(now));
        state = step.state;
        if (step.verdict.type === 'admitted')
          tickets.push({ holder: `h${index}`, generation: step.verdict.generation });
        if (now >= wished) continue;
        // While closed it is the gate that holds calls back.
        if (state.status === 'closed') expect(Date.parse(state.heldUntil!) - T0).toBe(wished);
        else
          expect(transition(state, { type: 'ask', holder: 'z' }, iso(wished - 1)).verdict.type).toBe(
            'rejected',
          );
      }
    }),
    { numRuns: 300, seed: 5 },
  );
});
