// Schedules that every installation has, kept as this version declares them: made where there is none, replaced where
// an earlier version left another. One that a person paused stays paused.
import type { Client } from '@temporalio/client';
import type { DeskSchedule } from '../client/desk-schedules';
import { putSchedule } from '../client/schedules';

/** Everything but its name and how a person reads it. */
export type FixedSchedule = Omit<DeskSchedule, 'words'>;

/** What an update is found necessary by: the declaration itself. */
const wordsOf = ({ scheduleId: _id, ...declared }: FixedSchedule): DeskSchedule['words'] =>
  Object.fromEntries(Object.entries(declared).map(([name, value]) => [name, JSON.stringify(value)]));

/** Creates the schedule, or replaces its spec, action and policies where they differ; its state stays. */
export const ensureSchedule = async (client: Client, schedule: FixedSchedule): Promise<void> => {
  await putSchedule({ temporal: client }, { ...schedule, words: wordsOf(schedule) });
};
