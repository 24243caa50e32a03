// Decisions: list, read, start.
import { z } from '@hono/zod-openapi';
import { WorkflowNotFoundError } from '@temporalio/client';
import { type ConclaveClient, workflowUrl } from '../../client/connect';
import { answerSoFar, startDecision } from '../../client/decisions';
import { checkModels } from '../../client/inputs';
import { explainedDecision, listDecisions, storedDecision } from '../../client/stored-decisions';
import { decisionInput } from '../../client/work-inputs';
import { toSubject } from '../../domain/market/subject';
import type { DecisionProgress } from '../../workflows/contracts/decision';
import { operation } from '../operation';
import { present } from '../present';
import { notFound, Refusal } from '../problem';
import {
  decisionQuery,
  decisionRequest,
  earlyAnswerSchema,
  explainedDecisionSchema,
  failedDecisionSchema,
  runningDecisionSchema,
  storedDecisionSchema,
  wholeDecisionSchema,
} from '../schemas/decisions';
import { idField, limitField } from '../schemas/fields';
import { unrecorded } from '../unrecorded';

const list = operation({
  id: 'listDecisions',
  method: 'get',
  path: '/api/v1/decisions',
  tag: 'decisions',
  summary: 'Decisions, newest first',
  scope: 'read',
  query: decisionQuery.extend({ limit: limitField, cursor: z.string().max(1000).optional() }),
  response: z.object({ decisions: z.array(storedDecisionSchema), next: z.string().nullable() }),
  handle: async ({ query, context: { client } }) => {
    const { subject, ...filter } = query;
    return listDecisions(client, {
      ...present(filter),
      ...(subject === undefined ? {} : { subject: toSubject(subject) }),
    });
  },
});

/** Under way, or over without a row. It may have got its row between the two looks. */
const unstoredDecision = async (client: ConclaveClient, id: string) => {
  const found = await unrecorded<DecisionProgress>(client, 'decision', id);
  const known = { decisionId: id, workflowUrl: workflowUrl(client, id) };
  if ('progress' in found) {
    const { stage, members } = found.progress;
    return { ...known, status: 'running' as const, stage, members };
  }
  return (await storedDecision(client, id)) ?? { ...known, status: 'failed' as const, ...found };
};

const getDecision = operation({
  id: 'getDecision',
  method: 'get',
  path: '/api/v1/decisions/{id}',
  tag: 'decisions',
  summary: 'One decision with everything that explains it, how far it is, or why it failed',
  scope: 'read',
  params: z.object({ id: idField }),
  response: z.union([wholeDecisionSchema, runningDecisionSchema, failedDecisionSchema]),
  handle: async ({ params, context: { client } }) => {
    const stored = await storedDecision(client, params.id);
    if (stored) return stored;
    if (!params.id.startsWith('decision:')) throw notFound('decision', params.id);
    return unstoredDecision(client, params.id);
  },
});

const getEarlyAnswer = operation({
  id: 'getEarlyAnswer',
  method: 'get',
  path: '/api/v1/decisions/{id}/early',
  tag: 'decisions',
  summary: 'What a lower stage says while a higher one runs; 409 before any has answered',
  scope: 'read',
  params: z.object({ id: idField }),
  response: earlyAnswerSchema,
  handle: async ({ params: { id }, context: { client } }) => {
    if (!id.startsWith('decision:')) throw notFound('decision', id);
    const answer = await answerSoFar(client, id).catch((error: unknown) => {
      throw error instanceof WorkflowNotFoundError ? notFound('decision', id) : error;
    });
    if (answer) return answer;
    throw new Refusal(409, 'No answer yet', `decision ${JSON.stringify(id)} has no answer of any stage`);
  },
});

const decide = operation({
  id: 'startDecision',
  method: 'post',
  path: '/api/v1/decisions',
  tag: 'decisions',
  summary: 'Starts a decision and answers at once; read it by its id',
  scope: 'run',
  needsWorker: true,
  status: 202,
  keyed: true,
  body: decisionRequest,
  response: z.object({ decisionId: z.string(), workflowUrl: z.string().nullable() }),
  handle: async ({ body, requestKey, context: { client } }) => {
    const input = decisionInput(body);
    await checkModels(client, input.members);
    const { decisionId } = await startDecision(client, input, requestKey);
    return { decisionId, workflowUrl: workflowUrl(client, decisionId) };
  },
});

const decideAndWait = operation({
  id: 'decide',
  method: 'post',
  path: '/api/v1/decide',
  tag: 'decisions',
  summary: 'Starts a decision and answers when it is made',
  scope: 'run',
  needsWorker: true,
  keyed: true,
  body: decisionRequest,
  response: explainedDecisionSchema,
  handle: async ({ body, requestKey, context: { client } }) => {
    const input = decisionInput(body);
    await checkModels(client, input.members);
    const decision = await startDecision(client, input, requestKey);
    return explainedDecision(client, await decision.recorded());
  },
});

export const decisionOperations = [list, getDecision, getEarlyAnswer, decide, decideAndWait];
