// Worlds: live work, the made-up tape, and each replay of a past day.
import { z } from '@hono/zod-openapi';
import { operation } from '../operation';

const list = operation({
  id: 'listWorlds',
  method: 'get',
  path: '/api/v1/worlds',
  tag: 'track record',
  summary: 'Worlds that have been entered; nothing is ever shared between two of them',
  scope: 'read',
  response: z.object({
    worlds: z.array(z.object({ world: z.string(), kind: z.string(), clockAt: z.string().nullable() })),
  }),
  handle: async ({ context: { client } }) => ({
    worlds: (await client.stores.worlds.list()).map(({ id, kind, clockAt }) => ({
      ...{ world: id, kind, clockAt },
    })),
  }),
});

export const worldOperations = [list];
