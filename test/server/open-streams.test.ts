// Streams are counted by caller, and end with the right to read them.
import { Hono } from 'hono';
import type { ServerContext } from '../../server/context';
import { createOpenStreams, openStream } from '../../server/open-streams';

/** An app of one stream that ends when it is told to; tokens are live for so many looks. */
const streaming = ({ lives }: { readonly lives: number }) => {
  let looks = 0;
  let endAll = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    endAll = resolve;
  });
  const context = {
    client: {
      stores: {
        apiTokens: {
          any: async () => true,
          use: async () => {
            looks += 1;
            return looks <= lives ? { id: 't', scope: 'read' } : null;
          },
        },
      },
    },
    loopback: true,
    streams: createOpenStreams({ most: 2, accessMs: 20 }),
  } as unknown as ServerContext;
  const app = new Hono();
  app.onError((error, c) => c.json({ title: (error as { title?: string }).title }, 429));
  app.get('/', (c) =>
    openStream(context, c, async (stream) => {
      await stream.write('data: begun\n\n');
      await Promise.race([ended, new Promise<void>((resolve) => stream.onAbort(resolve))]);
    }),
  );
  const ask = (token: string, method = 'GET') =>
    app.request('/', { method, headers: { authorization: `Bearer ${token}` } });
  return { ask, endAll, looks: () => looks };
};

it('a caller has so many open and no more, until one has ended', async () => {
  const { ask, endAll } = streaming({ lives: Number.POSITIVE_INFINITY });
  const opened = await Promise.all([ask('aaaaaaaa'), ask('aaaaaaaa')]);
  expect((await ask('aaaaaaaa')).status).toBe(429);
  const other = await ask('bbbbbbbb');
  expect(other.status).toBe(200);
  endAll();
  await Promise.all([...opened, other].map((answer) => answer.text()));
  const next = await ask('aaaaaaaa');
  expect(next.status).toBe(200);
  await next.text();
});

it('whoever asks for the headers alone has no stream open', async () => {
  const { ask, endAll } = streaming({ lives: Number.POSITIVE_INFINITY });
  for (const answer of await Promise.all([1, 2, 3].map(() => ask('aaaaaaaa', 'HEAD')))) {
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
  }
  const opened = await Promise.all([ask('aaaaaaaa'), ask('aaaaaaaa')]);
  expect(opened.map(({ status }) => status)).toEqual([200, 200]);
  endAll();
  await Promise.all(opened.map((answer) => answer.text()));
});

it('a stream ends when its token does, and no earlier', async () => {
  const { ask, looks } = streaming({ lives: 3 });
  expect(await (await ask('aaaaaaaa')).text()).toBe('data: begun\n\n');
  expect(looks()).toBe(4);
});
