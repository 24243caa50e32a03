// Competitions by API: define one, let models join, start or replay it; the same checks as by command.
import { join } from 'node:path';
import { z } from '@hono/zod-openapi';
import {
  checkName,
  createCompetition,
  joinCompetition,
  replayCompetition,
  startLiveCompetition,
} from '../../client/competition';
import { type CompetitionWords, readDefinition, readLiveDefinition } from '../../client/competition-input';
import { workflowUrl } from '../../client/connect';
import { competitionName, competitionSymbols, mediumWord, plainNumber } from '../../client/fields';
import { BadInput } from '../../client/inputs';
import { syncSchedules } from '../../client/schedules';
import { LIVE_WORLD } from '../../domain/world';
import type { CompetitionDefinition } from '../../workflows/contracts/competition';
import type { ServerContext } from '../context';
import { operation } from '../operation';
import { idField, membersField, textList, usdText } from '../schemas/fields';

const competitionBody = z
  .strictObject({
    name: competitionName,
    live: z.boolean().default(false).openapi({ description: 'Trade day by day from the next open on' }),
    symbols: competitionSymbols.default([]),
    prices: z.string().min(1).max(200).optional().openapi({
      description: 'Of a replay: the name of a CSV or CSV.gz file in the folder prices of the data folder',
    }),
    from: mediumWord.optional(),
    to: mediumWord.optional(),
    world: mediumWord.optional(),
    cashUsd: usdText.optional(),
    feeBps: plainNumber.optional(),
    slippageBps: plainNumber.optional(),
    maxPositionShare: plainNumber.optional(),
    horizonDays: plainNumber.optional(),
  })
  .openapi('CompetitionRequest');

type Body = z.output<typeof competitionBody>;

/** Only files that the operator put into the folder can be named: nothing else of the machine is read. */
const inFolder = (folder: string | null, name: string): string => {
  if (folder !== null && /^\w[\w.-]*$/.test(name)) return join(folder, name);
  throw new BadInput(
    `prices is ${JSON.stringify(name)}; accepted: the name of a file in the folder prices of the data folder`,
  );
};

const wordsOf = (body: Body, folder: string | null): CompetitionWords => {
  const text = (value: number | undefined) => (value === undefined ? undefined : String(value));
  const words = {
    symbols: body.symbols.join(','),
    prices: body.prices === undefined ? undefined : inFolder(folder, body.prices),
    ...{ from: body.from, to: body.to, world: body.world, cash: body.cashUsd },
    feeBps: text(body.feeBps),
    slippageBps: text(body.slippageBps),
    maxPosition: text(body.maxPositionShare),
    horizon: text(body.horizonDays),
  };
  return Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined));
};

const definitionOf = async (body: Body, context: ServerContext): Promise<CompetitionDefinition> => {
  const words = wordsOf(body, context.pricesFolder);
  if (!body.live) return readDefinition(words);
  // What is wrong with the words is found before the database is asked for the time.
  readLiveDefinition(words, new Date().toISOString());
  return readLiveDefinition(words, await context.client.stores.worlds.now(LIVE_WORLD));
};

const create = operation({
  id: 'createCompetition',
  method: 'post',
  path: '/api/v1/competitions',
  tag: 'competition',
  summary: 'Defines a competition, live or over a past period; models join it before it starts',
  scope: 'run',
  status: 201,
  body: competitionBody,
  response: z.object({ competitionId: z.string(), status: z.string(), definition: z.looseObject({}) }),
  handle: async ({ body, context }) => {
    const name = checkName(body.name);
    const definition = await definitionOf(body, context);
    const { id, status } = await createCompetition(context.client, name, definition);
    return { competitionId: id, status, definition: { ...definition } };
  },
});

const params = z.object({ id: idField });

const enter = operation({
  id: 'joinCompetition',
  method: 'post',
  path: '/api/v1/competitions/{id}/models',
  tag: 'competition',
  summary: 'Gives models an account each',
  scope: 'run',
  params,
  body: z.strictObject({ models: membersField }).openapi('CompetitionModels'),
  response: z.object({ competitionId: z.string(), added: z.int() }),
  handle: async ({ params: { id }, body: { models }, context: { client } }) => ({
    competitionId: id,
    added: await joinCompetition(client, id, models),
  }),
});

const start = operation({
  id: 'startCompetition',
  method: 'post',
  path: '/api/v1/competitions/{id}/start',
  tag: 'competition',
  summary: 'Lets a live competition trade by schedule, and makes the schedules it needs',
  scope: 'admin',
  params,
  response: z.object({
    competitionId: z.string(),
    status: z.string(),
    world: z.string().nullable(),
    schedules: textList,
  }),
  handle: async ({ params: { id }, context: { client } }) => {
    const { status, world } = await startLiveCompetition(client, id);
    const changes = await syncSchedules(client, { kinds: null, dryRun: false });
    const created = changes.filter(({ change }) => change === 'created');
    return { competitionId: id, status, world, schedules: created.map(({ scheduleId }) => scheduleId) };
  },
});

const replay = operation({
  id: 'replayCompetition',
  method: 'post',
  path: '/api/v1/competitions/{id}/replay',
  tag: 'competition',
  summary: 'Runs a past period day by day and answers at once; the same request follows it',
  scope: 'run',
  status: 202,
  needsWorker: true,
  params,
  body: z.strictObject({}).openapi('CompetitionReplay'),
  response: z.object({ competitionId: z.string(), workflowUrl: z.string().nullable() }),
  handle: async ({ params: { id }, context: { client } }) => {
    const { workflowId } = await replayCompetition(client, id);
    return { competitionId: id, workflowUrl: workflowUrl(client, workflowId) };
  },
});

export const competitionDeskOperations = [create, enter, start, replay];
