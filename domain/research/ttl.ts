// How long a brief stays usable, per kind, on the world's clock (A2).
import type { IsoInstant } from '../world';
import type { ResearchKind } from './brief';

/** Seconds. Technical facts move with each bar, financial ones with each filing. */
export const DEFAULT_TTL_SECONDS: Readonly<Record<ResearchKind, number>> = {
  complete: 2 * 3600,
  technical: 3600,
  financial: 4 * 3600,
  web: 2 * 3600,
};

export type TtlSettings = Readonly<Partial<Record<ResearchKind, number>>>;

/** Seconds that a brief of `kind` stays usable. */
export const ttlSeconds = (kind: ResearchKind, settings: TtlSettings = {}): number =>
  settings[kind] ?? DEFAULT_TTL_SECONDS[kind];

/** The instant at which a brief made at `createdAt` stops being usable (that instant excluded). */
export const expiresAt = (createdAt: IsoInstant, forSeconds: number): IsoInstant =>
  new Date(Date.parse(createdAt) + forSeconds * 1000).toISOString();
