// Streams that are open: so many for one caller, and none longer than the right to read it. A stream asks on and on by
// itself, so that a limit on requests alone would not hold.
import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import { askerOf, hasAccess } from './access';
import type { ServerContext } from './context';
import { Refusal } from './problem';

/** In one process. Far beyond a desk with many pages open. */
const MOST_STREAMS = 50;
/** How long a stream may outlive its token. */
const ACCESS_MS = 15_000;

export interface OpenStreams {
  /** @returns what to call at the stream's end. @throws Refusal 429 where the caller has too many */
  enter(caller: string): () => void;
  readonly accessMs: number;
}

export const createOpenStreams = ({ most = MOST_STREAMS, accessMs = ACCESS_MS } = {}): OpenStreams => {
  const open = new Map<string, number>();
  const enter = (caller: string): (() => void) => {
    const count = open.get(caller) ?? 0;
    if (count >= most)
      throw new Refusal(
        429,
        'Too many streams',
        `${most} streams are open; close one, or read without a stream`,
      );
    open.set(caller, count + 1);
    return () => {
      const left = (open.get(caller) ?? 1) - 1;
      if (left > 0) open.set(caller, left);
      else open.delete(caller);
    };
  };
  return { enter, accessMs };
};

/** The token, or the address where none is needed; no token stays in memory. */
const callerOf = ({ authorization, address }: ReturnType<typeof askerOf>): string =>
  authorization === undefined
    ? `at ${address ?? 'unknown'}`
    : createHash('sha256').update(authorization).digest('hex');

/**
 * Answers with a stream that `pump` fills; it is ended when its caller may read no more.
 * @throws Refusal 429
 */
export const openStream = (
  context: Pick<ServerContext, 'client' | 'loopback' | 'streams'>,
  c: Context,
  pump: (stream: SSEStreamingApi) => Promise<void>,
): Response => {
  // Its body is dropped unread, so that nothing would ever end the stream.
  if (c.req.method === 'HEAD')
    return c.body(null, 200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
  const asker = askerOf(c);
  const leave = context.streams.enter(callerOf(asker));
  return streamSSE(c, async (stream) => {
    const watch = setInterval(
      () => void hasAccess(context, asker, 'read').then((may) => may || stream.abort()),
      context.streams.accessMs,
    );
    try {
      await pump(stream);
    } finally {
      clearInterval(watch);
      leave();
    }
  });
};
