// Task queues. Each provider has its own as a bulkhead: one provider's outage cannot take another's slots.

/** Workflows and cheap database activities. */
export const CONCLAVE_QUEUE = 'conclave';

/** Calls to one provider. */
export const providerQueue = (provider: string): string => `provider-${provider}`;

/** Lower goes first (Temporal task priority, 1-5). A live decision goes before a batch, a batch before roll-ups. */
export const PRIORITY = { live: 1, session: 3, background: 5 } as const;

/**
 * An activity that has not beaten for so long has lost its worker and begins again. Database work only: a call
 * that may be paid waits a little longer before it is repeated (call-with-failover.ts).
 */
export const HEARTBEAT_TIMEOUT_MS = 6_000;
/**
 * Four beats per time-out: three may be late on a machine that is short of processors. A call whose worker counts as lost
 * is sent, and paid, again.
 */
export const BEAT_MS = HEARTBEAT_TIMEOUT_MS / 4;
