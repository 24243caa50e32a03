// The API as one Hono app over its context; main.ts binds it to an address.
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { compress } from 'hono/compress';
import { redact } from '../config/redact';
import { askerOf, assertAccess } from './access';
import { mountAgents } from './agent-endpoint';
import { codecAccess, mayCallCodec } from './codec-origins';
import type { ServerContext } from './context';
import { decisionStream } from './decision-stream';
import { eventWebhook } from './event-webhook';
import { hostCheck } from './host-check';
import type { Operation } from './operation';
import { askOperations } from './operations/ask';
import { briefCacheOperations } from './operations/brief-cache';
import { codecOperations } from './operations/codec';
import { competitionDeskOperations } from './operations/competition-desk';
import { competitionOperations } from './operations/competitions';
import { decisionOperations } from './operations/decisions';
import { eventOperations } from './operations/events';
import { experimentOperations } from './operations/experiments';
import { healthOperations } from './operations/health';
import { modelDeskOperations } from './operations/model-desk';
import { modelOperations } from './operations/models';
import { moneyOperations } from './operations/money';
import { outcomeOperations } from './operations/outcomes';
import { panelOperations } from './operations/panels';
import { providerOperations } from './operations/providers';
import { reportOperations } from './operations/reports';
import { researchOperations } from './operations/research';
import { scheduleOperations } from './operations/schedules';
import { sessionEstimateOperations } from './operations/session-estimate';
import { sessionOperations } from './operations/sessions';
import { settingOperations } from './operations/settings';
import { tournamentOperations } from './operations/tournaments';
import { trackOperations } from './operations/track';
import { trackViewOperations } from './operations/track-views';
import { watchlistOperations } from './operations/watchlists';
import { worldOperations } from './operations/worlds';
import { panelStream } from './panel-stream';
import { problemOf, Refusal } from './problem';
import { sessionStream } from './session-stream';
import { mountDashboard, SECURITY_HEADERS } from './static-files';
import { tournamentStream } from './tournament-stream';

/** Every operation, in the order of the document. */
const OPERATIONS: readonly Operation[] = [
  ...sessionOperations,
  sessionStream,
  ...decisionOperations,
  decisionStream,
  ...askOperations,
  ...tournamentOperations,
  tournamentStream,
  ...experimentOperations,
  ...researchOperations,
  ...briefCacheOperations,
  ...eventOperations,
  eventWebhook,
  ...trackOperations,
  ...trackViewOperations,
  ...outcomeOperations,
  ...worldOperations,
  ...panelOperations,
  panelStream,
  ...watchlistOperations,
  ...scheduleOperations,
  ...competitionOperations,
  ...competitionDeskOperations,
  ...reportOperations,
  ...moneyOperations,
  ...sessionEstimateOperations,
  ...modelOperations,
  ...providerOperations,
  ...modelDeskOperations,
  ...settingOperations,
  ...healthOperations,
  ...codecOperations,
];

/** Larger than any watchlist or model entry. */
const MOST_BODY_BYTES = 1024 * 1024;

const answerProblem = (c: Context, context: ServerContext, error: unknown): Response => {
  const { body, headers, log } = problemOf(error);
  if (log)
    context.logger.error(
      {
        path: c.req.path,
        error: redact(error instanceof Error ? (error.stack ?? error.message) : String(error)),
      },
      'request failed',
    );
  return c.body(JSON.stringify(body), body.status as 500, {
    ...headers,
    'Content-Type': 'application/problem+json',
  });
};

const watchRequests = (app: OpenAPIHono, context: ServerContext): void => {
  app.use('*', async (c, next) => {
    const begun = performance.now();
    await next();
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.res.headers.set(name, value);
    const operation = (c.get('operation' as never) as string | undefined) ?? 'other';
    context.metrics.observe({ operation, status: c.res.status, seconds: (performance.now() - begun) / 1000 });
  });
};

/**
 * Takes in what a refused request still sends, at most the limit of a body: left unread, it would make Node cut the
 * connection half a second later, in the middle of the answer to the caller's next request.
 */
const readToTheEnd: MiddlewareHandler = async (c, next) => {
  await next();
  const { raw } = c.req;
  if (raw.body && !raw.bodyUsed) await raw.arrayBuffer().catch(() => undefined);
};

const mountDocument = (app: OpenAPIHono, context: ServerContext): void => {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  app.get('/api/v1/openapi.json', (c) =>
    c.json(
      app.getOpenAPI31Document({
        openapi: '3.1.0',
        info: {
          title: 'Conclave',
          version: context.version,
          description: 'Durable, multi-model research and decisions. Errors are RFC 9457 problems.',
        },
      }),
    ),
  );
  app.get('/metrics', async (c) => {
    await assertAccess(context, askerOf(c), 'read');
    return c.body(await context.metrics.text(), 200, { 'Content-Type': context.metrics.contentType });
  });
};

export const createApp = (context: ServerContext): OpenAPIHono => {
  const app = new OpenAPIHono();
  app.onError((error, c) => answerProblem(c, context, error));
  app.notFound((c) =>
    answerProblem(
      c,
      context,
      new Refusal(404, 'Not found', `${c.req.method} ${c.req.path.slice(0, 200)} is not served`),
    ),
  );
  watchRequests(app, context);
  app.use(
    '*',
    hostCheck(context.allowedHosts, (call) => mayCallCodec(context.codecOrigins, call)),
  );
  app.use('*', codecAccess(context.codecOrigins));
  app.use('*', compress());
  app.use(
    '*',
    bodyLimit({
      maxSize: MOST_BODY_BYTES,
      onError: () => {
        throw new Refusal(413, 'Too large', `The body is larger than ${MOST_BODY_BYTES} bytes`, [], {
          connection: 'close',
        });
      },
    }),
  );
  app.use('*', readToTheEnd);
  for (const operation of OPERATIONS) operation.mount(app, context);
  mountDocument(app, context);
  mountAgents(app, context);
  mountDashboard(app);
  return app;
};
