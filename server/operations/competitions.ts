// Competitions: who takes part, the board, and the equity curves.
import { z } from '@hono/zod-openapi';
import { competitionDocument } from '../../client/competition-document';
import { decodeCursor, nextCursor } from '../../db/page-cursor';
import { operation } from '../operation';
import { notFound } from '../problem';
import { cursorField, idField, limitField, nextOut, textList } from '../schemas/fields';

const list = operation({
  id: 'listCompetitions',
  method: 'get',
  path: '/api/v1/competitions',
  tag: 'competition',
  summary: 'Competitions with where each stands, newest first',
  scope: 'read',
  query: z.object({ limit: limitField, cursor: cursorField }),
  response: z.object({
    competitions: z.array(
      z.object({
        competitionId: z.string(),
        world: z.string().nullable(),
        status: z.string(),
        createdAt: z.string(),
      }),
    ),
    next: nextOut,
  }),
  handle: async ({ query: { limit, cursor }, context: { client } }) => {
    const before = cursor === undefined ? undefined : decodeCursor(cursor);
    const rows = await client.stores.competitions.list({ limit, before });
    return {
      competitions: rows.map(({ id, world, status, createdAt }) => ({
        ...{ competitionId: id, world, status, createdAt },
      })),
      next: nextCursor(rows, limit, ({ createdAt, id }) => ({ at: createdAt, id })),
    };
  },
});

const get = operation({
  id: 'getCompetition',
  method: 'get',
  path: '/api/v1/competitions/{id}',
  tag: 'competition',
  summary: 'One competition: rules, board, orders and a snapshot per account and day',
  scope: 'read',
  params: z.object({ id: idField }),
  response: z.looseObject({
    competitionId: z.string(),
    world: z.string().nullable(),
    synthetic: z.boolean(),
    status: z.string(),
    symbols: textList,
    board: z.array(z.looseObject({ rank: z.int(), account: z.string(), kind: z.string() })),
    orders: z.array(z.looseObject({})),
    snapshots: z.array(z.looseObject({ account: z.string(), date: z.string() })),
    notes: textList,
  }),
  handle: async ({ params: { id }, context: { client } }) => {
    if (!(await client.stores.competitions.get(id))) throw notFound('competition', id);
    const document = await competitionDocument(client, id);
    return { ...document, notes: [...document.notes] };
  },
});

export const competitionOperations = [list, get];
