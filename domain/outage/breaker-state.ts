// What one circuit breaker knows, what may happen to it and the numbers that govern it (F3).
import type { IsoInstant } from '../world';
import type { FailureKind } from './failure';

export const BREAKER_STATES = ['closed', 'open', 'half_open'] as const;
export type BreakerStatus = (typeof BREAKER_STATES)[number];

export interface BreakerSettings {
  /** Consecutive counting failures that open it. 2: one may be chance, and each costs an attempt deadline. */
  readonly failuresToOpen: number;
  /** How long it stays open before a probe. Longer spares the provider, shorter finds recovery sooner. */
  readonly openMs: number;
  /** Each failed probe doubles the window up to this, so that a day's outage costs few probes. */
  readonly maxOpenMs: number;
  /** A probe that does not report within this lost its worker; its lease may be taken over. */
  readonly probeLeaseMs: number;
  /** Consecutive successes while half open that close it. */
  readonly successesToClose: number;
  /** A call at or above this is slow. */
  readonly slowCallMs: number;
  /** Share of slow calls among the last `slowWindowCalls` that opens it. */
  readonly slowRateToOpen: number;
  /** How many calls the slow-call rate looks back; it never opens on fewer. At most 30 (kept as bits). */
  readonly slowWindowCalls: number;
  /** After closing, the share of traffic admitted grows from a tenth to all over this time. */
  readonly rampMs: number;
}

export const DEFAULT_BREAKER_SETTINGS: BreakerSettings = {
  failuresToOpen: 2,
  openMs: 30_000,
  maxOpenMs: 300_000,
  probeLeaseMs: 120_000,
  successesToClose: 3,
  slowCallMs: 60_000,
  slowRateToOpen: 0.5,
  slowWindowCalls: 10,
  rampMs: 60_000,
};

/** For calls that may take longer than usual: two thirds of their time is slow, and a probe's lease outlasts it. */
export const settingsFor = (settings: BreakerSettings, deadlineMs: number | undefined): BreakerSettings =>
  deadlineMs === undefined
    ? settings
    : {
        ...settings,
        slowCallMs: Math.max(settings.slowCallMs, Math.ceil((2 / 3) * deadlineMs)),
        probeLeaseMs: Math.max(settings.probeLeaseMs, deadlineMs + 30_000),
      };

/** One row per provider and model. Instants are of the database's clock. */
export interface BreakerState {
  readonly status: BreakerStatus;
  readonly consecutiveFailures: number;
  /** Successes in a row while half open. */
  readonly probeSuccesses: number;
  /** When it opened last, or null. */
  readonly openedAt: IsoInstant | null;
  /** Unless closed: no probe starts before it. */
  readonly retryAt: IsoInstant | null;
  /** Failed windows in a row; doubles the open window. */
  readonly failedWindows: number;
  /** Who may probe now, and until when the lease holds. */
  readonly probeHolder: string | null;
  readonly probeUntil: IsoInstant | null;
  /** Last calls as bits, newest lowest; 1 is slow. */
  readonly slowBits: number;
  /** How many of the bits are filled. */
  readonly slowCount: number;
  /** When it closed after being open, for the ramp; null when it never opened. */
  readonly closedAt: IsoInstant | null;
  /** While closed: the provider asked that this model is not called before it. Absent: it never did. */
  readonly heldUntil?: IsoInstant;
  /** Grows with every change of status, so that late reports of an earlier period are told apart. */
  readonly generation: number;
}

export const CLOSED_BREAKER: BreakerState = {
  status: 'closed',
  consecutiveFailures: 0,
  probeSuccesses: 0,
  openedAt: null,
  retryAt: null,
  failedWindows: 0,
  probeHolder: null,
  probeUntil: null,
  slowBits: 0,
  slowCount: 0,
  closedAt: null,
  generation: 0,
};

export type BreakerEvent =
  /** A caller asks to call. `holder` names the caller if it becomes the probe (its call key). */
  | {
      readonly type: 'ask';
      readonly holder: string;
      /** How long its call may take; a probe's lease outlasts it. Absent: as usual. */
      readonly deadlineMs?: number;
    }
  /** A call ended well. `generation` is that of the admission. */
  | {
      readonly type: 'succeeded';
      readonly holder: string;
      readonly generation: number;
      readonly latencyMs: number;
      /** How long it might have taken: what is slow is told by that too. Absent: as usual. */
      readonly deadlineMs?: number;
    }
  /** A call failed beyond its retries. */
  | {
      readonly type: 'failed';
      readonly holder: string;
      readonly generation: number;
      readonly kind: FailureKind;
      /** The provider asked not to be called before this instant. */
      readonly retryAt?: IsoInstant;
    }
  /** An admitted call was never sent (no budget, cancelled): a probe's lease is given back at once. */
  | { readonly type: 'released'; readonly holder: string; readonly generation: number }
  /** A person or an operator's rule opens or closes it. */
  | { readonly type: 'force_open'; readonly until: IsoInstant }
  | { readonly type: 'force_close' };

export type BreakerVerdict =
  /** The call may be made; report with this generation. */
  | { readonly type: 'admitted'; readonly probe: boolean; readonly generation: number }
  /** Not now; nothing can change before `retryAt`. */
  | { readonly type: 'rejected'; readonly retryAt: IsoInstant }
  /** A report was taken in, or was too late to count. */
  | { readonly type: 'noted'; readonly counted: boolean };

export interface BreakerStep {
  readonly state: BreakerState;
  readonly verdict: BreakerVerdict;
  /** `opened` or `closed` when the status changed so, for alerts; else null. */
  readonly change: 'opened' | 'half_opened' | 'closed' | null;
}
