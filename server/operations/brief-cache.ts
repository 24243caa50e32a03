// What shared briefs save.
import { z } from '@hono/zod-openapi';
import { cacheGroup } from '../../client/fields';
import { formatUsd } from '../../domain/money/micro-usd';
import { LIVE_WORLD } from '../../domain/world';
import { operation } from '../operation';
import { usdOut, worldField } from '../schemas/fields';

const cacheMetrics = operation({
  id: 'cacheMetrics',
  method: 'get',
  path: '/api/v1/cache',
  tag: 'research',
  summary: 'Hits, joins and misses of the shared briefs, and what they saved',
  scope: 'read',
  query: z.object({
    world: worldField.default(LIVE_WORLD),
    by: cacheGroup.default('overall'),
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

export const briefCacheOperations = [cacheMetrics];
