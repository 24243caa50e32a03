// The circuit breaker of one provider and model, as a pure state machine (F3). Its state is one row that all
// workers share; whoever holds the row's lock asks `transition` what the next state is.
import type { IsoInstant } from '../world';
import {
  type BreakerEvent,
  type BreakerSettings,
  type BreakerState,
  type BreakerStep,
  CLOSED_BREAKER,
  DEFAULT_BREAKER_SETTINGS,
  settingsFor,
} from './breaker-state';
import { FAILURE_TABLE } from './failure';

export {
  BREAKER_STATES,
  type BreakerEvent,
  type BreakerSettings,
  type BreakerState,
  type BreakerStatus,
  type BreakerStep,
  type BreakerVerdict,
  CLOSED_BREAKER,
  DEFAULT_BREAKER_SETTINGS,
} from './breaker-state';

const at = (instant: IsoInstant): number => Date.parse(instant);
const plus = (instant: IsoInstant, ms: number): IsoInstant => new Date(at(instant) + ms).toISOString();
const later = (a: IsoInstant, b: IsoInstant): IsoInstant => (at(a) >= at(b) ? a : b);
const latest = (first: IsoInstant, ...others: readonly (IsoInstant | null | undefined)[]): IsoInstant =>
  others.reduce<IsoInstant>((until, other) => (other ? later(until, other) : until), first);

const bitCount = (bits: number): number => {
  let count = 0;
  for (let rest = bits; rest > 0; rest >>>= 1) count += rest & 1;
  return count;
};

const note = (state: BreakerState, counted: boolean): BreakerStep => ({
  state,
  verdict: { type: 'noted', counted },
  change: null,
});

const pushSlow = (state: BreakerState, slow: boolean, settings: BreakerSettings): BreakerState => {
  const mask = 2 ** settings.slowWindowCalls - 1;
  return {
    ...state,
    slowBits: ((state.slowBits << 1) | (slow ? 1 : 0)) & mask,
    slowCount: Math.min(settings.slowWindowCalls, state.slowCount + 1),
  };
};

const tooSlow = (state: BreakerState, settings: BreakerSettings): boolean =>
  state.slowCount >= settings.slowWindowCalls &&
  bitCount(state.slowBits) / state.slowCount >= settings.slowRateToOpen;

const opened = (
  state: BreakerState,
  now: IsoInstant,
  settings: BreakerSettings,
  notBefore?: IsoInstant,
): BreakerState => {
  const windowMs = Math.min(settings.maxOpenMs, settings.openMs * 2 ** Math.min(state.failedWindows, 20));
  return {
    ...CLOSED_BREAKER,
    status: 'open',
    consecutiveFailures: state.consecutiveFailures,
    openedAt: now,
    // What other calls were told before holds on.
    retryAt: latest(plus(now, windowMs), notBefore, state.heldUntil, state.retryAt),
    failedWindows: state.failedWindows + 1,
    generation: state.generation + 1,
  };
};

const closed = (state: BreakerState, now: IsoInstant): BreakerState => ({
  ...CLOSED_BREAKER,
  closedAt: now,
  generation: state.generation + 1,
});

const lease = (
  state: BreakerState,
  holder: string,
  now: IsoInstant,
  settings: BreakerSettings,
): BreakerStep => {
  const halfOpens = state.status === 'open';
  const next: BreakerState = {
    ...state,
    status: 'half_open',
    retryAt: null,
    probeHolder: holder,
    probeUntil: plus(now, settings.probeLeaseMs),
    generation: halfOpens ? state.generation + 1 : state.generation,
  };
  return {
    state: next,
    verdict: { type: 'admitted', probe: true, generation: next.generation },
    change: halfOpens ? 'half_opened' : null,
  };
};

const ask = (
  state: BreakerState,
  holder: string,
  now: IsoInstant,
  settings: BreakerSettings,
): BreakerStep => {
  if (state.status === 'closed')
    return { state, verdict: { type: 'admitted', probe: false, generation: state.generation }, change: null };
  const rejectUntil = (retryAt: IsoInstant): BreakerStep => ({
    state,
    verdict: { type: 'rejected', retryAt },
    change: null,
  });
  if (state.status === 'open') {
    const retryAt = state.retryAt ?? now;
    return at(now) < at(retryAt) ? rejectUntil(retryAt) : lease(state, holder, now, settings);
  }
  if (state.retryAt !== null && at(now) < at(state.retryAt)) return rejectUntil(state.retryAt);
  const taken = state.probeHolder !== null && state.probeUntil !== null && at(now) < at(state.probeUntil);
  // The same caller may ask again after a crash: its lease is its own.
  if (taken && state.probeHolder !== holder) return rejectUntil(state.probeUntil ?? now);
  return lease(state, holder, now, settings);
};

/** Half open, nobody probing, and nobody may before one open window (or the provider's own wish) has passed. */
const waiting = (
  state: BreakerState,
  now: IsoInstant,
  settings: BreakerSettings,
  notBefore?: IsoInstant,
): BreakerState => ({
  ...state,
  probeHolder: null,
  probeUntil: null,
  retryAt: latest(plus(now, settings.openMs), notBefore, state.retryAt),
});

/**
 * A wish not to be called opens nothing: calls wait until then, probes too. It is the provider's word of now, whenever
 * the call that heard it was admitted.
 */
const held = (state: BreakerState, retryAt: IsoInstant | undefined): BreakerState => {
  if (retryAt === undefined) return state;
  return state.status === 'closed'
    ? { ...state, heldUntil: latest(retryAt, state.heldUntil) }
    : { ...state, retryAt: latest(retryAt, state.retryAt) };
};

type Report = Extract<BreakerEvent, { type: 'succeeded' | 'failed' | 'released' }>;

/** A report counts only in the period that admitted it, and while half open only from the leased probe. */
const counts = (state: BreakerState, event: Report): boolean =>
  event.generation === state.generation &&
  (state.status === 'closed' || (state.status === 'half_open' && state.probeHolder === event.holder));

const succeeded = (
  state: BreakerState,
  event: Extract<BreakerEvent, { type: 'succeeded' }>,
  now: IsoInstant,
  settings: BreakerSettings,
): BreakerStep => {
  if (!counts(state, event)) return note(state, false);
  const slow = event.latencyMs >= settings.slowCallMs;
  if (state.status === 'half_open') {
    if (slow) return { ...note(opened(state, now, settings), true), change: 'opened' };
    const successes = state.probeSuccesses + 1;
    if (successes >= settings.successesToClose)
      return { ...note(held(closed(state, now), state.retryAt ?? undefined), true), change: 'closed' };
    return note({ ...state, probeSuccesses: successes, probeHolder: null, probeUntil: null }, true);
  }
  const next = pushSlow({ ...state, consecutiveFailures: 0 }, slow, settings);
  if (tooSlow(next, settings)) return { ...note(opened(next, now, settings), true), change: 'opened' };
  return note(next, true);
};

const failed = (
  state: BreakerState,
  event: Extract<BreakerEvent, { type: 'failed' }>,
  now: IsoInstant,
  settings: BreakerSettings,
): BreakerStep => {
  if (!counts(state, event)) return note(held(state, event.retryAt), false);
  const counting = FAILURE_TABLE[event.kind].countsForBreaker;
  if (state.status === 'half_open') {
    // A probe that was answered at all (rate limit, malformed) proves neither outage nor health: one window
    // passes before the next caller probes.
    if (!counting) return note(waiting(state, now, settings, event.retryAt), false);
    return { ...note(opened(state, now, settings, event.retryAt), true), change: 'opened' };
  }
  if (!counting) return note(held(state, event.retryAt), false);
  const next = pushSlow(
    { ...held(state, event.retryAt), consecutiveFailures: state.consecutiveFailures + 1 },
    event.kind === 'timed_out',
    settings,
  );
  if (next.consecutiveFailures >= settings.failuresToOpen || tooSlow(next, settings))
    return { ...note(opened(next, now, settings, event.retryAt), true), change: 'opened' };
  return note(next, true);
};

/**
 * The next state of one breaker, what the caller is told, and whether the status changed.
 * `now` must come from one clock (the database's); it may repeat but not go back.
 *
 * While open every `ask` before `retryAt` is rejected. The first one after it becomes the only probe until
 * its lease ends or it reports. Three successes in a row close it; one counting failure (or slow success)
 * while half open opens it again for twice the window.
 */
export const transition = (
  state: BreakerState,
  event: BreakerEvent,
  now: IsoInstant,
  settings: BreakerSettings = DEFAULT_BREAKER_SETTINGS,
): BreakerStep => {
  switch (event.type) {
    case 'ask':
      return ask(state, event.holder, now, settingsFor(settings, event.deadlineMs));
    case 'succeeded':
      return succeeded(state, event, now, settingsFor(settings, event.deadlineMs));
    case 'failed':
      return failed(state, event, now, settings);
    case 'released':
      return counts(state, event)
        ? note({ ...state, probeHolder: null, probeUntil: null }, false)
        : note(state, false);
    case 'force_open': {
      // A shorter wish that comes later takes nothing from a longer one.
      const until = latest(event.until, state.retryAt, state.heldUntil);
      const next = { ...opened({ ...state, failedWindows: 0 }, now, settings), retryAt: until };
      return { ...note(next, true), change: state.status === 'open' ? null : 'opened' };
    }
    case 'force_close':
      return { ...note(closed(state, now), true), change: state.status === 'closed' ? null : 'closed' };
  }
};
