// Market sessions: start, list, read.
import { setTimeout } from 'node:timers/promises';
import { z } from '@hono/zod-openapi';
import { type ConclaveClient, workflowUrl } from '../../client/connect';
import { sessionSymbols } from '../../client/fields';
import { checked, checkModels, marketOf, readAsOf, readSubjects } from '../../client/inputs';
import { sessionDocument, startSession } from '../../client/sessions';
import { decodeCursor, encodeCursor } from '../../db/page-cursor';
import type { MarketSessionRow } from '../../db/session-store';
import { lateSeconds } from '../../domain/desk/lateness';
import { parseMarket } from '../../domain/market/market';
import { formatUsd, parseUsd } from '../../domain/money/micro-usd';
import { LIVE_WORLD } from '../../domain/world';
import type { SessionRequest } from '../../workflows/contracts/session';
import { operation } from '../operation';
import { notFound } from '../problem';
import { decisionSchema } from '../schemas/decisions';
import {
  asOfField,
  cursorField,
  horizonField,
  idField,
  limitField,
  marketField,
  membersField,
  nextOut,
  researchKindField,
  sessionKindField,
  strategyField,
  templateField,
  textList,
  usdOut,
  usdText,
  worldField,
} from '../schemas/fields';

const sessionRequest = z
  .strictObject({
    market: marketField.optional(),
    kind: sessionKindField.default('pre_market'),
    symbols: sessionSymbols.default([]).openapi({ description: "Empty: the market's watchlist" }),
    members: membersField.optional(),
    strategy: strategyField.optional(),
    stakeUsd: usdText.optional(),
    asOf: asOfField.optional(),
    template: templateField.default('swing'),
    researchKind: researchKindField.default('complete'),
    horizonDays: horizonField.default(5),
    refresh: z.boolean().default(false),
  })
  .openapi('SessionRequest');

const sessionSchema = z
  .object({
    sessionId: z.string(),
    world: z.string(),
    market: z.string(),
    date: z.string(),
    kind: z.string(),
    status: z.string(),
    decisionAt: z.string(),
    stakeUsd: usdOut,
    subjects: textList,
    mode: z.string(),
    synthetic: z.boolean(),
    costUsd: usdOut,
    savedUsd: usdOut,
    providerCalls: z.int(),
    wallMs: z.number().nullable(),
    note: z.string().nullable(),
    scheduledAt: z.string().nullable(),
    startedAt: z.string(),
    lateSeconds: z.int().nullable().openapi({
      description: 'How much later than scheduled it started: late is not missed; null for a run by hand',
    }),
    endedAt: z.string().nullable(),
    workflowUrl: z.string().nullable(),
  })
  .openapi('Session');

const view = (client: ConclaveClient, row: MarketSessionRow) => ({
  sessionId: row.id,
  world: row.world,
  market: row.market,
  date: row.date,
  kind: row.kind,
  status: row.status,
  decisionAt: row.decisionAt,
  stakeUsd: formatUsd(row.stakeMicroUsd),
  subjects: row.subjects,
  mode: row.mode,
  synthetic: row.synthetic,
  costUsd: formatUsd(row.costMicroUsd),
  savedUsd: formatUsd(row.savedMicroUsd),
  providerCalls: row.providerCalls,
  wallMs: row.wallMs,
  note: row.note,
  scheduledAt: row.scheduledAt,
  startedAt: row.startedAt,
  lateSeconds: lateSeconds(row.scheduledAt, row.startedAt),
  endedAt: row.endedAt,
  workflowUrl: workflowUrl(client, row.id),
});

const requestOf = (body: z.output<typeof sessionRequest>, requestKey: string): SessionRequest => {
  const subjects = body.symbols.length > 0 ? readSubjects(body.symbols.join(',')) : [];
  const market = body.market ? checked(() => parseMarket(body.market!)) : marketOf(subjects);
  const asOf = body.asOf === undefined ? null : readAsOf(body.asOf, market, body.kind);
  return {
    market,
    kind: body.kind,
    date: asOf?.date ?? null,
    replay: asOf !== null,
    subjects,
    members: body.members ?? null,
    strategy: body.strategy ?? null,
    stakeMicroUsd: body.stakeUsd === undefined ? null : parseUsd(body.stakeUsd),
    template: body.template,
    researchKind: body.researchKind,
    refresh: body.refresh,
    prices: null,
    horizonDays: body.horizonDays,
    requestKey,
  };
};

/** The session's row is there within moments of its start; whoever asks next must find it. */
const ROW_TRIES = 100;
const ROW_PAUSE_MS = 50;

const awaitRow = async (client: ConclaveClient, sessionId: string): Promise<void> => {
  for (let tries = 0; tries < ROW_TRIES; tries += 1) {
    if (await client.stores.sessions.get(sessionId)) return;
    await setTimeout(ROW_PAUSE_MS);
  }
};

const start = operation({
  id: 'startSession',
  method: 'post',
  path: '/api/v1/sessions',
  tag: 'sessions',
  summary: 'Starts a market session and answers at once; follow it by its stream',
  scope: 'run',
  needsWorker: true,
  status: 202,
  keyed: true,
  body: sessionRequest,
  response: z.object({
    sessionId: z.string().nullable(),
    world: z.string(),
    date: z.string(),
    skipped: z.string().nullable(),
    workflowUrl: z.string().nullable(),
  }),
  handle: async ({ body, requestKey, context: { client } }) => {
    const request = requestOf(body, requestKey);
    await checkModels(client, request.members);
    const target = await startSession(client, request);
    if (target.sessionId) await awaitRow(client, target.sessionId);
    return { ...target, workflowUrl: target.sessionId && workflowUrl(client, target.sessionId) };
  },
});

const list = operation({
  id: 'listSessions',
  method: 'get',
  path: '/api/v1/sessions',
  tag: 'sessions',
  summary: 'Market sessions, newest first',
  scope: 'read',
  query: z.object({ world: worldField.default(LIVE_WORLD), limit: limitField, cursor: cursorField }),
  response: z.object({ sessions: z.array(sessionSchema), next: nextOut }),
  handle: async ({ query: { cursor, ...query }, context: { client } }) => {
    const before = cursor === undefined ? undefined : decodeCursor(cursor);
    const rows = await client.stores.sessions.list({ ...query, before });
    const last = rows.length === query.limit ? rows.at(-1) : undefined;
    return {
      sessions: rows.map((row) => view(client, row)),
      next: last ? encodeCursor({ at: last.startedAt, id: last.id }) : null,
    };
  },
});

const research = z.object({
  briefId: z.string(),
  cache: z.string(),
  quality: z.number(),
  costUsd: usdOut,
  asOf: z.string(),
  synthetic: z.boolean(),
  sources: z.array(z.object({ source: z.string(), title: z.string(), publicAt: z.string() })),
});

const get = operation({
  id: 'getSession',
  method: 'get',
  path: '/api/v1/sessions/{id}',
  tag: 'sessions',
  summary: 'One market session with the decisions made so far',
  scope: 'read',
  params: z.object({ id: idField }),
  response: sessionSchema.extend({
    decisions: z.array(
      z.object({ subject: z.string(), research: research.nullable(), decision: decisionSchema }),
    ),
  }),
  handle: async ({ params, context: { client } }) => {
    const row = await client.stores.sessions.get(params.id);
    if (!row) throw notFound('session', params.id);
    const document = await sessionDocument(client, params.id);
    return { ...view(client, row), decisions: document.subjects };
  },
});

export const sessionOperations = [start, list, get];
