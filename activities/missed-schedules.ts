// The desk's schedules as Temporal knows them, for the rule that finds sessions nobody started.
import type { Client } from '@temporalio/client';
import type { ScheduleFact } from '../domain/alerts/schedule-rule';
import { parseMarket } from '../domain/market/market';
import { SESSION_KINDS } from '../domain/market/session-times';

/** `desk:<market>:<kind>`, as the schedules of sessions are named. */
const DESK = /^desk:([^:]+):([^:]+)$/;

/** Schedules of sessions that are not paused. */
export const deskSchedules = async ({
  schedule,
}: Pick<Client, 'schedule'>): Promise<readonly ScheduleFact[]> => {
  const facts: ScheduleFact[] = [];
  for await (const { scheduleId, state } of schedule.list()) {
    const [, market, name] = DESK.exec(scheduleId) ?? [];
    const kind = SESSION_KINDS.find((each) => each === name);
    if (!market || !kind || state.paused) continue;
    const { info, policies } = await schedule.getHandle(scheduleId).describe();
    facts.push({
      scheduleId,
      market: parseMarket(market),
      kind,
      createdAt: info.createdAt.toISOString(),
      catchupMinutes: policies.catchupWindow / 60_000,
    });
  }
  return facts;
};
