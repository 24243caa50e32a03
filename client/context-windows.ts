// How models fare by volatility regime and time to expiry (C3): the rolled-up windows, each shrunk toward the next
// longer one, with n and interval.
import type { WindowName } from '../domain/track/windows';
import type { WorldId } from '../domain/world';
import type { ConclaveClient } from './connect';

export interface ContextQuery {
  readonly world: WorldId;
  /** Absent: each regime and each time to expiry over all categories; else both together, in this category. */
  readonly category?: string | undefined;
  readonly window: WindowName;
  readonly model?: string | undefined;
}

/** Stands for all categories, regimes or times to expiry. */
const ALL = '*';

/** By model, then context. `all` stands for all regimes or times; skill is in Brier points, as in the ranking. */
export const contextWindows = async (
  { stores }: Pick<ConclaveClient, 'stores'>,
  { world, category, window, model }: ContextQuery,
) => {
  const found = await stores.performance.windows({
    ...{ world, timeWindow: window },
    ...(model === undefined ? {} : { model }),
  });
  const rows = found
    .filter(({ volatilityRegime, timeToExpiry }) => volatilityRegime !== ALL || timeToExpiry !== ALL)
    .filter(({ marketCategory }) => marketCategory === (category ?? ALL))
    .map(({ metrics, ...row }) => ({
      model: row.model,
      regime: row.volatilityRegime === ALL ? 'all' : row.volatilityRegime,
      timeToExpiry: row.timeToExpiry === ALL ? 'all' : row.timeToExpiry,
      /** Forecasts in the window itself; what it lacks comes from the longer ones. */
      n: row.n,
      /** Those of them that another model was asked beside: skill is from these. */
      compared: metrics.compared ?? row.n,
      skill: metrics.skill ?? null,
      skillLow: metrics.skillLow ?? null,
      skillHigh: metrics.skillHigh ?? null,
      brier: metrics.brier ?? null,
      brierLow: metrics.brierLow ?? null,
      brierHigh: metrics.brierHigh ?? null,
      asOf: row.asOf,
    }));
  return { world, ...(category === undefined ? {} : { category }), window, n: rows.length, rows };
};
