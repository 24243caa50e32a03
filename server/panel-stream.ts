// GET /panels/{id}/stream: how far a panel is, as server-sent events. Each event is the whole state, so that a
// client that was cut off needs no place to resume from.
import { z } from '@hono/zod-openapi';
import { streamSSE } from 'hono/streaming';
import type { ConclaveClient } from '../client/connect';
import type { PanelProgress } from '../workflows/contracts/panel';
import { askerOf, assertAccess } from './access';
import type { Operation } from './operation';
import { honoPath, problemResponse } from './operation';
import { notFound } from './problem';

/** As often as a running session is looked at. */
const LOOK_MS = 250;
const PATH = '/api/v1/panels/{id}/stream';

/** `done` once the panel is stored; null where there is none, or its workflow does not answer just now. */
const lookAt = async (client: ConclaveClient, id: string): Promise<PanelProgress | 'done' | null> => {
  if (await client.stores.panels.get(id)) return 'done';
  if (!id.startsWith('panel:')) return null;
  const handle = client.temporal.workflow.getHandle(id);
  return handle.query<PanelProgress>('progress').catch(() => null);
};

export const panelStream: Operation = {
  id: 'streamPanel',
  scope: 'read',
  mount: (app, context) => {
    app.openAPIRegistry.registerPath({
      method: 'get',
      path: PATH,
      operationId: 'streamPanel',
      summary: "A panel's progress as server-sent events",
      tags: ['panels'],
      security: [{ bearer: [] }, {}],
      'x-conclave-scope': 'read',
      request: { params: z.object({ id: z.string() }) },
      responses: {
        200: {
          description: 'Events `progress` (the whole state, at each change) and `end`',
          content: { 'text/event-stream': { schema: z.string() } },
        },
        default: problemResponse('Any refusal'),
      },
    });
    app.get(honoPath(PATH), async (c) => {
      await assertAccess(context, askerOf(c), 'read');
      const id = c.req.param('id') ?? '';
      const first = /^[^\0]{1,500}$/.test(id) ? await lookAt(context.client, id) : null;
      if (first === null) throw notFound('panel', id);
      c.header('X-Accel-Buffering', 'no');
      return streamSSE(c, async (stream) => {
        let sent = '';
        for (let look: typeof first | null = first; !stream.aborted; ) {
          if (look === 'done') {
            await stream.writeSSE({ event: 'end', data: JSON.stringify({ panelId: id }) });
            return;
          }
          const data = JSON.stringify(look);
          if (look && data !== sent) await stream.writeSSE({ event: 'progress', data });
          if (look) sent = data;
          await stream.sleep(LOOK_MS);
          look = await lookAt(context.client, id).catch(() => null);
        }
      });
    });
  },
};
