// The volatility regime of a proposition's subject, from the bars known when the question was asked.
import type { Stores } from '../db/stores';
import type { Proposition } from '../domain/market/proposition';
import { type VolatilityRegime, volatilityRegime } from '../domain/track/regime';
import type { IsoDate, WorldId } from '../domain/world';

/** The regime of an instrument on a day, from the bars up to it. */
export const createRegimeAt =
  ({ series }: Pick<Stores, 'series'>) =>
  async (world: WorldId, symbol: string, date: IsoDate): Promise<VolatilityRegime> => {
    const stored = await series.latest(world, symbol);
    const known = (stored?.bars ?? []).filter((bar) => bar.date <= date);
    return volatilityRegime(known.map((bar) => bar.close));
  };

/** `unknown` without a series that reaches back. */
export const createRegimeOf = (stores: Pick<Stores, 'series'>) => {
  const regimeAt = createRegimeAt(stores);
  return async ({ rule, world }: Proposition): Promise<VolatilityRegime> =>
    rule.type === 'close_above' ? regimeAt(world, rule.symbol, rule.referenceDate) : 'unknown';
};
