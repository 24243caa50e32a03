// GET /sessions/{id}/stream: a session's progress as server-sent events, resumable by Last-Event-ID.
import { z } from '@hono/zod-openapi';
import type { SSEStreamingApi } from 'hono/streaming';
import { askerOf, assertAccess } from './access';
import { openStream } from './open-streams';
import type { Operation } from './operation';
import { honoPath, problemResponse } from './operation';
import { notFound } from './problem';
import { decodeSeen, eventsOf, type SessionLook } from './session-watch';

/** A comment now and then keeps proxies from closing a quiet stream. */
const KEEP_ALIVE_MS = 15_000;
const PATH = '/api/v1/sessions/{id}/stream';

type Follow = (listener: (look: SessionLook) => void) => () => void;

const pump = async (
  stream: SSEStreamingApi,
  follow: Follow,
  resumeFrom: string | undefined,
): Promise<void> => {
  const seen = decodeSeen(resumeFrom);
  let lastProgress = '';
  let writing: Promise<unknown> = Promise.resolve();
  await new Promise<void>((resolve) => {
    const write = (look: SessionLook): void => {
      for (const { id, event, data } of eventsOf(look, seen, lastProgress)) {
        if (event === 'progress') lastProgress = JSON.stringify(data);
        writing = writing
          .then(() => stream.writeSSE({ event, data: JSON.stringify(data), ...(id ? { id } : {}) }))
          .catch(() => undefined);
        if (event === 'end') finish();
      }
    };
    const alive = setInterval(
      () => void stream.write(': still here\n\n').catch(() => undefined),
      KEEP_ALIVE_MS,
    );
    const leave = follow(write);
    const finish = (): void => {
      clearInterval(alive);
      leave();
      resolve();
    };
    stream.onAbort(finish);
  });
  await writing;
};

export const sessionStream: Operation = {
  id: 'streamSession',
  scope: 'read',
  mount: (app, context) => {
    app.openAPIRegistry.registerPath({
      method: 'get',
      path: PATH,
      operationId: 'streamSession',
      summary: "A session's progress as server-sent events; resumes after Last-Event-ID",
      tags: ['sessions'],
      security: [{ bearer: [] }, {}],
      'x-conclave-scope': 'read',
      request: {
        params: z.object({ id: z.string() }),
        headers: z.object({ 'last-event-id': z.string().optional() }),
      },
      responses: {
        200: {
          description: 'Events `decision` (each once, with an id), `progress` (the whole state) and `end`',
          content: { 'text/event-stream': { schema: z.string() } },
        },
        default: problemResponse('Any refusal'),
      },
    });
    app.get(honoPath(PATH), async (c) => {
      await assertAccess(context, askerOf(c), 'read');
      const id = c.req.param('id') ?? '';
      if (!/^[^\0]{1,500}$/.test(id) || !(await context.client.stores.sessions.get(id)))
        throw notFound('session', id);
      c.header('X-Accel-Buffering', 'no');
      return openStream(context, c, (stream) =>
        pump(stream, (listener) => context.watch.follow(id, listener), c.req.header('last-event-id')),
      );
    });
  },
};
