// POST /webhooks/events: market events from other programs, signed by the Standard Webhooks scheme.
import { z } from '@hono/zod-openapi';
import { Webhook } from 'standardwebhooks';
import { sendMarketEvent } from '../client/events';
import { isWebhookSecret, WEBHOOK_SECRET_FORM } from '../config/webhook-secret';
import { parseMarketEvent } from '../domain/research/market-events';
import type { ServerContext } from './context';
import { type Operation, problemResponse } from './operation';
import { Refusal } from './problem';

const PATH = '/api/v1/webhooks/events';

/**
 * @throws Refusal 401 unless the body was signed with the secret within the last minutes, and 403 where no signature could
 * be right
 */
const verified = (secret: string | null, body: string, headers: Record<string, string>): unknown => {
  if (secret === null)
    throw new Refusal(
      403,
      'Webhooks off',
      'Signed events are not taken: set CONCLAVE_WEBHOOK_SECRET (or CONCLAVE_WEBHOOK_SECRET_FILE) and restart',
    );
  if (!isWebhookSecret(secret))
    throw new Refusal(
      403,
      'Webhooks off',
      `CONCLAVE_WEBHOOK_SECRET has not the accepted form: ${WEBHOOK_SECRET_FORM}`,
    );
  try {
    return new Webhook(secret).verify(body, headers);
  } catch {
    throw new Refusal(
      401,
      'Signature wrong',
      'webhook-id, webhook-timestamp and webhook-signature do not fit the body',
    );
  }
};

const receive = async (context: ServerContext, body: string, headers: Record<string, string>) => {
  const event = verified(context.webhookSecret, body, headers);
  const withId =
    typeof event === 'object' && event !== null && !Array.isArray(event)
      ? { id: headers['webhook-id'], ...event }
      : event;
  parseMarketEvent(withId, { receivedAt: new Date().toISOString() });
  await context.workers.assertPresent();
  return sendMarketEvent(context.client, withId as Parameters<typeof sendMarketEvent>[1]);
};

export const eventWebhook: Operation = {
  id: 'eventWebhook',
  scope: null,
  mount: (app, context) => {
    app.openAPIRegistry.registerPath({
      method: 'post',
      path: PATH,
      operationId: 'eventWebhook',
      summary: 'A market event signed by the Standard Webhooks scheme; its webhook-id counts once',
      tags: ['events'],
      security: [],
      'x-conclave-scope': 'none',
      request: {
        headers: z.object({
          'webhook-id': z.string(),
          'webhook-timestamp': z.string(),
          'webhook-signature': z.string(),
        }),
        body: { required: true, content: { 'application/json': { schema: z.object({}).loose() } } },
      },
      responses: {
        200: {
          description: 'The epoch is committed',
          content: { 'application/json': { schema: z.object({}).loose() } },
        },
        default: problemResponse('Any refusal'),
      },
    });
    app.post(PATH, async (c) =>
      c.json(await receive(context, await c.req.text(), c.req.header() as Record<string, string>)),
    );
  },
};
