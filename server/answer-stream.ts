// Server-sent events of runs whose answers land one by one: panels and tournaments. Every answer comes once, with an
// id; whoever was cut off sends the last id and gets what is missing, also after the run's end.
import { setTimeout } from 'node:timers/promises';
import { z } from '@hono/zod-openapi';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { SSEStreamingApi } from 'hono/streaming';
import type { ConclaveClient } from '../client/connect';
import { askerOf, assertAccess } from './access';
import { openStream } from './open-streams';
import { honoPath, type Operation, problemResponse } from './operation';
import { notFound } from './problem';
import { decodeSeen, encodeSeen } from './session-watch';
import { sharedLooks } from './shared-looks';

/** Half of what an event may take to the screen. */
const LOOK_MS = 250;
/** A comment now and then keeps proxies from closing a quiet stream: a dispute may wait for days. */
const KEEP_ALIVE_MS = 15_000;

/** Something that happened once. */
export interface Landed {
  /** The same in every look at a run: what was sent is remembered by it. */
  readonly place: number;
  readonly event: string;
  readonly data: unknown;
}

/** A run as it stands. */
export interface RunLook {
  readonly landed: readonly Landed[];
  /** The whole state, sent at each change; null where the workflow does not answer just now. */
  readonly progress: unknown;
  /** Data of the last event; null while it runs. */
  readonly end: unknown;
}

export interface RunEvent {
  /** Absent for snapshots, which a resumed stream sends anew. */
  readonly id?: string;
  readonly event: string;
  readonly data: unknown;
}

/** What one listener has not seen of a look. `seen` grows. */
export const runEvents = (
  { landed, progress, end }: RunLook,
  seen: Set<number>,
  lastProgress: string,
): readonly RunEvent[] => {
  const events: RunEvent[] = [];
  for (const { place, event, data } of landed) {
    if (seen.has(place)) continue;
    seen.add(place);
    events.push({ id: encodeSeen(seen), event, data });
  }
  if (progress !== null && JSON.stringify(progress) !== lastProgress)
    events.push({ event: 'progress', data: progress });
  if (end !== null) events.push({ event: 'end', data: end });
  return events;
};

/** A run that Temporal does not know is not there; any other fault is no word about it. */
const unlessUnknown = (error: unknown): null => {
  if (error instanceof WorkflowNotFoundError) return null;
  throw error;
};

type Look = () => Promise<RunLook | null>;

const pump = async (
  stream: SSEStreamingApi,
  look: Look,
  start: { readonly first: RunLook; readonly lastId: string | undefined },
): Promise<void> => {
  const seen = decodeSeen(start.lastId);
  let lastProgress = '';
  let writtenAt = Date.now();
  for (let found: RunLook | null = start.first; !stream.aborted; ) {
    for (const { id, event, data } of found ? runEvents(found, seen, lastProgress) : []) {
      if (event === 'progress') lastProgress = JSON.stringify(data);
      await stream.writeSSE({ event, data: JSON.stringify(data), ...(id ? { id } : {}) });
      writtenAt = Date.now();
      if (event === 'end') return;
    }
    if (Date.now() - writtenAt > KEEP_ALIVE_MS) {
      await stream.write(': still here\n\n');
      writtenAt = Date.now();
    }
    await setTimeout(LOOK_MS);
    found = await look().catch(() => null);
  }
};

export interface AnswerStreamForm {
  readonly id: string;
  /** `/api/v1/panels/{id}/stream`. */
  readonly path: string;
  readonly tag: string;
  /** As it stands in summaries and refusals: `panel`. */
  readonly what: string;
  /** Its events, for the document. */
  readonly events: string;
  /** Null: there is none of this id, as where Temporal throws that it knows none. */
  readonly look: (client: ConclaveClient, id: string) => Promise<RunLook | null>;
}

/** A stream as an operation of the API. */
export const answerStream = ({
  id: operationId,
  path,
  tag,
  what,
  events,
  look,
}: AnswerStreamForm): Operation => ({
  id: operationId,
  scope: 'read',
  mount: (app, context) => {
    const shared = sharedLooks((id) => look(context.client, id).catch(unlessUnknown));
    app.openAPIRegistry.registerPath({
      method: 'get',
      path,
      operationId,
      summary: `A ${what}'s progress as server-sent events; resumes after Last-Event-ID`,
      tags: [tag],
      security: [{ bearer: [] }, {}],
      'x-conclave-scope': 'read',
      request: {
        params: z.object({ id: z.string() }),
        headers: z.object({ 'last-event-id': z.string().optional() }),
      },
      responses: {
        200: { description: events, content: { 'text/event-stream': { schema: z.string() } } },
        default: problemResponse('Any refusal'),
      },
    });
    app.get(honoPath(path), async (c) => {
      c.set('operation' as never, operationId as never);
      await assertAccess(context, askerOf(c), 'read');
      const id = c.req.param('id') ?? '';
      const first = /^[^\0]{1,500}$/.test(id) ? await shared(id) : null;
      if (first === null) throw notFound(what, id);
      c.header('X-Accel-Buffering', 'no');
      return openStream(context, c, (stream) =>
        pump(stream, () => shared(id), { first, lastId: c.req.header('last-event-id') }),
      );
    });
  },
});
