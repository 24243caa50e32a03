// The desk's schedules as Temporal knows them, for the rule that finds runs nobody started.
import { type Client, type ScheduleDescription, ScheduleNotFoundError } from '@temporalio/client';
import type { ScheduleFact, WatchedKind } from '../domain/alerts/schedule-rule';
import { SCHEDULE_KINDS } from '../domain/desk/schedule-kinds';
import { givenTime } from '../domain/desk/schedule-times';
import { parseMarket } from '../domain/market/market';

/** `desk:<market>:<kind>`, as the schedules of a market's runs are named. */
const DESK = /^desk:([^:]+):([^:]+)$/;

const watchedKind = (name: string | undefined): WatchedKind | null => {
  const kind = SCHEDULE_KINDS.find((each) => each === name);
  return kind === undefined || kind === 'warming' ? null : kind;
};

/** Null for one that a sync has deleted since it was listed. */
const described = async (
  { schedule }: Pick<Client, 'schedule'>,
  id: string,
): Promise<ScheduleDescription | null> => {
  try {
    return await schedule.getHandle(id).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
};

/**
 * Schedules that are not paused and whose runs leave something behind.
 * @param times local times that an operator gave, as in the setting `schedule_times`
 */
export const deskSchedules = async (
  client: Pick<Client, 'schedule'>,
  times: Readonly<Record<string, unknown>>,
): Promise<readonly ScheduleFact[]> => {
  const facts: ScheduleFact[] = [];
  for await (const { scheduleId, state } of client.schedule.list()) {
    const [, marketName, name] = DESK.exec(scheduleId) ?? [];
    const kind = watchedKind(name);
    if (!marketName || !kind || state.paused) continue;
    const market = parseMarket(marketName);
    const known = await described(client, scheduleId);
    if (known === null) continue;
    const { info, policies } = known;
    facts.push({
      scheduleId,
      market,
      kind,
      time: givenTime(times, market, kind),
      createdAt: info.createdAt.toISOString(),
      catchupMinutes: policies.catchupWindow / 60_000,
    });
  }
  return facts;
};
