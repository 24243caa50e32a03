// Munger: invert; what would ruin the holder. Time spent under water over a quarter.
import { mean } from '../series-statistics';
import { barAnalyst } from './house-analyst';

const DAYS = 63;

const underWater = (closes: readonly number[]): number => {
  let peak = 0;
  return Math.sqrt(
    mean(
      closes.map((close) => {
        peak = Math.max(peak, close);
        return (1 - close / peak) ** 2;
      }),
    ),
  );
};

/** z = 1.5 x (1 - Ulcer index of the last 63 bars / its mean over all whole quarters). Martin and McCann (1989). */
export const munger = barAnalyst(
  {
    id: 'munger',
    method: 'Ulcer index of the last quarter against the usual one.',
    source: 'Martin, McCann (1989)',
  },
  (bars) => {
    const closes = bars.map((bar) => bar.close);
    const quarters = Array.from({ length: Math.max(1, Math.floor(closes.length / DAYS)) }, (_unused, index) =>
      underWater(closes.slice(index * DAYS, (index + 1) * DAYS)),
    );
    const now = underWater(closes.slice(-DAYS));
    // Not a number where there never was any pain to compare with, so that the analyst abstains.
    const share = now / mean(quarters);
    return { z: 1.5 * (1 - share), reason: `pain of the quarter ${share.toFixed(2)} times the usual` };
  },
);
