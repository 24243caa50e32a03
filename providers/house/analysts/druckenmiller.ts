// Druckenmiller: liquidity moves prices; whether it takes more or less money to move this one than before.
import { mean } from '../series-statistics';
import { barAnalyst } from './house-analyst';

const RECENT = 20;

/** z = log(usual illiquidity / illiquidity of 20 days) x 2, illiquidity = |return| / traded value. Amihud (2002). */
export const druckenmiller = barAnalyst(
  {
    id: 'druckenmiller',
    method: 'Fall of Amihud illiquidity over twenty days against the time before.',
    source: 'Amihud (2002)',
  },
  (bars) => {
    const illiquidity = bars
      .slice(1)
      .map(({ close, volume }, index) => Math.abs(Math.log(close / bars[index]!.close)) / (close * volume))
      .filter(Number.isFinite);
    const [usual, recent] = [mean(illiquidity.slice(0, -RECENT)), mean(illiquidity.slice(-RECENT))];
    const z = 2 * Math.log(usual / recent);
    return { z, reason: `illiquidity is ${(recent / usual).toFixed(2)} times what it was` };
  },
);
