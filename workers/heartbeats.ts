// Every activity reports that it lives, so that one whose worker was killed, or whose start was lost with the
// Temporal server, begins again after seconds and not after its whole time-out.
import type { Context } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';
import { BEAT_MS } from '../workflows/contracts/task-queues';

/** Beats for as long as the activity runs. Most are done before the first. */
export const heartbeats = (context: Context): ActivityInterceptors => ({
  inbound: {
    execute: async (input, next) => {
      const beat = setInterval(() => context.heartbeat(), BEAT_MS);
      try {
        return await next(input);
      } finally {
        clearInterval(beat);
      }
    },
  },
});
