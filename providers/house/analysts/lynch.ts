// Lynch: buy what keeps going up a little every week; the share of weeks that rose.
import { barAnalyst } from './house-analyst';

const WEEK = 5;
const WEEKS = 12;

/** z = (weeks up - half) / (sqrt(weeks) / 2). Frog-in-the-pan continuity: Da, Gurun and Warachka (2014). */
export const lynch = barAnalyst(
  {
    id: 'lynch',
    method: 'Share of the last twelve weeks that rose, as a sign test.',
    source: 'Da, Gurun, Warachka (2014)',
  },
  (bars) => {
    const weeks = Math.min(WEEKS, Math.floor((bars.length - 1) / WEEK));
    const ends = Array.from({ length: weeks + 1 }, (_unused, index) => bars.at(-1 - index * WEEK)!.close);
    const up = ends.slice(0, -1).filter((close, index) => close > ends[index + 1]!).length;
    return { z: (up - weeks / 2) / (Math.sqrt(weeks) / 2), reason: `${up} of ${weeks} weeks rose` };
  },
);
