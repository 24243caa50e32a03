// Schedules that there are on the server: list them, find one, say what is wrong, and the period of a backfill.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type ScheduleDescription, ScheduleNotFoundError } from '@temporalio/client';
import { temporal as protobuf } from '@temporalio/proto';
import { lateSeconds } from '../domain/desk/lateness';
import { calendarEndWarning } from '../domain/market/calendar';
import { parseIsoInstant } from '../domain/market/iso-date';
import type { ConclaveClient } from './connect';
import { grpcCode } from './grpc-code';
import { BadInput, checked } from './inputs';
import { deskMarkets, wantedSchedules } from './wanted-schedules';

type Temporal = Pick<ConclaveClient, 'temporal'>;
type Desk = Pick<ConclaveClient, 'stores' | 'temporal'>;

/**
 * Codes of gRPC with which a server that is overloaded or was held up gives up a look: too late, and a workflow that
 * is not ready, as it answers for a schedule by asking the workflow behind it. The SDK repeats others by itself.
 */
const GIVEN_UP = new Set([4, 9]);
const LOOKS = 3;
const BETWEEN_LOOKS_MS = 1_000;

const isGivenUp = (error: unknown): boolean => GIVEN_UP.has(grpcCode(error) ?? 0);

/** Null for a schedule that does not exist. A look that the server gave up is repeated, three in all. */
export const describeSchedule = async (
  client: Temporal,
  id: string,
  looks = LOOKS,
): Promise<ScheduleDescription | null> => {
  try {
    return await client.temporal.schedule.getHandle(id).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    if (looks <= 1 || !isGivenUp(error)) throw error;
    await pause(BETWEEN_LOOKS_MS);
    return describeSchedule(client, id, looks - 1);
  }
};

/** A schedule's rules as it was made with them: zone, time, exceptions, overlap, catch-up and time-out in words. */
export const wordsOf = ({ action }: ScheduleDescription): Readonly<Record<string, unknown>> =>
  action.type === 'startWorkflow' ? (action.memo ?? {}) : {};

/**
 * Ids that the desk's schedules may have, in order: the server's list lags behind by moments, so what syncs made
 * is looked at too; some may be gone.
 */
export const scheduleIds = async ({ stores, temporal }: Desk): Promise<readonly string[]> => {
  const ids = new Set(await stores.scheduleSyncs.scheduleIds());
  for await (const { scheduleId } of temporal.schedule.list())
    if (scheduleId.startsWith('desk:')) ids.add(scheduleId);
  return [...ids].sort();
};

export interface ScheduleRow {
  readonly scheduleId: string;
  readonly paused: boolean;
  readonly next: readonly string[];
  readonly recent: readonly string[];
  /** How much later than it was due the last run started: it was late, not missed. Null before the first. */
  readonly lastLateSeconds: number | null;
  /** Runs that were due longer ago than the catch-up window when the server came back. */
  readonly missed: number;
  /** Runs left out because the one before was still going. */
  readonly overlapped: number;
  /** Zone, time, exceptions, overlap, catch-up and time-out in words. */
  readonly rules: Readonly<Record<string, unknown>>;
}

const lateSecondsOf = ({ info }: ScheduleDescription): number | null => {
  const last = info.recentActions.at(-1);
  return last ? lateSeconds(last.scheduledAt.toISOString(), last.takenAt.toISOString()) : null;
};

const rowOf = (scheduleId: string, known: ScheduleDescription): ScheduleRow => ({
  scheduleId,
  paused: known.state.paused,
  next: known.info.nextActionTimes.map((time) => time.toISOString()),
  recent: known.info.recentActions.map((action) => action.takenAt.toISOString()),
  lastLateSeconds: lateSecondsOf(known),
  missed: known.info.numActionsMissedCatchupWindow,
  overlapped: known.info.numActionsSkippedOverlap,
  rules: wordsOf(known),
});

export const listSchedules = async (client: Desk): Promise<readonly ScheduleRow[]> => {
  const rows = await Promise.all(
    (await scheduleIds(client)).map(async (id) => {
      const known = await describeSchedule(client, id);
      return known ? [rowOf(id, known)] : [];
    }),
  );
  return rows.flat();
};

/** A warning for every market whose calendar ends soon, and every schedule that cannot be as declared. */
export const scheduleWarnings = async (
  client: Pick<ConclaveClient, 'stores'>,
): Promise<readonly string[]> => {
  const now = await client.stores.worlds.now('live');
  const { watched, traded } = await deskMarkets(client);
  const { refused } = await wantedSchedules(client);
  return [
    ...[...new Set([...watched, ...traded])].flatMap((market) => calendarEndWarning(market, now) ?? []),
    ...refused.map(({ scheduleId, reason }) => `${scheduleId} is not as declared: ${reason}`),
  ];
};

/** @throws BadInput for a schedule that does not exist, naming those that do. */
export const scheduleHandle = async (client: Desk, id: string) => {
  const known = (await listSchedules(client)).map((schedule) => schedule.scheduleId);
  if (!known.includes(id))
    throw new BadInput(
      `schedule "${id}" does not exist; known: ${known.join(', ') || 'none, run "conclave schedules sync"'}`,
    );
  return client.temporal.schedule.getHandle(id);
};

/**
 * Runs a schedule now, also while a run is under way, as the SDK's own trigger does.
 * @param requestKey the server takes the same one once; null: a run of its own
 */
export const triggerSchedule = async (
  { temporal, namespace }: Pick<ConclaveClient, 'temporal' | 'namespace'>,
  scheduleId: string,
  requestKey: string | null,
): Promise<void> => {
  const overlapPolicy = protobuf.api.enums.v1.ScheduleOverlapPolicy.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL;
  await temporal.workflowService.patchSchedule({
    ...{ namespace, scheduleId, identity: temporal.options.identity },
    requestId: requestKey ?? randomUUID(),
    patch: { triggerImmediately: { overlapPolicy } },
  });
};

const BACKFILL_FORM = 'accepted: an instant such as 2026-11-16T00:00:00Z';

/** The period that a backfill runs anew. @throws BadInput for one that is missing, malformed or runs backward. */
export const readBackfill = (
  from: string | undefined,
  to: string | undefined,
): { readonly start: Date; readonly end: Date } => {
  if (!from) throw new BadInput(`from is missing; ${BACKFILL_FORM}`);
  if (!to) throw new BadInput(`to is missing; ${BACKFILL_FORM}`);
  const [start, end] = [
    checked(() => parseIsoInstant(from, 'from')),
    checked(() => parseIsoInstant(to, 'to')),
  ];
  if (start >= end)
    throw new BadInput(`from ${from} is not before to ${to}; accepted: a period that runs forward`);
  return { start: new Date(start), end: new Date(end) };
};
