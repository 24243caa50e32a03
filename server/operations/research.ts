// Research and the briefs it leaves.
import { z } from '@hono/zod-openapi';
import { briefDocument, researchDocument } from '../../client/documents';
import { research } from '../../client/research';
import { shownMarket } from '../../client/shown-market';
import { researchInput } from '../../client/work-inputs';
import { decodeCursor, nextCursor } from '../../db/page-cursor';
import { toSubject } from '../../domain/market/subject';
import { formatUsd } from '../../domain/money/micro-usd';
import type { Brief } from '../../domain/research/brief';
import { normaliseSubject } from '../../domain/research/cache-key';
import { LIVE_WORLD } from '../../domain/world';
import { operation } from '../operation';
import { notFound } from '../problem';
import {
  asOfField,
  cursorField,
  idField,
  limitField,
  nextOut,
  researchKindField,
  symbolField,
  templateField,
  textList,
  usdOut,
  worldField,
} from '../schemas/fields';

const sourceItem = z.object({
  source: z.string(),
  title: z.string(),
  publicAt: z.string(),
  fetchedAt: z.string().optional(),
  url: z.string().optional(),
});

const briefSchema = z
  .object({
    subject: z.string(),
    kind: z.string(),
    template: z.string(),
    writtenBy: z.string(),
    verifiedBy: z.string(),
    createdAt: z.string(),
    expiresAt: z.string(),
    content: z.object({
      thesis: z.string(),
      drivers: textList,
      risks: textList,
      peers: z.string(),
      volatility: z.string(),
      upcoming: textList,
      figures: z.record(z.string(), z.number()),
      degraded: z.string().optional(),
    }),
    sources: z.array(sourceItem),
  })
  .openapi('Brief');

const researchRequest = z
  .strictObject({
    symbol: symbolField,
    kind: researchKindField.default('complete'),
    template: templateField.default('swing'),
    refresh: z.boolean().default(false),
    asOf: asOfField.optional(),
    world: worldField.optional(),
  })
  .openapi('ResearchRequest');

const doResearch = operation({
  id: 'research',
  method: 'post',
  path: '/api/v1/research',
  tag: 'research',
  summary: 'The shared brief on a subject, from the cache or made now; waits for it',
  scope: 'run',
  needsWorker: true,
  keyed: true,
  body: researchRequest,
  response: z.object({
    briefId: z.string(),
    cache: z.string(),
    quality: z.number(),
    costUsd: usdOut,
    asOf: z.string(),
    synthetic: z.boolean(),
    sources: z.array(sourceItem),
    brief: briefSchema,
  }),
  handle: async ({ body, requestKey, context: { client } }) => {
    const { brief, ref } = await research(client, researchInput(body, `api:${requestKey}`));
    return { ...researchDocument(ref)!, brief: briefDocument(brief) };
  },
});

const summary = (brief: Brief) => ({
  briefId: brief.id,
  subject: brief.subject,
  market: shownMarket(brief.subject),
  kind: brief.kind,
  template: brief.template,
  quality: brief.quality,
  writtenBy: brief.writtenBy,
  costUsd: formatUsd(brief.costMicroUsd),
  synthetic: brief.synthetic,
  asOf: brief.asOf,
  createdAt: brief.createdAt,
  expiresAt: brief.expiresAt,
});

const briefSummary = z.object({
  briefId: z.string(),
  subject: z.string(),
  market: z.string().nullable(),
  kind: z.string(),
  template: z.string(),
  quality: z.number(),
  writtenBy: z.string(),
  costUsd: usdOut,
  synthetic: z.boolean(),
  asOf: z.string(),
  createdAt: z.string(),
  expiresAt: z.string(),
});

const listBriefs = operation({
  id: 'listBriefs',
  method: 'get',
  path: '/api/v1/briefs',
  tag: 'research',
  summary: 'Stored briefs, newest first',
  scope: 'read',
  query: z.object({
    world: worldField.default(LIVE_WORLD),
    subject: symbolField.optional(),
    limit: limitField,
    cursor: cursorField,
  }),
  response: z.object({ briefs: z.array(briefSummary.extend({ fresh: z.boolean() })), next: nextOut }),
  handle: async ({ query: { subject, cursor, ...filter }, context: { client } }) => {
    const briefs = await client.stores.briefs.list({
      ...filter,
      ...(cursor === undefined ? {} : { before: decodeCursor(cursor) }),
      ...(subject === undefined ? {} : { subject: normaliseSubject(toSubject(subject)) }),
    });
    return {
      briefs: await Promise.all(
        briefs.map(async (one) => ({ ...summary(one), fresh: await client.stores.briefs.isFresh(one.id) })),
      ),
      next: nextCursor(briefs, filter.limit, ({ createdAt, id }) => ({ at: createdAt, id })),
    };
  },
});

const getBrief = operation({
  id: 'getBrief',
  method: 'get',
  path: '/api/v1/briefs/{id}',
  tag: 'research',
  summary: 'One brief with its sources',
  scope: 'read',
  params: z.object({ id: idField }),
  response: briefSummary.extend({ brief: briefSchema }),
  handle: async ({ params, context: { client } }) => {
    const brief = await client.stores.briefs.get(params.id);
    if (!brief) throw notFound('brief', params.id);
    return { ...summary(brief), brief: briefDocument(brief) };
  },
});

export const researchOperations = [doResearch, listBriefs, getBrief];
