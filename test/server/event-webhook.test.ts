// Signed events: a secret that nothing can be signed with is named, where every signature would seem wrong.
import { createApp } from '../../server/app';
import { serverContextWithoutStores } from '../support/server-context';

const post = async (webhookSecret: string | null) => {
  const answer = await createApp(serverContextWithoutStores({ webhookSecret })).request(
    'http://localhost/api/v1/webhooks/events',
    {
      method: 'POST',
      headers: { host: 'localhost', 'content-type': 'application/json', 'webhook-id': 'a' },
      body: '{}',
    },
  );
  return { status: answer.status, text: await answer.text() };
};

it.each(['my-webhook-secret', 'whsec_abcd', `whsec_${'a'.repeat(41)}`])(
  'the secret %s is refused with the accepted form, and not shown',
  async (secret) => {
    const { status, text } = await post(secret);
    expect([status, text]).toEqual([403, expect.stringContaining('base64 of 24 bytes or more')]);
    expect(text).not.toContain(secret);
  },
);

it('with a good secret a wrong signature is what is wrong', async () => {
  expect(await post(`whsec_${Buffer.alloc(24, 7).toString('base64')}`)).toMatchObject({ status: 401 });
  expect(await post(null)).toMatchObject({ status: 403, text: expect.stringContaining('_FILE') });
});
