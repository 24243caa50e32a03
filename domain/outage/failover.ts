// Which candidate is tried next when one failed (F4), and on what terms: never dearer than the decision's
// price ceiling without permission (E6). Every hop is a record.
import type { MicroUsd } from '../money/micro-usd';
import type { IsoInstant } from '../world';
import type { BreakerStatus } from './breaker-state';
import { FAILURE_TABLE, type FailureKind } from './failure';

/** A model that could take the work, in the order of preference. */
export interface FailoverCandidate {
  readonly model: string;
  readonly provider: string;
  /** Worst case of this call at this model. */
  readonly worstCostMicroUsd: MicroUsd;
  readonly contextTokens: number;
  readonly breaker: BreakerStatus;
  /** Open or left alone until then; null: may be called now. */
  readonly notBefore: IsoInstant | null;
}

export interface Hop {
  readonly ordinal: number;
  readonly model: string;
  readonly provider: string;
  readonly outcome: 'answered' | FailureKind;
  readonly startedAt: IsoInstant;
  readonly endedAt: IsoInstant;
  readonly costMicroUsd: MicroUsd;
}

export interface FailoverQuestion {
  /** Ranked, the best first; models already tried may be among them. */
  readonly candidates: readonly FailoverCandidate[];
  readonly hops: readonly Hop[];
  /** Largest worst-case cost of one call; null: the user permitted any. */
  readonly priceCeilingMicroUsd: MicroUsd | null;
  /** Tokens the call needs, input and output. */
  readonly neededTokens: number;
  readonly now: IsoInstant;
  /** Most hops of one call; 5: more than a handful of providers out is an outage, not bad luck. */
  readonly maxHops?: number;
}

export interface Skip {
  readonly model: string;
  readonly reason: string;
}

export type FailoverVerdict =
  | { readonly type: 'call'; readonly candidate: FailoverCandidate; readonly skipped: readonly Skip[] }
  /** Nothing may be called now, but something may be at `retryAt`. */
  | { readonly type: 'wait'; readonly retryAt: IsoInstant; readonly skipped: readonly Skip[] }
  /** Nothing will help. */
  | { readonly type: 'give_up'; readonly kind: FailureKind; readonly skipped: readonly Skip[] };

/** Kinds that speak of the whole provider: its other models would fail alike. */
const PROVIDER_WIDE: ReadonlySet<FailureKind> = new Set<FailureKind>(['auth', 'rate_limited_too_long']);

export const DEFAULT_MAX_HOPS = 5;

const lastFailure = (hops: readonly Hop[]): FailureKind | null => {
  const outcome = hops.at(-1)?.outcome;
  return outcome === undefined || outcome === 'answered' ? null : outcome;
};

/** The smallest context that was too small so far; infinite when none was. */
const tooSmallContext = ({ hops, candidates }: FailoverQuestion): number =>
  Math.min(
    ...candidates
      .filter((one) => hops.some((hop) => hop.model === one.model && hop.outcome === 'context_too_long'))
      .map((one) => one.contextTokens),
  );

const permanentReason = (candidate: FailoverCandidate, question: FailoverQuestion): string | null => {
  const { hops, priceCeilingMicroUsd: ceiling, neededTokens } = question;
  if (hops.some((hop) => hop.model === candidate.model)) return 'already tried';
  const wide = hops.find(
    ({ provider, outcome }) =>
      provider === candidate.provider && outcome !== 'answered' && PROVIDER_WIDE.has(outcome),
  );
  if (wide) return `its provider failed with ${wide.outcome}`;
  if (candidate.contextTokens < neededTokens)
    return `context of ${candidate.contextTokens} tokens is too small`;
  const tooSmall = tooSmallContext(question);
  if (Number.isFinite(tooSmall) && candidate.contextTokens <= tooSmall)
    return 'context no larger than one that was too small';
  if (ceiling !== null && candidate.worstCostMicroUsd > ceiling)
    return `would cost up to ${candidate.worstCostMicroUsd} micro-dollars, above the ceiling of ${ceiling}`;
  return null;
};

const temporaryReason = (candidate: FailoverCandidate, now: IsoInstant): string | null => {
  if (candidate.notBefore !== null && Date.parse(now) < Date.parse(candidate.notBefore))
    return `${candidate.breaker === 'closed' ? 'left alone' : `breaker ${candidate.breaker}`} until ${candidate.notBefore}`;
  return null;
};

const earliest = (candidates: readonly FailoverCandidate[]): IsoInstant | null =>
  candidates
    .map((candidate) => candidate.notBefore)
    .filter((instant): instant is IsoInstant => instant !== null)
    .sort((a, b) => Date.parse(a) - Date.parse(b))[0] ?? null;

/**
 * What to do next with one call: the next candidate, a wait, or the end. `hops` are the attempts so far, in
 * order; each hop means the provider's own retries are used up.
 */
export const nextHop = (question: FailoverQuestion): FailoverVerdict => {
  const failure = lastFailure(question.hops);
  if (failure !== null && FAILURE_TABLE[failure].then === 'stop')
    return { type: 'give_up', kind: failure, skipped: [] };
  if (question.hops.length >= (question.maxHops ?? DEFAULT_MAX_HOPS))
    return {
      type: 'give_up',
      kind: failure ?? 'unavailable',
      skipped: [{ model: '*', reason: 'no hops left' }],
    };
  const skipped: Skip[] = [];
  const waiting: FailoverCandidate[] = [];
  for (const candidate of question.candidates) {
    const never = permanentReason(candidate, question);
    const notNow = never === null ? temporaryReason(candidate, question.now) : null;
    if (never === null && notNow === null) return { type: 'call', candidate, skipped };
    skipped.push({ model: candidate.model, reason: never ?? notNow ?? '' });
    if (never === null) waiting.push(candidate);
  }
  const retryAt = earliest(waiting);
  if (retryAt !== null) return { type: 'wait', retryAt, skipped };
  return { type: 'give_up', kind: failure ?? 'unavailable', skipped };
};

/** A decision's default ceiling: the worst case of its first choice. Failing over must not cost more. */
export const priceCeiling = (
  firstChoice: FailoverCandidate | undefined,
  permitted: MicroUsd | null | undefined,
): MicroUsd | null => (permitted === undefined ? (firstChoice?.worstCostMicroUsd ?? null) : permitted);
