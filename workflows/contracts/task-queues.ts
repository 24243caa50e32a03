// Task queues. Each provider has its own as a bulkhead: one provider's outage cannot take another's slots.

/** Workflows and cheap database activities. */
export const CONCLAVE_QUEUE = 'conclave';

/** Calls to one provider. */
export const providerQueue = (provider: string): string => `provider-${provider}`;

/** Lower goes first (Temporal task priority, 1-5). A live decision goes before a batch, a batch before roll-ups. */
export const PRIORITY = { live: 1, session: 3, background: 5 } as const;
