// The track record: ranking with intervals, calibration curves, and the strategies side by side.
import { z } from '@hono/zod-openapi';
import { categoryName } from '../../client/fields';
import type { PerformanceRow } from '../../db/performance-store';
import { calibrationCurve } from '../../domain/track/murphy';
import { rankMembers } from '../../domain/track/ranking';
import { brier } from '../../domain/track/scoring';
import { LIVE_WORLD } from '../../domain/world';
import { operation } from '../operation';
import { worldField } from '../schemas/fields';

const rankedSchema = z.object({
  member: z.string(),
  band: z.int(),
  n: z.int(),
  clusters: z.int(),
  skill: z.number(),
  lower: z.number(),
  upper: z.number(),
  skillPerUsd: z.number().nullable(),
});

const groupBy = <Row>(
  rows: readonly Row[],
  key: (row: Row) => string,
): ReadonlyMap<string, readonly Row[]> => {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = key(row);
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  return groups;
};

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Each member's Brier score beside that of the simple mean of all who answered the same proposition. */
const ranking = (rows: readonly PerformanceRow[]) => {
  const meanLoss = new Map(
    [...groupBy(rows, (row) => row.propositionId)].map(([id, group]) => [
      id,
      brier(mean(group.map((row) => row.probability)), group[0]!.yes ? 1 : 0),
    ]),
  );
  return rankMembers(
    [...groupBy(rows, (row) => row.model)].map(([member, group]) => ({
      member,
      rows: group.map((row) => ({
        cluster: row.resolvedAt.slice(0, 10),
        memberLoss: row.brier,
        meanLoss: meanLoss.get(row.propositionId) ?? row.brier,
      })),
      costUsd: group.reduce((sum, row) => sum + (row.costMicroUsd ?? 0), 0) / 1e6,
    })),
    { resamples: 200, seed: 11 },
  );
};

/** Enough for any page. */
const MOST_ROWS = 20_000;

const track = operation({
  id: 'trackRecord',
  method: 'get',
  path: '/api/v1/track',
  tag: 'track record',
  summary: 'Ranking, calibration curves and strategies on what has been resolved',
  scope: 'read',
  query: z.object({ world: worldField.default(LIVE_WORLD), category: categoryName.optional() }),
  response: z.object({
    n: z.int(),
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
  handle: async ({ query: { world, category }, context: { client } }) => {
    const filter = { world, limit: MOST_ROWS, ...(category ? { marketCategory: category } : {}) };
    const [rows, shadow] = await Promise.all([
      client.stores.performance.scores(filter),
      client.stores.track.shadowScores({ world, ...(category ? { category } : {}) }),
    ]);
    const answered = shadow.filter((row) => row.probability !== null && row.meanOfMembers !== null);
    return {
      n: rows.length,
      ranking: ranking(rows),
      calibration: [...groupBy(rows, (row) => row.model)].map(([model, group]) => ({
        model,
        n: group.length,
        brier: mean(group.map((row) => row.brier)),
        bins: curveOf(group),
      })),
      strategies: [...groupBy(answered, (row) => row.strategy)].map(([strategy, group]) => ({
        strategy,
        n: group.length,
        brier: mean(group.map((row) => brier(row.probability!, row.yes ? 1 : 0))),
        meanOfMembersBrier: mean(group.map((row) => brier(row.meanOfMembers!, row.yes ? 1 : 0))),
      })),
    };
  },
});

const curveOf = (rows: readonly PerformanceRow[]) =>
  calibrationCurve(rows.map((row) => ({ p: row.probability, y: row.yes ? 1 : 0 }))).map((bin) => ({
    n: bin.n,
    forecast: bin.meanP,
    outcome: bin.rate,
  }));

export const trackOperations = [track];
