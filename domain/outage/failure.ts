// Failures as data: one list of kinds and one total table that says what each leads to. Providers throw
// ProviderFailure; a workflow reads only its kind.

export const FAILURE_KINDS = [
  'rate_limited',
  'rate_limited_too_long',
  'unavailable',
  'timed_out',
  'auth',
  'bad_request',
  'context_too_long',
  'refused_by_content_filter',
  'malformed',
  'budget',
  'breaker_open',
  'halted',
  'no_data',
] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

/** `retry`: the same provider, after a wait. `fail_over`: the next candidate. `stop`: no further candidate can help. */
export type FailureAction = 'retry' | 'fail_over' | 'stop';

export interface FailurePolicy {
  /** While attempts remain on this provider. */
  readonly first: FailureAction;
  /** When attempts are used up. */
  readonly then: Exclude<FailureAction, 'retry'>;
  /** Attempts at one provider, the first included. */
  readonly attempts: number;
  /** Counts against the circuit breaker. */
  readonly countsForBreaker: boolean;
}

const policy = (
  first: FailureAction,
  then: Exclude<FailureAction, 'retry'>,
  attempts: number,
  countsForBreaker: boolean,
): FailurePolicy => ({ first, then, attempts, countsForBreaker });

export const FAILURE_TABLE: Readonly<Record<FailureKind, FailurePolicy>> = {
  rate_limited: policy('retry', 'fail_over', 3, false),
  rate_limited_too_long: policy('fail_over', 'fail_over', 1, false),
  unavailable: policy('retry', 'fail_over', 2, true),
  timed_out: policy('fail_over', 'fail_over', 1, true),
  auth: policy('fail_over', 'fail_over', 1, false),
  bad_request: policy('fail_over', 'fail_over', 1, false),
  context_too_long: policy('fail_over', 'fail_over', 1, false),
  refused_by_content_filter: policy('fail_over', 'fail_over', 1, false),
  malformed: policy('retry', 'fail_over', 2, false),
  budget: policy('stop', 'stop', 1, false),
  breaker_open: policy('fail_over', 'fail_over', 1, false),
  halted: policy('stop', 'stop', 1, false),
  no_data: policy('stop', 'stop', 1, false),
};

/** Sendings of one call to one model that may each be billed; a refusal that is retried costs nothing. */
export const BILLED_SENDINGS = Math.max(FAILURE_TABLE.malformed.attempts, FAILURE_TABLE.unavailable.attempts);
