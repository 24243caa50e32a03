// Caps: which limits cover a call, over which period, in which order they are locked, and when they alert (E3,
// E4). The fixed order is what keeps concurrent reservations from deadlocking.
import type { IsoInstant } from '../world';
import type { MicroUsd } from './micro-usd';
import { type CapBalance, fits, headroom } from './reservation';

export const CAP_SCOPES = ['month', 'day', 'session', 'decision', 'provider', 'model'] as const;
export type CapScope = (typeof CAP_SCOPES)[number];

/** At the cap: refuse the call, or try a cheaper model first. */
export const CAP_POLICIES = ['stop', 'downgrade'] as const;
export type CapPolicy = (typeof CAP_POLICIES)[number];

export interface CapDefinition {
  readonly scope: CapScope;
  /** Provider or model it is about; null for the other scopes, or for every provider or model alike. */
  readonly target: string | null;
  readonly limitMicroUsd: MicroUsd;
  readonly policy: CapPolicy;
}

/** What a call belongs to; caps are looked up by it. */
export interface CallScope {
  /** Instant of the reservation: the call's period is that of its UTC day, whenever the bill comes. */
  readonly reservedAt: IsoInstant;
  readonly sessionId: string | null;
  readonly decisionId: string | null;
  readonly provider: string;
  readonly model: string;
}

/** One cap in one period, as a row is keyed. */
export interface CapKey {
  readonly scope: CapScope;
  readonly target: string;
  readonly period: string;
}

/** Stands for "no target". */
export const NO_TARGET = '-';

/** UTC month `2026-03`. */
export const utcMonth = (at: IsoInstant): string => new Date(at).toISOString().slice(0, 7);
/** UTC day `2026-03-02`. */
export const utcDay = (at: IsoInstant): string => new Date(at).toISOString().slice(0, 10);

/** The key of a cap for this call, or null when the cap does not cover it. */
export const capKeyFor = (cap: Pick<CapDefinition, 'scope' | 'target'>, call: CallScope): CapKey | null => {
  const key = (target: string, period: string): CapKey => ({ scope: cap.scope, target, period });
  switch (cap.scope) {
    case 'month':
      return key(NO_TARGET, utcMonth(call.reservedAt));
    case 'day':
      return key(NO_TARGET, utcDay(call.reservedAt));
    case 'session':
      return call.sessionId === null ? null : key(NO_TARGET, call.sessionId);
    case 'decision':
      return call.decisionId === null ? null : key(NO_TARGET, call.decisionId);
    case 'provider':
      return cap.target !== null && cap.target !== call.provider
        ? null
        : key(call.provider, utcMonth(call.reservedAt));
    case 'model':
      return cap.target !== null && cap.target !== call.model
        ? null
        : key(call.model, utcMonth(call.reservedAt));
  }
};

/** A key as one string; also the order in which rows are locked. */
export const capKeyText = (key: CapKey): string =>
  `${CAP_SCOPES.indexOf(key.scope)}|${key.scope}|${key.target}|${key.period}`;

export interface CoveringCap {
  readonly cap: CapDefinition;
  readonly key: CapKey;
}

/**
 * The caps that cover a call, in the one order in which everybody locks them. A cap for a named provider or
 * model replaces the general one of that scope.
 */
export const coveringCaps = (caps: readonly CapDefinition[], call: CallScope): readonly CoveringCap[] => {
  const byKey = new Map<string, CoveringCap>();
  for (const cap of caps) {
    const key = capKeyFor(cap, call);
    if (key === null) continue;
    const known = byKey.get(capKeyText(key));
    if (known === undefined || (known.cap.target === null && cap.target !== null))
      byKey.set(capKeyText(key), { cap, key });
  }
  return [...byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
};

export type CapVerdict =
  | { readonly type: 'fits' }
  | {
      readonly type: 'refused';
      readonly key: CapKey;
      readonly policy: CapPolicy;
      readonly headroomMicroUsd: MicroUsd;
      /** One sentence for the caller. */
      readonly message: string;
    };

const nameOf = (key: CapKey): string =>
  key.target === NO_TARGET
    ? `${key.scope} cap (${key.period})`
    : `${key.scope} cap of ${key.target} (${key.period})`;

/** Whether an amount fits under all covering caps; else the first that refuses it. */
export const checkCaps = (
  covering: readonly (CoveringCap & { readonly balance: CapBalance })[],
  amountMicroUsd: MicroUsd,
): CapVerdict => {
  const refusing = covering.find(({ balance }) => !fits(balance, amountMicroUsd));
  if (refusing === undefined) return { type: 'fits' };
  const left = headroom(refusing.balance);
  return {
    type: 'refused',
    key: refusing.key,
    policy: refusing.cap.policy,
    headroomMicroUsd: left,
    message: `the ${nameOf(refusing.key)} has ${left} micro-dollars left, the call may cost ${amountMicroUsd}`,
  };
};

/** Per cent of a limit at which people are told. */
export const ALERT_THRESHOLDS = [50, 80, 95, 100] as const;
export type AlertThreshold = (typeof ALERT_THRESHOLDS)[number];

/**
 * Thresholds that `spent` has reached and that have not been told in this period. Spent plus held counts:
 * money held is money that will most likely be gone. A limit of 0 is at 100 % from its first micro-dollar.
 */
export const thresholdsReached = (
  balance: CapBalance,
  alreadyTold: readonly number[],
): readonly AlertThreshold[] => {
  const used = balance.spentMicroUsd + balance.heldMicroUsd;
  return ALERT_THRESHOLDS.filter(
    (percent) => used > 0 && used * 100 >= balance.limitMicroUsd * percent && !alreadyTold.includes(percent),
  );
};
