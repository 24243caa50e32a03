// Schedules of market sessions: list, bring in line with the watchlists, pause, resume, trigger.
import { z } from '@hono/zod-openapi';
import { listSchedules, scheduleHandle, syncSchedules } from '../../client/schedules';
import { SCHEDULE_KINDS } from '../../domain/desk/schedule-kinds';
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
      kinds: z.array(z.enum(SCHEDULE_KINDS)).min(1).max(10).optional(),
      dryRun: z.boolean().default(false),
    })
    .openapi('ScheduleSync'),
  response: z.object({ changes: z.array(z.looseObject({ scheduleId: z.string(), change: z.string() })) }),
  handle: async ({ body: { kinds, dryRun }, context: { client } }) => ({
    changes: (await syncSchedules(client, { kinds: kinds ?? null, dryRun })).map((change) => ({ ...change })),
  }),
});

const ACTIONS = ['pause', 'resume', 'trigger'] as const;

const act = operation({
  id: 'actOnSchedule',
  method: 'post',
  path: '/api/v1/schedules/{id}/{action}',
  tag: 'schedules',
  summary: 'Pauses or resumes a schedule, or runs it now',
  scope: 'run',
  params: z.object({ id: idField, action: z.enum(ACTIONS) }),
  response: z.object({ scheduleId: z.string(), action: z.enum(ACTIONS) }),
  handle: async ({ params: { id, action }, context: { client } }) => {
    const known = (await listSchedules(client)).some(({ scheduleId }) => scheduleId === id);
    if (!known) throw notFound('schedule', id);
    const handle = await scheduleHandle(client, id);
    if (action === 'pause') await handle.pause('by the API');
    else if (action === 'resume') await handle.unpause('by the API');
    else await handle.trigger();
    return { scheduleId: id, action };
  },
});

export const scheduleOperations = [list, sync, act];
