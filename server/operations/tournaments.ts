// Tournaments and reviews: start, list, read, decide.
import { z } from '@hono/zod-openapi';
import type { ConclaveClient } from '../../client/connect';
import { workflowUrl } from '../../client/connect';
import { personText, promptText, shortWord, tournamentModels, verdictWords } from '../../client/fields';
import { decideReview, findReview, listedReviews, ReviewClosed, shownReview } from '../../client/reviews';
import { startTournament, tournamentDocument } from '../../client/tournaments';
import type { ReviewRow } from '../../db/review-store';
import { TOURNAMENT_STATUSES } from '../../db/tournament-store';
import type { ReviewAnswer } from '../../domain/ensemble/review';
import { operation } from '../operation';
import { present } from '../present';
import { notFound, Refusal } from '../problem';
import { idField, limitField, textList, usdOut } from '../schemas/fields';

const memberSchema = z.object({
  model: z.string(),
  provider: z.string(),
  standsInFor: z.string().nullable(),
  status: z.enum(['answered', 'failed']),
  failure: z.string().nullable(),
  verdict: z.string().nullable(),
  probability: z.number().nullable(),
  confidence: z.number().nullable(),
  reasons: textList,
  costUsd: usdOut.nullable(),
  latencyMs: z.int(),
});

const tournamentSchema = z
  .object({
    tournamentId: z.string(),
    task: z.string(),
    prompt: z.string(),
    status: z.enum(TOURNAMENT_STATUSES),
    verdict: z.string().nullable(),
    confidence: z.enum(['high', 'reviewed', 'default']).nullable(),
    median: z.number().nullable(),
    why: textList,
    options: textList,
    default: z.string(),
    reviewId: z.string().nullable(),
    members: z.array(memberSchema),
    budgetUsd: usdOut.nullable(),
    costUsd: usdOut,
    createdAt: z.string(),
    endedAt: z.string().nullable(),
    workflowUrl: z.string().nullable(),
  })
  .openapi('Tournament');

const reviewSchema = z
  .object({
    reviewId: z.string(),
    targetKind: z.string(),
    targetId: z.string(),
    question: z.string(),
    options: textList,
    default: z.string(),
    status: z.enum(['waiting', 'answered', 'timed_out', 'cancelled']),
    verdict: z.string().nullable(),
    reviewer: z.string().nullable(),
    reason: z.string().nullable(),
    openedAt: z.string(),
    dueAt: z.string(),
    closedAt: z.string().nullable(),
    workflowUrl: z.string().nullable(),
    pending: z.string().nullable().openapi({
      description:
        'An answer that stands and is not carried out yet, and what it waits for; the default no longer comes',
    }),
  })
  .openapi('Review');

const start = operation({
  id: 'startTournament',
  method: 'post',
  path: '/api/v1/tournaments',
  tag: 'tournaments',
  summary: 'Asks several models about one critical task and answers at once; read it by its id',
  scope: 'run',
  needsWorker: true,
  status: 202,
  keyed: true,
  body: z
    .strictObject({
      task: shortWord.openapi({ example: 'risk_review' }),
      prompt: promptText,
      models: tournamentModels,
      options: verdictWords.optional(),
      default: shortWord.optional(),
      timeout: shortWord.optional().openapi({ example: '3d' }),
      budgetUsd: shortWord.optional().openapi({ example: '0.50' }),
    })
    .openapi('TournamentRequest'),
  response: z.object({ tournamentId: z.string(), workflowUrl: z.string().nullable() }),
  handle: async ({ body, requestKey, context: { client } }) => {
    const { task, prompt, models } = body;
    const { tournamentId } = await startTournament(
      client,
      { ...present(body), task, prompt, models },
      requestKey,
    );
    return { tournamentId, workflowUrl: workflowUrl(client, tournamentId) };
  },
});

const list = operation({
  id: 'listTournaments',
  method: 'get',
  path: '/api/v1/tournaments',
  tag: 'tournaments',
  summary: 'Tournaments, newest first',
  scope: 'read',
  query: z.object({ limit: limitField }),
  response: z.object({ tournaments: z.array(tournamentSchema) }),
  handle: async ({ query, context: { client } }) => {
    const rows = await client.stores.tournaments.list(query.limit);
    return { tournaments: await Promise.all(rows.map((row) => tournamentDocument(client, row))) };
  },
});

const get = operation({
  id: 'getTournament',
  method: 'get',
  path: '/api/v1/tournaments/{id}',
  tag: 'tournaments',
  summary: 'One tournament with every answer',
  scope: 'read',
  params: z.object({ id: idField }),
  response: tournamentSchema,
  handle: async ({ params, context: { client } }) => {
    const row = await client.stores.tournaments.get(params.id);
    if (!row) throw notFound('tournament', params.id);
    return tournamentDocument(client, row);
  },
});

const listReviews = operation({
  id: 'listReviews',
  method: 'get',
  path: '/api/v1/reviews',
  tag: 'tournaments',
  summary: 'Disputes that wait for a person, the first due first; or all, newest first',
  scope: 'read',
  query: z.object({ status: z.enum(['waiting', 'all']).default('waiting'), limit: limitField }),
  response: z.object({ reviews: z.array(reviewSchema) }),
  handle: async ({ query: { status, limit }, context: { client } }) => ({
    reviews: await listedReviews(client, { all: status === 'all', limit }),
  }),
});

const known = async (client: ConclaveClient, id: string): Promise<ReviewRow> => {
  const row = await findReview(client, id);
  if (!row) throw notFound('review', id);
  return row;
};

const isDecidedBy = (row: ReviewRow, { verdict, reviewer, reason }: ReviewAnswer): boolean =>
  row.status === 'answered' &&
  row.verdict === verdict &&
  row.reviewer === reviewer.trim() &&
  row.comment === reason.trim();

const getReview = operation({
  id: 'getReview',
  method: 'get',
  path: '/api/v1/reviews/{id}',
  tag: 'tournaments',
  summary: 'One review',
  scope: 'read',
  params: z.object({ id: idField }),
  response: reviewSchema,
  handle: async ({ params, context: { client } }) => shownReview(client, await known(client, params.id)),
});

const decide = operation({
  id: 'decideReview',
  method: 'post',
  path: '/api/v1/reviews/{id}/decide',
  tag: 'tournaments',
  summary:
    'Decides a dispute once; answers when it is committed, with `pending` after 15 seconds where it cannot be yet, 409 when it was decided before',
  scope: 'run',
  needsWorker: true,
  keyed: true,
  params: z.object({ id: idField }),
  body: z
    .strictObject({ verdict: shortWord, reviewer: personText, reason: personText })
    .openapi('ReviewDecision'),
  response: reviewSchema,
  handle: async ({ params, body, begunBefore, context: { client } }) => {
    const row = await known(client, params.id);
    if (begunBefore && isDecidedBy(row, body)) return shownReview(client, row);
    try {
      return await shownReview(client, await decideReview(client, row, body));
    } catch (error) {
      if (error instanceof ReviewClosed) throw new Refusal(409, 'Decided before', error.message);
      throw error;
    }
  },
});

export const tournamentOperations = [start, list, get, listReviews, getReview, decide];
