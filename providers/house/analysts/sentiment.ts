// Sentiment: whether volume gathers where days close high or low, the crowd's appetite as the tape shows it.
import { barAnalyst, inUnitsOf } from './house-analyst';

const DAYS = 20;
/** A flow of a fifth of all volume counts as one standard score. */
const UNIT = 0.2;

/** Chaikin money flow over 20 days: sum of close location value times volume over sum of volume. */
export const sentiment = barAnalyst(
  {
    id: 'sentiment',
    method: 'Chaikin money flow of 20 days: volume on high closes against volume on low closes.',
    source: 'Chaikin money flow (1982), after Granville (1963)',
  },
  (bars) => {
    const days = bars.slice(-DAYS);
    const volume = days.reduce((sum, bar) => sum + bar.volume, 0);
    const flow = days.reduce(
      (sum, { high, low, close, volume: traded }) =>
        sum + inUnitsOf(2 * close - high - low, high - low) * traded,
      0,
    );
    const share = volume > 0 ? flow / volume : Number.NaN;
    return { z: share / UNIT, reason: `money flow of ${DAYS} days ${(100 * share).toFixed(1)} % of volume` };
  },
);
