// The gate before every call of a language model: the kill switch, a provider that asked to be left alone, the
// model's circuit breaker, and the ramp after an outage. All of it is in Postgres, so that every worker process
// sees one and the same breaker (F3). House statistics and recordings need no gate.
import { type BreakerKey, leftAloneUntil, WHOLE_PROVIDER } from '../db/breaker-store';
import type { CallView } from '../db/call-store';
import { equitySubject } from '../domain/market/subject';
import { type BreakerEvent, type BreakerState, CLOSED_BREAKER, transition } from '../domain/outage/breaker';
import { DEFAULT_BREAKER_SETTINGS, settingsFor } from '../domain/outage/breaker-state';
import { MODE_POLICIES } from '../domain/outage/modes';
import { admittedByRamp, rampPassesAt, rampShare } from '../domain/outage/ramp';
import { OWN_PROVIDERS } from '../domain/selection/own-providers';
import type { IsoInstant } from '../domain/world';
import { ProviderFailure } from '../providers/port';
import { RETRY_AFTER_CAP_MS } from '../providers/retry-after';
import type { CallModelInput } from '../workflows/contracts/calls';
import type { Dependencies } from './dependencies';
import { createModeWatch } from './modes';

export interface Admission {
  readonly key: BreakerKey;
  readonly holder: string;
  readonly generation: number;
  readonly probe: boolean;
  /** How long the call may take. */
  readonly deadlineMs: number;
  /** The breaker as it was when the call was admitted. */
  readonly state: BreakerState;
}

const notSent = (kind: 'breaker_open' | 'halted' | 'rate_limited', message: string, retryAfterMs?: number) =>
  new ProviderFailure(kind, message, {
    sent: false,
    latencyMs: 0,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });

/** A success that would change nothing worth a write: the row would only be contended. */
const isUneventful = ({ state, deadlineMs }: Admission, latencyMs: number): boolean =>
  state.status === 'closed' &&
  state.consecutiveFailures === 0 &&
  state.slowBits === 0 &&
  state.slowCount >= DEFAULT_BREAKER_SETTINGS.slowWindowCalls &&
  latencyMs < settingsFor(DEFAULT_BREAKER_SETTINGS, deadlineMs).slowCallMs;

export const createBreakerGate = (dependencies: Dependencies) => {
  const { stores, logger } = dependencies;
  const modes = createModeWatch(dependencies);

  const refuseByMode = ({ mode }: CallView): void => {
    // A mode entered by rule calls nobody because every breaker is open; only a person's word stops probes too.
    if (mode?.manual && !MODE_POLICIES[mode.mode].mayCallProviders)
      throw notSent('halted', `calls are stopped (${mode.mode}): ${mode.reason}`);
  };

  const refuseLeftAlone = (provider: string, { wholeProvider, now }: CallView): void => {
    const until = leftAloneUntil(wholeProvider, now);
    if (until !== null)
      throw notSent('breaker_open', `provider ${provider} asked to be left alone until ${until}`);
  };

  /** What a call was told that has no retry left binds those after it: they wait. */
  const refuseHeld = ({ model }: CallModelInput, { breaker, now }: CallView): void => {
    const until = breaker?.status === 'closed' ? breaker.heldUntil : undefined;
    const waitMs = until === undefined ? 0 : Date.parse(until) - Date.parse(now);
    const told = `${model} asked not to be called before ${until}`;
    if (waitMs > RETRY_AFTER_CAP_MS) throw notSent('breaker_open', told);
    if (waitMs > 0) throw notSent('rate_limited', told, waitMs);
  };

  /** A second call is there to save time: it is no probe of a model that may be out. */
  const refuseHedge = ({ race, model }: CallModelInput, { breaker }: CallView): void => {
    const { status } = breaker ?? CLOSED_BREAKER;
    if (race === 'second' && status !== 'closed')
      throw notSent('breaker_open', `breaker of ${model} is ${status}: no second call is made there`);
  };

  /** An answer that changes nothing is read off what is known; one that takes the probe's lease is asked for. */
  const ask = async (
    key: BreakerKey,
    { key: holder, deadlineMs }: CallModelInput,
    { breaker, now }: CallView,
  ) => {
    const event: BreakerEvent = { type: 'ask', holder, deadlineMs };
    const before = breaker ?? CLOSED_BREAKER;
    const step = transition(before, event, now);
    return step.state === before ? { ...step, now } : stores.breakers.apply(key, event);
  };

  /** Whether the call is about an open position. Asked only of calls that the ramp would hold back. */
  const guardsPosition = async ({ task, world }: CallModelInput): Promise<boolean> => {
    if (!('propositionId' in task)) return false;
    const about = await stores.propositions.get(task.propositionId);
    return (
      about !== null && (await stores.desk.heldSymbols(world)).map(equitySubject).includes(about.subject)
    );
  };

  /** After an outage a session's batch comes back gradually; a person who waits for one answer does not queue. */
  const refuseByRamp = async (input: CallModelInput, state: BreakerState, now: string): Promise<void> => {
    if (state.closedAt === null || input.scopes.sessionId === undefined) return;
    const share = rampShare(state, now);
    if (admittedByRamp(share, input.key)) return;
    const critical = await guardsPosition(input);
    if (admittedByRamp(share, input.key, critical)) return;
    const passesAt = rampPassesAt(state, input.key, { critical }) ?? now;
    const waitMs = Math.max(1, Date.parse(passesAt) - Date.parse(now));
    throw notSent('rate_limited', `${input.model} has just come back; this call goes at ${passesAt}`, waitMs);
  };

  /**
   * Lets a call pass, or says who stands in its way. Null for providers that need no gate.
   * @param view what stood in the database when the call was looked up
   * @throws ProviderFailure `breaker_open`, `halted`, or `rate_limited` (the ramp), none of them sent
   */
  const admit = async (input: CallModelInput, view: CallView): Promise<Admission | null> => {
    if (OWN_PROVIDERS.has(input.provider)) return null;
    const key: BreakerKey = { provider: input.provider, model: input.model };
    refuseByMode(view);
    refuseLeftAlone(input.provider, view);
    refuseHeld(input, view);
    refuseHedge(input, view);
    const step = await ask(key, input, view);
    if (step.verdict.type === 'rejected')
      throw notSent('breaker_open', `breaker of ${input.model} is open until ${step.verdict.retryAt}`);
    if (step.verdict.type !== 'admitted') throw new Error(`breaker answered ${step.verdict.type} to an ask`);
    const { probe, generation } = step.verdict;
    if (!probe) await refuseByRamp(input, step.state, step.now);
    return { key, holder: input.key, deadlineMs: input.deadlineMs, generation, probe, state: step.state };
  };

  /** A report that cannot be written must not cost the call its answer. */
  const report = async ({ key }: Admission, event: BreakerEvent): Promise<void> => {
    try {
      const { change } = await stores.breakers.apply(key, event);
      if (change === null) return;
      logger.warn({ ...key, change }, 'breaker changed');
      await modes.refresh();
    } catch (error) {
      logger.warn({ ...key, error: error instanceof Error ? error.name : 'unknown' }, 'breaker not reported');
    }
  };

  const succeeded = async (admission: Admission | null, latencyMs: number): Promise<void> => {
    if (admission === null || isUneventful(admission, latencyMs)) return;
    const { holder, generation, deadlineMs } = admission;
    await report(admission, { type: 'succeeded', holder, generation, latencyMs, deadlineMs });
  };

  /** The instant that a failure named, by the database's clock. */
  const namedBy = async ({ details }: ProviderFailure): Promise<IsoInstant | null> =>
    details.retryAfterMs === undefined
      ? null
      : new Date(Date.parse(await stores.worlds.now('live')) + details.retryAfterMs).toISOString();

  /** Nobody calls this provider before the instant it named. */
  const leaveAlone = async (provider: string, until: IsoInstant): Promise<void> => {
    await stores.breakers.apply({ provider, model: WHOLE_PROVIDER }, { type: 'force_open', until });
    logger.warn({ provider, until }, 'provider asked to be left alone');
    await modes.refresh();
  };

  /** The call was never sent, or nobody waited for its answer: that says nothing about the provider. */
  const released = async (admission: Admission | null): Promise<void> => {
    if (admission === null) return;
    const { holder, generation } = admission;
    if (admission.probe) await report(admission, { type: 'released', holder, generation });
  };

  /** Takes in a call that failed beyond its retries. A retry asks again under the same name, and keeps a probe's lease. */
  const failed = async (admission: Admission | null, failure: ProviderFailure): Promise<void> => {
    if (admission === null) return;
    const { key, holder, generation } = admission;
    const { kind } = failure;
    const retryAt = await namedBy(failure).catch(() => null);
    if (kind === 'rate_limited_too_long' && retryAt !== null)
      await leaveAlone(key.provider, retryAt).catch((error: unknown) =>
        logger.warn({ ...key, error: error instanceof Error ? error.name : 'unknown' }, 'not left alone'),
      );
    const wish = retryAt === null ? {} : { retryAt };
    await report(admission, { type: 'failed', holder, generation, kind, ...wish });
  };

  return { admit, succeeded, failed, released };
};

export type BreakerGate = ReturnType<typeof createBreakerGate>;
