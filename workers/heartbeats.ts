// Every activity reports that it lives, so that one whose worker was killed, or whose start was lost with the
// Temporal server, begins again after seconds and not after its whole time-out.
import type { Context } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';
import { HEARTBEAT_TIMEOUT_MS } from '../workflows/contracts/task-queues';

/** Four beats per time-out: three may be late on a machine that is short of processors. */
export const BEAT_MS = HEARTBEAT_TIMEOUT_MS / 4;

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
