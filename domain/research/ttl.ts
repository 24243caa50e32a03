// How long a brief stays usable, per kind, on the world's clock (A2).
import type { IsoInstant } from '../world';
import { RESEARCH_KINDS, type ResearchKind } from './brief';

/** Seconds. Technical facts move with each bar, financial ones with each filing. */
export const DEFAULT_TTL_SECONDS: Readonly<Record<ResearchKind, number>> = {
  complete: 2 * 3600,
  technical: 3600,
  financial: 4 * 3600,
  web: 2 * 3600,
};

/** A year: above it a TTL is surely a mistake of unit. */
export const MAX_TTL_SECONDS = 366 * 86_400;

export type TtlSettings = Readonly<Partial<Record<ResearchKind, number>>>;

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const ACCEPTED =
  'accepted: whole seconds from 1 to 31622400, or a number with s, m, h or d, such as 90s or 2h';

const seconds = (field: string, value: number): number => {
  if (!Number.isSafeInteger(value) || value < 1 || value > MAX_TTL_SECONDS)
    throw new RangeError(`${field} is ${value}; ${ACCEPTED}`);
  return value;
};

/**
 * Seconds from `7200`, `"7200"`, `"90s"`, `"15m"`, `"2h"` or `"1d"`.
 * @throws RangeError naming `field` and the accepted form.
 */
export const parseTtlSeconds = (field: string, value: unknown): number => {
  if (typeof value === 'number') return seconds(field, value);
  const match = typeof value === 'string' ? /^\s*(\d{1,9})\s*([smhd]?)\s*$/.exec(value) : null;
  if (!match) throw new RangeError(`${field} is ${JSON.stringify(value)}; ${ACCEPTED}`);
  return seconds(field, Number(match[1]) * (UNIT_SECONDS[match[2] || 's'] as number));
};

/**
 * Reads settings of the form `{ technical: "30m", web: 5400 }`.
 * @throws RangeError for an unknown kind or a malformed duration.
 */
export const parseTtlSettings = (input: Readonly<Record<string, unknown>>): TtlSettings =>
  Object.fromEntries(
    Object.entries(input).map(([kind, value]) => {
      if (!RESEARCH_KINDS.includes(kind as ResearchKind))
        throw new RangeError(`ttl.${kind} is not a research kind; accepted: ${RESEARCH_KINDS.join(', ')}`);
      return [kind, parseTtlSeconds(`ttl.${kind}`, value)];
    }),
  );

/** Seconds that a brief of `kind` stays usable. */
export const ttlSeconds = (kind: ResearchKind, settings: TtlSettings = {}): number =>
  settings[kind] ?? DEFAULT_TTL_SECONDS[kind];

/** The instant at which a brief made at `createdAt` stops being usable (that instant excluded). */
export const expiresAt = (createdAt: IsoInstant, forSeconds: number): IsoInstant =>
  new Date(Date.parse(createdAt) + forSeconds * 1000).toISOString();

/** What the cache compares: a brief's epoch and expiry with the newest covering epoch and the world's now. */
export interface FreshnessQuestion {
  readonly briefEpoch: number;
  readonly briefExpiresAt: IsoInstant;
  readonly coveringEpoch: number;
  readonly now: IsoInstant;
}

/** True when no covering event came after the research began and the TTL has not run out. */
export const isFresh = (question: FreshnessQuestion): boolean =>
  question.briefEpoch >= question.coveringEpoch &&
  Date.parse(question.now) < Date.parse(question.briefExpiresAt);
