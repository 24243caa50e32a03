// What a market session would cost before it runs.
import { z } from '@hono/zod-openapi';
import { estimatedSession, sessionEstimateInput, sessionPlan } from '../../client/session-estimate';
import { modelAccess } from '../../config/provider-settings';
import { operation } from '../operation';
import { usdOut } from '../schemas/fields';

const atMost = usdOut.openapi({
  description:
    'US dollars with six places, where each call is made once: one that fails is made again, within the caps',
});

const estimateSession = operation({
  id: 'estimateSession',
  method: 'post',
  path: '/api/v1/sessions/estimate',
  tag: 'money',
  summary: 'What a session over these symbols by these members would cost; nothing is asked, paid or written',
  scope: 'read',
  body: sessionEstimateInput.openapi('SessionEstimateRequest'),
  response: z.object({
    symbols: z.int(),
    stage: z.string(),
    lines: z.array(
      z.object({
        what: z.string(),
        model: z.string(),
        calls: z.int(),
        expectedUsd: usdOut,
        atMostUsd: atMost,
      }),
    ),
    expectedUsd: usdOut,
    atMostUsd: atMost,
    savedBySharedResearchUsd: usdOut,
  }),
  handle: ({ body, context: { client, providers } }) =>
    estimatedSession(client, sessionPlan(body), modelAccess(providers)),
});

export const sessionEstimateOperations = [estimateSession];
