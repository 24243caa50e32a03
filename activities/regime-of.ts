// The volatility regime of a proposition's subject, from the bars known when the question was asked.
import type { Stores } from '../db/stores';
import type { Proposition } from '../domain/market/proposition';
import { type VolatilityRegime, volatilityRegime } from '../domain/track/regime';

/** `unknown` without a series that reaches back. */
export const createRegimeOf =
  ({ series }: Pick<Stores, 'series'>) =>
  async ({ rule, world }: Proposition): Promise<VolatilityRegime> => {
    if (rule.type !== 'close_above') return 'unknown';
    const stored = await series.latest(world, rule.symbol);
    const known = (stored?.bars ?? []).filter((bar) => bar.date <= rule.referenceDate);
    return volatilityRegime(known.map((bar) => bar.close));
  };
