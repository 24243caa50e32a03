// What a request sends is taken in even where it is refused unread; else Node cuts its connection in the middle of the
// answer to the next request on it.
import { createApp } from '../../server/app';
import type { ServerContext } from '../../server/context';

const context = {
  client: { stores: { apiTokens: { any: async () => true } } },
  allowedHosts: new Set(['localhost']),
  codecOrigins: new Set<string>(),
  loopback: true,
  metrics: { observe: () => undefined },
  logger: { error: () => undefined },
} as unknown as ServerContext;

const BODY = JSON.stringify({ payloads: [{ data: 'A'.repeat(500_000) }] });

const post = (path: string): Request =>
  new Request(`http://localhost${path}`, {
    method: 'POST',
    headers: {
      ...{ host: 'localhost', 'content-type': 'application/json' },
      // As every client sends it; the check of the size then reads no further.
      'content-length': String(BODY.length),
    },
    body: BODY,
  });

it.each([
  ['without a token', '/api/v1/codec/decode', 401],
  ['to an address that is not served', '/api/v1/nothing', 404],
])('the body of a request %s is read to its end', async (_title, path, status) => {
  const request = post(path);
  const answer = await createApp(context).fetch(request);
  expect([answer.status, request.bodyUsed]).toEqual([status, true]);
});
