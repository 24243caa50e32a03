// Market events: reported by anyone, committed before the answer.
import { z } from '@hono/zod-openapi';
import { sendMarketEvent } from '../../client/events';
import { eventId, eventReason, eventScope, eventSymbols, eventType } from '../../client/fields';
import { decodeCountedCursor, nextCursor } from '../../db/page-cursor';
import { parseMarketEvent } from '../../domain/research/market-events';
import { operation } from '../operation';
import { present } from '../present';
import { cursorField, instantField, limitField, nextOut, textList, worldField } from '../schemas/fields';

const eventRequest = z
  .strictObject({
    id: eventId.optional().openapi({ description: 'The same id counts once' }),
    type: eventType.openapi({ example: 'earnings' }),
    symbols: eventSymbols.optional(),
    reason: eventReason,
    at: instantField.optional(),
    world: worldField.optional(),
    scope: eventScope.optional(),
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

export const eventOperations = [sendEvent, listEvents];
