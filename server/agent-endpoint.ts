// POST /mcp: the tools for other agents over HTTP, behind the same tokens and scopes as the API. Each request stands
// alone, so that any process can answer it and a restart forgets nothing.
import type { OpenAPIHono } from '@hono/zod-openapi';
import { modelAccess } from '../config/provider-settings';
import { askerOf, assertAccess } from './access';
import type { ServerContext } from './context';
import { Refusal } from './problem';

const PATH = '/mcp';

/** Loaded with the first request: most servers never get one. */
const agents = () =>
  require('../client/agents/agent-server') as typeof import('../client/agents/agent-server');

export const mountAgents = (app: OpenAPIHono, context: ServerContext): void => {
  app.post(PATH, async (c) => {
    c.set('operation' as never, 'mcp' as never);
    const scope = await assertAccess(context, askerOf(c), 'read');
    const { createAgentServer, createTransport } = agents();
    const { client, analystFolders, workers, version } = context;
    const access = modelAccess(context.providers);
    const caller = { client, scope, maxCostMicroUsd: null, analystFolders, workers, access };
    const server = createAgentServer(caller, version);
    const transport = createTransport();
    await server.connect(transport as Parameters<typeof server.connect>[0]);
    return transport.handleRequest(c.req.raw);
  });
  app.on(['GET', 'DELETE'], PATH, () => {
    throw new Refusal(405, 'Not allowed', 'There are no sessions here; accepted: POST', [], {
      allow: 'POST',
    });
  });
};
