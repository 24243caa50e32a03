// A call waits for a free worker for as long as that takes, but not for one that nobody runs any more.

/**
 * After so long in its queue a call has someone look whether any worker takes such calls; where one does it goes back to
 * the end of the queue. Seldom enough to cost nothing in a backlog of hours; Temporal itself remembers pollers as long.
 */
export const QUEUE_PATIENCE_MS = 300_000;
