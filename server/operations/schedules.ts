// Schedules of market sessions: list, bring in line with the watchlists, pause, resume, trigger.
import { z } from '@hono/zod-openapi';
import type { ConclaveClient } from '../../client/connect';
import { mediumWord, scheduleKinds, shortNote } from '../../client/fields';
import { listSchedules, readBackfill, scheduleHandle, triggerSchedule } from '../../client/known-schedules';
import { syncSchedules } from '../../client/schedules';
import { operation } from '../operation';
import { notFound } from '../problem';
import { idField } from '../schemas/fields';

const scheduleSchema = z
  .object({
    scheduleId: z.string(),
    paused: z.boolean(),
    next: z.array(z.string()),
    recent: z.array(z.string()),
    lastLateSeconds: z.int().nullable(),
    missed: z.int(),
    overlapped: z.int(),
    rules: z.looseObject({}),
  })
  .openapi('Schedule');

const list = operation({
  id: 'listSchedules',
  method: 'get',
  path: '/api/v1/schedules',
  tag: 'schedules',
  summary: 'Schedules with their next and last runs',
  scope: 'read',
  response: z.object({ schedules: z.array(scheduleSchema) }),
  handle: async ({ context: { client } }) => ({ schedules: await listSchedules(client) }),
});

const sync = operation({
  id: 'syncSchedules',
  method: 'post',
  path: '/api/v1/schedules/sync',
  tag: 'schedules',
  summary: 'Brings schedules in line with watchlists and calendars',
  scope: 'admin',
  body: z
    .strictObject({
      kinds: scheduleKinds.optional(),
      dryRun: z.boolean().default(false),
    })
    .openapi('ScheduleSync'),
  response: z.object({ changes: z.array(z.looseObject({ scheduleId: z.string(), change: z.string() })) }),
  handle: async ({ body: { kinds, dryRun }, context: { client } }) => ({
    changes: (await syncSchedules(client, { kinds: kinds ?? null, dryRun })).map((change) => ({ ...change })),
  }),
});

const assertKnown = async (client: ConclaveClient, id: string): Promise<void> => {
  const known = (await listSchedules(client)).some(({ scheduleId }) => scheduleId === id);
  if (!known) throw notFound('schedule', id);
};

const ACTIONS = ['pause', 'resume', 'trigger'] as const;

const act = operation({
  id: 'actOnSchedule',
  method: 'post',
  path: '/api/v1/schedules/{id}/{action}',
  tag: 'schedules',
  summary: 'Pauses or resumes a schedule, or runs it now',
  scope: 'run',
  keyed: true,
  params: z.object({ id: idField, action: z.enum(ACTIONS) }),
  body: z
    .strictObject({
      reason: shortNote.optional().openapi({ description: 'Of a pause or resume; kept as its note' }),
    })
    .openapi('ScheduleAction'),
  response: z.object({ scheduleId: z.string(), action: z.enum(ACTIONS) }),
  handle: async ({ params: { id, action }, body, onceKey, context: { client } }) => {
    await assertKnown(client, id);
    const handle = await scheduleHandle(client, id);
    const why = body.reason?.trim() || 'by the API';
    if (action === 'pause') await handle.pause(why);
    else if (action === 'resume') await handle.unpause(why);
    else await triggerSchedule(client, id, onceKey);
    return { scheduleId: id, action };
  },
});

const backfill = operation({
  id: 'backfillSchedule',
  method: 'post',
  path: '/api/v1/schedules/{id}/backfill',
  tag: 'schedules',
  summary: 'Runs what was missed in a period',
  scope: 'run',
  keyed: true,
  params: z.object({ id: idField }),
  body: z
    .strictObject({ from: mediumWord.optional(), to: mediumWord.optional() })
    .openapi('ScheduleBackfill'),
  response: z.object({ scheduleId: z.string(), from: z.string(), to: z.string() }),
  handle: async ({ params: { id }, body, context: { client } }) => {
    const period = readBackfill(body.from, body.to);
    await assertKnown(client, id);
    await (await scheduleHandle(client, id)).backfill(period);
    return { scheduleId: id, from: period.start.toISOString(), to: period.end.toISOString() };
  },
});

export const scheduleOperations = [list, sync, backfill, act];
