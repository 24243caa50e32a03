// The track record as the dashboard shows it: the ranking and the strategies of `conclave rank`, and calibration.
import { z } from '@hono/zod-openapi';
import { type RankedModel, type RankedStrategy, rank } from '../../client/rank';
import { calibrationView } from '../../client/track-views';
import { operation } from '../operation';
import { recordQuery } from './track-views';

const rankedSchema = z.object({
  member: z.string(),
  band: z.int(),
  n: z.int(),
  clusters: z.int().openapi({
    description:
      'Observations of skill: an event on the day it resolves is one, where two models or more were asked.',
  }),
  skill: z.number(),
  lower: z.number(),
  upper: z.number(),
  skillPerUsd: z.number().nullable().openapi({ description: 'Skill per dollar of one forecast.' }),
});

const rankedOf = (row: RankedModel): z.infer<typeof rankedSchema> => ({
  member: row.model,
  band: row.band,
  n: row.n,
  clusters: row.observations,
  skill: row.skill,
  lower: row.skillLow,
  upper: row.skillHigh,
  skillPerUsd: row.skillPerUsd,
});

/** Those that are scored on something that has resolved. */
const strategiesOf = (rows: readonly RankedStrategy[]) =>
  rows.flatMap(({ strategy, scored: n, brier, meanOfMembersBrier }) =>
    brier === null || meanOfMembersBrier === null ? [] : [{ strategy, n, brier, meanOfMembersBrier }],
  );

const track = operation({
  id: 'trackRecord',
  method: 'get',
  path: '/api/v1/track',
  tag: 'track record',
  summary: 'Ranking, calibration curves and strategies on what has been resolved',
  scope: 'read',
  query: recordQuery,
  response: z.object({
    n: z.int(),
    window: z.string(),
    ranking: z.array(rankedSchema),
    calibration: z.array(
      z.object({
        model: z.string(),
        n: z.int(),
        brier: z.number(),
        bins: z.array(z.object({ n: z.int(), forecast: z.number(), outcome: z.number() })),
      }),
    ),
    strategies: z.array(
      z.object({ strategy: z.string(), n: z.int(), brier: z.number(), meanOfMembersBrier: z.number() }),
    ),
  }),
  handle: async ({ query: { world, category, window }, context: { client } }) => {
    const [document, curves] = await Promise.all([
      rank(client, { world, window, ...(category === undefined ? {} : { category }) }),
      calibrationView(client, { world, category, window }),
    ]);
    return {
      n: document.models.reduce((sum, { n }) => sum + n, 0),
      window,
      ranking: document.models.map(rankedOf),
      calibration: curves.models.map(({ model, n, brier, bins }) => ({ model, n, brier, bins })),
      strategies: strategiesOf(document.strategies),
    };
  },
});

export const trackOperations = [track];
