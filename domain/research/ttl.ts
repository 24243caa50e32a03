// How long a brief stays usable, per kind, on the world's clock (A2).
import type { IsoInstant } from '../world';
import type { ResearchKind } from './brief';

export type TtlSeconds = Readonly<Record<ResearchKind, number>>;

/** Technical facts move with each bar, financial ones with each filing. The settings ttl_seconds_... go before them. */
export const DEFAULT_TTL_SECONDS: TtlSeconds = {
  complete: 2 * 3600,
  technical: 3600,
  financial: 4 * 3600,
  web: 2 * 3600,
};

/** The instant at which a brief made at `createdAt` stops being usable (that instant excluded). */
export const expiresAt = (createdAt: IsoInstant, forSeconds: number): IsoInstant =>
  new Date(Date.parse(createdAt) + forSeconds * 1000).toISOString();
