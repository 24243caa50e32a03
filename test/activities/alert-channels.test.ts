// What a message that could not leave says of it.
import { ChannelFailed, webhookChannel } from '../../activities/alert-channels';
import { startLocalServer } from '../sources/local-server';

const message = {
  id: 'a',
  event: { type: 't', timestamp: '2026-11-20T12:00:00Z', data: {} },
  subject: 's',
  text: 't',
};

it.each([
  ['no secret to sign with', null],
  ['the secret to sign with is no base64', 'my-webhook-secret'],
])('%s is the reason, before anything is sent', async (reason, secret) => {
  const channel = webhookChannel({ url: 'http://127.0.0.1:9/', readSecret: () => secret });
  await expect(channel.send(message)).rejects.toEqual(new ChannelFailed(reason));
});

it('an address that redirects is not followed, and named by its status', async () => {
  const other = await startLocalServer(() => ({ body: 'taken' }));
  const server = await startLocalServer(() => ({ status: 307, headers: { location: other.url } }));
  const readSecret = () => `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
  const channel = webhookChannel({ url: server.url, readSecret });
  await expect(channel.send(message)).rejects.toEqual(new ChannelFailed('status 307'));
  expect(server.asked).toHaveLength(1);
  expect(other.asked).toEqual([]);
  await Promise.all([server.close(), other.close()]);
});
