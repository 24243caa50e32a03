// Research, briefs, what sharing saves, and market events.
import { z } from '@hono/zod-openapi';
import { briefDocument, researchDocument } from '../../client/documents';
import { sendMarketEvent } from '../../client/events';
import { BadInput, marketOf, readAsOf, readSubjects, worldOfPrices } from '../../client/inputs';
import { research } from '../../client/research';
import { decodeCountedCursor, decodeCursor, nextCursor } from '../../db/page-cursor';
import { toSubject } from '../../domain/market/subject';
import { formatUsd } from '../../domain/money/micro-usd';
import type { Brief } from '../../domain/research/brief';
import { normaliseSubject } from '../../domain/research/cache-key';
import { parseMarketEvent } from '../../domain/research/market-events';
import { LIVE_WORLD } from '../../domain/world';
import { operation } from '../operation';
import { present } from '../present';
import { notFound } from '../problem';
import {
  cursorField,
  idField,
  instantField,
  limitField,
  nextOut,
  researchKindField,
  symbolField,
  templateField,
  textList,
  usdOut,
  worldField,
} from '../schemas/fields';
import { shownMarket } from '../shown-market';

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
    asOf: z.string().min(10).max(40).optional(),
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
    const [subject, second] = readSubjects(body.symbol);
    if (!subject || second) throw new BadInput('symbol is not one symbol; accepted: one, such as AAPL');
    const asOf = body.asOf ? readAsOf(body.asOf, marketOf([subject]), 'pre_market') : null;
    const { brief, ref } = await research(client, {
      world: asOf ? worldOfPrices(null) : (body.world ?? LIVE_WORLD),
      asOf: asOf?.instant ?? null,
      subject,
      kind: body.kind,
      template: body.template,
      refresh: body.refresh,
      prices: null,
      sessionId: null,
      reader: `api:${requestKey}`,
      waiters: [],
    });
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

const cacheMetrics = operation({
  id: 'cacheMetrics',
  method: 'get',
  path: '/api/v1/cache',
  tag: 'research',
  summary: 'Hits, joins and misses of the shared briefs, and what they saved',
  scope: 'read',
  query: z.object({
    world: worldField.default(LIVE_WORLD),
    by: z.enum(['overall', 'subject', 'kind']).default('overall'),
  }),
  response: z.object({
    world: z.string(),
    size: z.object({ entries: z.int(), bytes: z.int() }),
    metrics: z.array(
      z.object({
        subject: z.string(),
        kind: z.string(),
        hits: z.int(),
        misses: z.int(),
        joins: z.int(),
        hitRate: z.number().nullable(),
        sessions: z.int(),
        averageQuality: z.number().nullable(),
        costUsd: usdOut,
        costSavedUsd: usdOut,
        netCostUsd: usdOut,
      }),
    ),
  }),
  handle: async ({ query, context: { client } }) => ({
    world: query.world,
    size: await client.stores.briefs.size(),
    metrics: (await client.stores.briefMetrics.metrics(query)).map(
      ({ costMicroUsd, costSavedMicroUsd, netCostMicroUsd, ...counts }) => ({
        ...counts,
        costUsd: formatUsd(costMicroUsd),
        costSavedUsd: formatUsd(costSavedMicroUsd),
        netCostUsd: formatUsd(netCostMicroUsd),
      }),
    ),
  }),
});

const eventRequest = z
  .strictObject({
    id: z.string().min(1).max(200).optional().openapi({ description: 'The same id counts once' }),
    type: z.string().min(1).max(64).openapi({ example: 'earnings' }),
    symbols: z.array(z.string().max(200)).max(1000).optional(),
    reason: z.string().min(1).max(2000),
    at: instantField.optional(),
    world: worldField.optional(),
    scope: z.enum(['symbols', 'everything']).optional(),
  })
  .openapi('EventRequest');

const sendEvent = operation({
  id: 'sendEvent',
  method: 'post',
  path: '/api/v1/events',
  tag: 'events',
  summary: 'A market event; answered once its epoch is committed, so that no reader gets a covered brief',
  scope: 'run',
  needsWorker: true,
  keyed: true,
  body: eventRequest,
  response: z.object({
    id: z.string(),
    type: z.string(),
    first: z.boolean(),
    epoch: z.int(),
    covers: z.union([z.literal('all'), textList]),
  }),
  handle: async ({ body, requestKey, context: { client } }) => {
    const event = { ...present(body), id: body.id ?? `api-${requestKey}` };
    parseMarketEvent(event, { receivedAt: new Date().toISOString() });
    return sendMarketEvent(client, event as Parameters<typeof sendMarketEvent>[1]);
  },
});

const listEvents = operation({
  id: 'listEvents',
  method: 'get',
  path: '/api/v1/events',
  tag: 'events',
  summary: 'Market events, newest first',
  scope: 'read',
  query: z.object({ world: worldField.optional(), limit: limitField, cursor: cursorField }),
  response: z.object({
    events: z.array(
      z.object({
        id: z.string(),
        seq: z.int(),
        type: z.string(),
        world: z.string().nullable(),
        everything: z.boolean(),
        subjects: textList,
        reason: z.string(),
        happenedAt: z.string(),
        recordedAt: z.string(),
      }),
    ),
    next: nextOut,
  }),
  handle: async ({ query: { cursor, ...query }, context: { client } }) => {
    const events = await client.stores.events.list({
      ...present(query),
      ...(cursor === undefined ? {} : { beforeSeq: decodeCountedCursor(cursor).id }),
    });
    const next = nextCursor(events, query.limit, ({ recordedAt, seq }) => ({
      at: recordedAt,
      id: String(seq),
    }));
    return { events, next };
  },
});

export const researchOperations = [doResearch, listBriefs, getBrief, cacheMetrics, sendEvent, listEvents];
