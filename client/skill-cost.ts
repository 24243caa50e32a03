// What skill costs (E5): dollars per forecast and per point of skill, by model, category and window, from the
// windows of the track record.
import { type CostPerSkill, costPerSkill } from '../domain/money/cost-per-skill';
import { formatUsd } from '../domain/money/micro-usd';
import { ANALYSTS } from '../domain/panel/forecaster';
import type { WindowName } from '../domain/track/windows';
import type { WorldId } from '../domain/world';
import type { ConclaveClient } from './connect';
import { checkWorld } from './rank';

export interface SkillCostQuery {
  readonly world: WorldId;
  /** Absent: every window. */
  readonly window?: WindowName | undefined;
  /** Absent: all categories together, and each; `*`: together only. */
  readonly category?: string | undefined;
}

const usd = (microUsd: number | null): string | null =>
  microUsd === null ? null : formatUsd(Math.round(microUsd));

/** Analysts are listed only where their category is named. */
const isAsked = (category: string, named: string | undefined): boolean =>
  named === undefined ? category !== ANALYSTS : category === named;

const toDocument = (row: CostPerSkill & { readonly skill: number; readonly skillLow: number }) => ({
  model: row.model,
  category: row.category,
  window: row.window,
  n: row.n,
  skill: row.skill,
  skillLow: row.skillLow,
  costPerForecastUsd: usd(row.costPerForecastMicroUsd),
  costPerPointUsd: usd(row.costPerSkillPointMicroUsd),
  pointsPerUsd: row.skillPointsPerUsd,
});

/**
 * A point is 0.01 of Brier score gained on the simple mean of all members; most points per dollar first.
 * @throws BadInput for a world that is not there
 */
export const skillCostDocument = async ({ stores }: ConclaveClient, query: SkillCostQuery) => {
  await checkWorld({ stores }, query.world);
  const windows = await stores.performance.windows({
    world: query.world,
    ...(query.window === undefined ? {} : { timeWindow: query.window }),
  });
  const rows = windows
    .filter(({ volatilityRegime, timeToExpiry }) => volatilityRegime === '*' && timeToExpiry === '*')
    .filter(({ n, marketCategory }) => n > 0 && isAsked(marketCategory, query.category))
    .flatMap(({ model, marketCategory: category, timeWindow: window, n, metrics }) => {
      const { skill, skillLow, costMicroUsd, pricedForecasts } = metrics;
      if (skill == null || skillLow == null) return [];
      const cost = costPerSkill({
        ...{ model, category, window, forecasts: n, skill, skillLower: skillLow },
        ...{ pricedForecasts: pricedForecasts ?? 0, costMicroUsd: costMicroUsd ?? 0 },
      });
      return [{ ...cost, skill, skillLow }];
    });
  const worth = (row: CostPerSkill): number => row.skillPointsPerUsd ?? -1;
  const sorted = rows.sort(
    (a, b) => worth(b) - worth(a) || (`${a.model} ${a.category}` < `${b.model} ${b.category}` ? -1 : 1),
  );
  return { by: 'skill' as const, world: query.world, rows: sorted.map(toDocument) };
};
