// The track record's upkeep by schedule: due outcomes are looked up and scores rolled up every hour, in the
// worlds whose clock runs. Replays are resolved by their own driver.
import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import { LIVE_WORLD, SYNTHETIC_WORLD, type WorldId } from '../domain/world';
import type { OutcomeWatchInput, PerformanceRollupInput } from '../workflows/contracts/outcomes';
import { CONCLAVE_QUEUE } from '../workflows/contracts/task-queues';

interface Upkeep {
  readonly id: string;
  readonly workflowType: 'outcomeWatch' | 'performanceRollup';
  readonly args: readonly [OutcomeWatchInput] | readonly [PerformanceRollupInput];
  /** Past the hour: closes are public within minutes, windows follow the outcomes. */
  readonly offset: '10 minutes' | '25 minutes';
}

const upkeepOf = (world: WorldId): readonly Upkeep[] => [
  {
    id: `outcomes:${world}`,
    workflowType: 'outcomeWatch',
    args: [{ world, entries: [], resolveDue: true, prices: null }],
    offset: '10 minutes',
  },
  {
    id: `performance:${world}`,
    workflowType: 'performanceRollup',
    args: [{ world }],
    offset: '25 minutes',
  },
];

/** What was missed while the machine was off is covered by the next run: each takes up all that is due. */
const ensure = (client: Client, { id, workflowType, args, offset }: Upkeep): Promise<unknown> =>
  client.schedule
    .create({
      scheduleId: id,
      spec: { intervals: [{ every: '1 hour', offset }] },
      action: {
        type: 'startWorkflow',
        workflowType,
        workflowId: id,
        taskQueue: CONCLAVE_QUEUE,
        args: [...args],
        workflowExecutionTimeout: '6 hours',
      },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '5 minutes' },
    })
    .catch((error: unknown) => {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    });

export const ensureTrackSchedules = async (client: Client): Promise<void> => {
  for (const world of [LIVE_WORLD, SYNTHETIC_WORLD])
    for (const upkeep of upkeepOf(world)) await ensure(client, upkeep);
};
