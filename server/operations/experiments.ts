// Experiments: create, list, read, stop.
import { z } from '@hono/zod-openapi';
import type { ConclaveClient } from '../../client/connect';
import { createExperiment, experimentDocument, stopExperiment } from '../../client/experiments';
import { longWord, plainNumber, promptText, shortWord, stopReason } from '../../client/fields';
import { EXPERIMENT_KINDS, EXPERIMENT_STATUSES, type ExperimentRow } from '../../db/experiment-store';
import { operation } from '../operation';
import { notFound } from '../problem';
import { idField, limitField, usdOut } from '../schemas/fields';

const TAG = 'experiments';

const experimentSchema = z
  .object({
    experimentId: z.string(),
    name: z.string(),
    world: z.string(),
    kind: z.enum(EXPERIMENT_KINDS),
    a: z.string(),
    b: z.string(),
    model: z.string().nullable(),
    category: z.string().nullable(),
    alpha: z.number(),
    status: z.enum(EXPERIMENT_STATUSES),
    better: z.enum(['undecided', 'a', 'b']),
    note: z.string(),
    asked: z.int(),
    answered: z.int(),
    scored: z.int(),
    blocks: z.int().openapi({ description: 'Independent values: questions that overlap in time are one.' }),
    difference: z.number().nullable().openapi({
      description: 'Mean Brier score of a minus that of b; above 0 means b is better.',
    }),
    low: z.number(),
    high: z.number(),
    costUsd: usdOut,
    budgetUsd: usdOut,
    createdAt: z.string(),
    endedAt: z.string().nullable(),
  })
  .openapi('Experiment');

const known = async (client: ConclaveClient, id: string): Promise<ExperimentRow> => {
  const row = await client.stores.experiments.get(id);
  if (!row) throw notFound('experiment', id);
  return row;
};

const create = operation({
  id: 'createExperiment',
  method: 'post',
  path: '/api/v1/experiments',
  tag: TAG,
  summary: 'Compares two arms on every matching decision from now on',
  scope: 'run',
  status: 201,
  keyed: true,
  body: z
    .strictObject({
      name: longWord,
      kind: longWord.openapi({ example: 'strategy' }),
      a: promptText.openapi({ example: 'weighted_vote' }),
      b: promptText.openapi({ example: 'consensus' }),
      model: longWord.optional(),
      category: longWord.optional(),
      budgetUsd: shortWord.optional().openapi({ example: '5' }),
      alpha: plainNumber.optional(),
      world: longWord.optional(),
    })
    .openapi('ExperimentRequest'),
  response: experimentSchema,
  handle: async ({ body, requestKey, context: { client } }) =>
    experimentDocument(client, await createExperiment(client, body, requestKey)),
});

const list = operation({
  id: 'listExperiments',
  method: 'get',
  path: '/api/v1/experiments',
  tag: TAG,
  summary: 'Experiments, newest first',
  scope: 'read',
  query: z.object({ limit: limitField }),
  response: z.object({ experiments: z.array(experimentSchema) }),
  handle: async ({ query, context: { client } }) => {
    const rows = await client.stores.experiments.list(query.limit);
    return { experiments: await Promise.all(rows.map((row) => experimentDocument(client, row))) };
  },
});

const get = operation({
  id: 'getExperiment',
  method: 'get',
  path: '/api/v1/experiments/{id}',
  tag: TAG,
  summary: 'One experiment with its interval, which holds however often one looks',
  scope: 'read',
  params: z.object({ id: idField }),
  response: experimentSchema,
  handle: async ({ params, context: { client } }) =>
    experimentDocument(client, await known(client, params.id)),
});

const stop = operation({
  id: 'stopExperiment',
  method: 'post',
  path: '/api/v1/experiments/{id}/stop',
  tag: TAG,
  summary: 'Stops an experiment before it is decided',
  scope: 'run',
  keyed: true,
  params: z.object({ id: idField }),
  body: z.strictObject({ reason: stopReason }).openapi('StopRequest'),
  response: experimentSchema,
  handle: async ({ params, body, begunBefore, context: { client } }) => {
    const row = await known(client, params.id);
    const done = begunBefore && row.status === 'stopped' && row.note === body.reason.trim();
    return experimentDocument(client, done ? row : await stopExperiment(client, row, body.reason));
  },
});

export const experimentOperations = [create, list, get, stop];
