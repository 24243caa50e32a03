// Panels of analysts: start, list, read.
import { z } from '@hono/zod-openapi';
import { type ConclaveClient, workflowUrl } from '../../client/connect';
import { deadlineSeconds, modelName, panelAnalysts, panelQuorum, panelSymbols } from '../../client/fields';
import { BadInput, checkModels } from '../../client/inputs';
import { panelDocument, readAnalysts, startPanel } from '../../client/panel';
import { panelRequest } from '../../client/work-inputs';
import { decodeCursor, nextCursor } from '../../db/page-cursor';
import { LIVE_WORLD } from '../../domain/world';
import type { PanelProgress } from '../../workflows/contracts/panel';
import { operation } from '../operation';
import { notFound } from '../problem';
import {
  asOfField,
  cursorField,
  horizonField,
  idField,
  limitField,
  nextOut,
  researchKindField,
  templateField,
  textList,
  usdOut,
  worldField,
} from '../schemas/fields';
import { unrecorded } from '../unrecorded';

const panelBody = z
  .strictObject({
    symbols: panelSymbols,
    analysts: panelAnalysts.optional(),
    model: modelName.optional(),
    quorum: panelQuorum.optional(),
    deadlineSeconds: deadlineSeconds.optional(),
    asOf: asOfField.optional(),
    world: worldField.optional(),
    horizonDays: horizonField.default(5),
    kind: researchKindField.default('complete'),
    template: templateField.default('swing'),
    refresh: z.boolean().default(false),
  })
  .openapi('PanelRequest');

const start = operation({
  id: 'startPanel',
  method: 'post',
  path: '/api/v1/panels',
  tag: 'panels',
  summary: 'Asks analysts side by side and answers at once; read the panel by its id',
  scope: 'run',
  status: 202,
  keyed: true,
  needsWorker: true,
  body: panelBody,
  response: z.object({ panelId: z.string(), workflowUrl: z.string().nullable() }),
  handle: async ({ body: { analysts: ids, ...fields }, requestKey, context: { client, analystFolders } }) => {
    const analysts = readAnalysts(analystFolders, ids ?? null);
    if (fields.quorum !== undefined && fields.quorum > analysts.length)
      throw new BadInput(`quorum is ${fields.quorum}; accepted: at most ${analysts.length}, the analysts`);
    await checkModels(client, fields.model && fields.model !== 'house' ? [fields.model] : null);
    const { panelId } = await startPanel(client, panelRequest(fields), analysts, requestKey);
    return { panelId, workflowUrl: workflowUrl(client, panelId) };
  },
});

const summarySchema = z.object({
  panelId: z.string(),
  subjects: textList,
  status: z.string(),
  model: z.string(),
  asked: z.int(),
  answered: z.int(),
  abstained: z.int(),
  failed: z.int(),
  synthetic: z.boolean(),
  createdAt: z.string(),
});

const list = operation({
  id: 'listPanels',
  method: 'get',
  path: '/api/v1/panels',
  tag: 'panels',
  summary: 'Panels, newest first',
  scope: 'read',
  query: z.object({ world: worldField.default(LIVE_WORLD), limit: limitField, cursor: cursorField }),
  response: z.object({ panels: z.array(summarySchema), next: nextOut }),
  handle: async ({ query: { world, limit, cursor }, context: { client } }) => {
    const before = cursor === undefined ? undefined : decodeCursor(cursor);
    const rows = await client.stores.panels.list(world, limit, before);
    const next = nextCursor(rows, limit, ({ createdAt, id }) => ({ at: createdAt, id }));
    return {
      panels: rows.map(
        ({ id, portfolio, status, model, asked, answered, abstained, failed, synthetic, createdAt }) => ({
          ...{ panelId: id, subjects: portfolio.map(({ subject }) => subject).sort(), status, model, asked },
          ...{ answered, abstained, failed, synthetic, createdAt },
        }),
      ),
      next,
    };
  },
});

const predictionSchema = z.object({
  subject: z.string(),
  analyst: z.string(),
  group: z.string(),
  status: z.string(),
  failure: z.string().nullable(),
  probability: z.number().nullable(),
  signal: z.string().nullable(),
  confidence: z.number().nullable(),
  reasons: textList,
  model: z.string().nullable(),
  costUsd: usdOut.nullable(),
  latencyMs: z.number().nullable(),
});

const storedPanel = async (client: ConclaveClient, id: string) => ({
  ...(await panelDocument(client, id)),
  workflowUrl: workflowUrl(client, id),
});

/** Under way, or over without a row. It may have got its row between the two looks. */
const unstoredPanel = async (client: ConclaveClient, id: string) => {
  const found = await unrecorded<PanelProgress>(client, 'panel', id);
  const known = { panelId: id, workflowUrl: workflowUrl(client, id) };
  if ('progress' in found) return { ...known, status: 'running' as const, progress: { ...found.progress } };
  if (await client.stores.panels.get(id)) return storedPanel(client, id);
  return { ...known, status: 'failed' as const, ...found };
};

const get = operation({
  id: 'getPanel',
  method: 'get',
  path: '/api/v1/panels/{id}',
  tag: 'panels',
  summary: 'One panel with every analyst, how far it is, or why it failed',
  scope: 'read',
  params: z.object({ id: idField }),
  response: z.union([
    z.looseObject({
      panelId: z.string(),
      world: z.string(),
      status: z.string(),
      predictions: z.array(z.looseObject(predictionSchema.shape)),
      notes: textList,
    }),
    z.looseObject({ panelId: z.string(), status: z.literal('running'), progress: z.looseObject({}) }),
    z.looseObject({ panelId: z.string(), status: z.literal('failed'), failure: z.string() }),
  ]),
  handle: async ({ params: { id }, context: { client } }) => {
    if (await client.stores.panels.get(id)) return storedPanel(client, id);
    if (!id.startsWith('panel:')) throw notFound('panel', id);
    return unstoredPanel(client, id);
  },
});

export const panelOperations = [start, list, get];
