// Is it alive, is it ready, what does it know of itself.
import { z } from '@hono/zod-openapi';
import { workersAtWork } from '../../client/worker-presence';
import { operation } from '../operation';
import { Refusal } from '../problem';

const healthz = operation({
  id: 'healthz',
  method: 'get',
  path: '/healthz',
  tag: 'health',
  summary: 'The process answers',
  scope: null,
  response: z.object({ status: z.literal('ok') }),
  handle: async () => ({ status: 'ok' as const }),
});

const READY_MS = 3_000;

const answersIn = async (work: Promise<unknown>): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), READY_MS);
  });
  try {
    return await Promise.race([
      work.then(
        () => true,
        () => false,
      ),
      late,
    ]);
  } finally {
    clearTimeout(timer);
  }
};

const readyz = operation({
  id: 'readyz',
  method: 'get',
  path: '/readyz',
  tag: 'health',
  summary: 'Postgres and Temporal answer',
  scope: null,
  response: z.object({ status: z.literal('ready') }),
  handle: async ({ context: { client } }) => {
    const [postgres, temporal] = await Promise.all([
      answersIn(client.stores.briefs.size()),
      answersIn(client.temporal.connection.workflowService.getSystemInfo({})),
    ]);
    if (postgres && temporal) return { status: 'ready' as const };
    const down = [postgres ? [] : ['Postgres'], temporal ? [] : ['Temporal']].flat().join(' and ');
    throw new Refusal(503, 'Not ready', `${down} does not answer`, [], { 'retry-after': '5' });
  },
});

const about = operation({
  id: 'about',
  method: 'get',
  path: '/api/v1/about',
  tag: 'health',
  summary: 'Version, mode, workers at work and where Temporal shows its workflows',
  scope: 'read',
  response: z.object({
    version: z.string(),
    mode: z.string(),
    workers: z
      .int()
      .openapi({ description: 'Workers that take work; 0 a few seconds after the last was lost' }),
    temporalUi: z.string().nullable(),
  }),
  handle: async ({ context: { client, version } }) => ({
    version,
    mode: (await client.stores.modes.current())?.mode ?? 'normal',
    workers: await workersAtWork(client),
    temporalUi: client.uiUrl && `${client.uiUrl}/namespaces/${client.namespace}/workflows`,
  }),
});

export const healthOperations = [healthz, readyz, about];
