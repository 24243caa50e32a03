// The track record's upkeep by schedule: due outcomes are looked up and scores rolled up every hour, in the
// worlds whose clock runs. Replays are resolved by their own driver.
import { type Client, ScheduleOverlapPolicy } from '@temporalio/client';
import { LIVE_WORLD, SYNTHETIC_WORLD, type WorldId } from '../domain/world';
import type { OutcomeWatchInput, PerformanceRollupInput } from '../workflows/contracts/outcomes';
import { ensureSchedule, type FixedSchedule } from './ensure-schedule';

/** What was missed while the machine was off is covered by the next run: each takes up all that is due. */
const HOURLY = { overlap: ScheduleOverlapPolicy.SKIP, catchupMinutes: 5, timeoutMinutes: 360 } as const;

/** Past the hour: closes are public within minutes, windows follow the outcomes. */
const upkeepOf = (world: WorldId): readonly FixedSchedule[] => [
  {
    scheduleId: `outcomes:${world}`,
    spec: { intervals: [{ every: '1 hour', offset: '10 minutes' }] },
    workflowType: 'outcomeWatch',
    workflowId: `outcomes:${world}`,
    argument: { world, entries: [], resolveDue: true, prices: null } satisfies OutcomeWatchInput,
    summary: `outcome watch · ${world}`,
    ...HOURLY,
  },
  {
    scheduleId: `performance:${world}`,
    spec: { intervals: [{ every: '1 hour', offset: '25 minutes' }] },
    workflowType: 'performanceRollup',
    workflowId: `performance:${world}`,
    argument: { world } satisfies PerformanceRollupInput,
    summary: `performance roll-up · ${world}`,
    ...HOURLY,
  },
];

export const ensureTrackSchedules = async (client: Client): Promise<void> => {
  for (const world of [LIVE_WORLD, SYNTHETIC_WORLD])
    for (const upkeep of upkeepOf(world)) await ensureSchedule(client, upkeep);
};
