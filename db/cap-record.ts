// What limits and caps are, as stored: a limit says how much each period may cost, a cap counts one period against it.
import type { MicroUsd } from '../domain/money/micro-usd';
import type { IsoInstant } from '../domain/world';

export const CAP_SCOPES = ['month', 'day', 'market_session', 'decision', 'provider', 'model'] as const;
export type CapScope = (typeof CAP_SCOPES)[number];

/** What reaching the cap does: `stop` ends the work, `downgrade` asks for a cheaper candidate first. */
export type CapPolicy = 'stop' | 'downgrade';

export interface CapLimit {
  readonly scope: CapScope;
  /** `*`: every key of the scope gets a cap of its own; month and day have only `*`. */
  readonly key: string;
  readonly limitMicroUsd: MicroUsd;
  readonly policy: CapPolicy;
}

/** A limit as it is asked for. */
export type NewLimit = Omit<CapLimit, 'policy'> & {
  /** Null: the one in force stays; of a limit that is new, `stop`. */
  readonly policy: CapPolicy | null;
  readonly reason: string;
};

export interface CapRow extends CapLimit {
  readonly id: number;
  /** `2026-11`, `2026-11-20` or `once`. */
  readonly period: string;
  readonly spentMicroUsd: MicroUsd;
  readonly heldMicroUsd: MicroUsd;
  /** What settled bills exceeded their reservations by, and limits lowered below what was booked. */
  readonly overrunMicroUsd: MicroUsd;
  readonly remainingMicroUsd: MicroUsd;
  readonly openedAt: IsoInstant;
  readonly closedAt: IsoInstant | null;
}

export interface OpenCap extends CapRow {
  /** What calls under way hold of `heldMicroUsd`: their worst case, of which most comes back. */
  readonly underWayMicroUsd: MicroUsd;
}

export interface CapChange {
  readonly id: number;
  readonly scope: CapScope;
  readonly key: string;
  readonly action: 'set' | 'raise' | 'remove' | 'reset';
  readonly oldLimitMicroUsd: MicroUsd | null;
  readonly newLimitMicroUsd: MicroUsd | null;
  readonly policy: CapPolicy | null;
  readonly reason: string;
  readonly changedAt: IsoInstant;
}
