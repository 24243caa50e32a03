// Single tasks: run one on the model that the desk picks, read it, rate its result.
import { z } from '@hono/zod-openapi';
import { askDocument, rateTask, startTask, taskDocument } from '../../client/ask';
import type { ConclaveClient } from '../../client/connect';
import { longWord, promptText, shortNote, shortWord, taskRating } from '../../client/fields';
import type { TaskRunRow } from '../../db/task-run-store';
import { operation } from '../operation';
import { notFound } from '../problem';
import { idField, limitField, usdOut } from '../schemas/fields';

const TAG = 'tasks';

const taskSchema = z
  .object({
    runId: z.string(),
    task: z.string(),
    tier: z.string().nullable(),
    status: z.enum(['answered', 'failed']),
    failure: z.string().nullable(),
    model: z.string(),
    provider: z.string(),
    reason: z.string(),
    text: z.string().nullable(),
    costUsd: usdOut,
    latencyMs: z.int(),
    createdAt: z.string(),
    workflowUrl: z.string().nullable(),
  })
  .openapi('TaskRun');

const endedSchema = taskSchema.extend({
  problem: z.string().nullable().openapi({ description: 'Why no model answered, in one sentence' }),
});

const known = async (client: ConclaveClient, id: string): Promise<TaskRunRow> => {
  const row = await client.stores.taskRuns.get(id);
  if (!row) throw notFound('run', id);
  return row;
};

const ask = operation({
  id: 'ask',
  method: 'post',
  path: '/api/v1/tasks',
  tag: TAG,
  summary: 'Runs a task on the model that the desk picks and answers when it is done',
  scope: 'run',
  needsWorker: true,
  keyed: true,
  body: z
    .strictObject({
      task: shortWord.openapi({ example: 'summary' }),
      prompt: promptText,
      tier: shortWord.optional().openapi({ example: 'balanced' }),
      model: longWord.optional(),
    })
    .openapi('TaskRequest'),
  response: endedSchema.extend({
    others: z
      .array(endedSchema)
      .optional()
      .openapi({ description: 'Further models at the same task, where ensemble_tasks is on' }),
  }),
  handle: async ({ body, requestKey, context: { client, keysPresent } }) =>
    askDocument(client, await startTask(client, body, { requestKey, keysPresent })),
});

const list = operation({
  id: 'listTasks',
  method: 'get',
  path: '/api/v1/tasks',
  tag: TAG,
  summary: 'Task runs, newest first',
  scope: 'read',
  query: z.object({ limit: limitField }),
  response: z.object({ tasks: z.array(taskSchema) }),
  handle: async ({ query, context: { client } }) => {
    const rows = await client.stores.taskRuns.list(query.limit);
    return { tasks: await Promise.all(rows.map((row) => taskDocument(client, row))) };
  },
});

const get = operation({
  id: 'getTask',
  method: 'get',
  path: '/api/v1/tasks/{id}',
  tag: TAG,
  summary: 'One task run with its result',
  scope: 'read',
  params: z.object({ id: idField }),
  response: taskSchema,
  handle: async ({ params, context: { client } }) => taskDocument(client, await known(client, params.id)),
});

const rate = operation({
  id: 'rateTask',
  method: 'post',
  path: '/api/v1/tasks/{id}/rate',
  tag: TAG,
  summary: 'Rates a result, which moves the quality that its model has earned',
  scope: 'run',
  keyed: true,
  params: z.object({ id: idField }),
  body: z
    .strictObject({ rating: taskRating.openapi({ example: 8 }), note: shortNote.optional() })
    .openapi('TaskRating'),
  response: taskSchema,
  handle: async ({ params, body, onceKey, context: { client } }) => {
    const row = await known(client, params.id);
    await rateTask(client, row, body, onceKey);
    return taskDocument(client, row);
  },
});

export const askOperations = [ask, list, get, rate];
