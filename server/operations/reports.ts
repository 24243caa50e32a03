// Daily reports: which there are, one as data, one as text, one made anew.
import { z } from '@hono/zod-openapi';
import { dailyReport, remakeReport } from '../../client/report';
import { renderReport } from '../../domain/report/report-text';
import { LIVE_WORLD } from '../../domain/world';
import { operation } from '../operation';
import { dayField, limitField, nextOut, worldField } from '../schemas/fields';

const list = operation({
  id: 'listReports',
  method: 'get',
  path: '/api/v1/reports',
  tag: 'reports',
  summary: 'Stored reports, newest day first',
  scope: 'read',
  query: z.object({
    world: worldField.default(LIVE_WORLD),
    limit: limitField,
    cursor: dayField.optional().openapi({ description: 'The "next" of an earlier page' }),
  }),
  response: z.object({
    reports: z.array(
      z.object({ world: z.string(), day: z.string(), complete: z.boolean(), madeAt: z.string() }),
    ),
    next: nextOut,
  }),
  handle: async ({ query: { world, limit, cursor }, context: { client } }) => {
    const reports = await client.stores.reports.list({ world, limit, before: cursor });
    return { reports, next: reports.length === limit ? (reports.at(-1)?.day ?? null) : null };
  },
});

const reportQuery = z.object({ world: worldField.default(LIVE_WORLD) });

const reportOut = z.looseObject({
  world: z.string(),
  day: z.string(),
  complete: z.boolean(),
  madeAt: z.string(),
  sessions: z.array(z.looseObject({})),
  decisions: z.looseObject({}),
  money: z.looseObject({}),
  record: z.array(z.looseObject({})),
  outages: z.looseObject({}),
  competition: z.array(z.looseObject({})),
  elsewhere: z
    .array(z.object({ world: z.string(), sessions: z.int(), decisions: z.int() }))
    .optional()
    .openapi({ description: 'Other worlds at work on the day, each with a report of its own' }),
});

const get = operation({
  id: 'getReport',
  method: 'get',
  path: '/api/v1/reports/{day}',
  tag: 'reports',
  summary: 'The report of a day; made now where none of the whole day is stored',
  scope: 'read',
  params: z.object({ day: dayField }),
  query: reportQuery,
  response: reportOut,
  handle: async ({ params: { day }, query: { world }, context: { client } }) =>
    dailyReport(client, { day, world }),
});

const refresh = operation({
  id: 'refreshReport',
  method: 'post',
  path: '/api/v1/reports/{day}/refresh',
  tag: 'reports',
  summary: 'Makes the report of a day anew, in place of the stored one',
  description:
    'Refused for a stored report of a day so long ago that some of the rows behind it are no longer kept.',
  scope: 'run',
  params: z.object({ day: dayField }),
  query: reportQuery,
  response: reportOut,
  handle: async ({ params: { day }, query: { world }, context: { client } }) =>
    remakeReport(client, { day, world }),
});

const text = operation({
  id: 'getReportText',
  method: 'get',
  path: '/api/v1/reports/{day}/text',
  tag: 'reports',
  summary: 'The report of a day as Markdown or HTML, in a JSON string',
  scope: 'read',
  params: z.object({ day: dayField }),
  query: reportQuery.extend({ format: z.enum(['md', 'html']).default('md') }),
  response: z.object({ day: z.string(), format: z.string(), text: z.string() }),
  handle: async ({ params: { day }, query: { world, format }, context: { client } }) => {
    const document = await dailyReport(client, { day, world });
    return { day: document.day, format, text: renderReport(document, format) };
  },
});

export const reportOperations = [list, get, refresh, text];
