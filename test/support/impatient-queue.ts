// Stands for workflows/contracts/queue-patience.ts in the workflows of a test.

/** One second. */
export const QUEUE_PATIENCE_MS = 1_000;
