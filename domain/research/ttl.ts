// How long a brief stays usable, per kind, on the world's clock (A2).
import { nextClose } from '../market/calendar';
import { marketOfSubject } from '../market/market';
import { parseSubject, type Subject } from '../market/subject';
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

/**
 * The close after which a brief whose facts are of `asOf` lacks the newest bar, and may ask what that bar answers.
 * Null for contracts, whose price is asked anew at each decision, and for exchanges without a calendar.
 */
export const outdatedAt = (subject: Subject, asOf: IsoInstant): IsoInstant | null => {
  const market = parseSubject(subject).kind === 'equity' ? marketOfSubject(subject) : null;
  return market && nextClose(market, asOf);
};

/** The instant at which a brief made at `createdAt` stops being usable (that instant excluded); never past `outdated`. */
export const expiresAt = (
  createdAt: IsoInstant,
  forSeconds: number,
  outdated: IsoInstant | null = null,
): IsoInstant => {
  const ends = Date.parse(createdAt) + forSeconds * 1000;
  return new Date(outdated === null ? ends : Math.min(ends, Date.parse(outdated))).toISOString();
};
