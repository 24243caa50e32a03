// Lynch: buy what keeps going up a little every week; the share of weeks that rose.
import { barAnalyst } from './house-analyst';

const WEEK = 5;
const WEEKS = 12;

/** z = (weeks up - half) / (sqrt(weeks) / 2) of the weeks that moved: a sign test drops ties (Dixon and Mood, 1946). Frog-in-the-pan continuity: Da, Gurun and Warachka (2014). */
export const lynch = barAnalyst(
  {
    id: 'lynch',
    method: 'Share of the last twelve weeks that rose, as a sign test.',
    source: 'Da, Gurun, Warachka (2014)',
  },
  (bars) => {
    const weeks = Math.min(WEEKS, Math.floor((bars.length - 1) / WEEK));
    const ends = Array.from({ length: weeks + 1 }, (_unused, index) => bars.at(-1 - index * WEEK)!.close);
    const moves = ends.slice(0, -1).map((close, index) => Math.sign(close - ends[index + 1]!));
    const up = moves.filter((move) => move > 0).length;
    const moved = moves.filter((move) => move !== 0).length;
    // Not a number where none moved, so that the analyst abstains.
    return {
      z: (up - moved / 2) / (Math.sqrt(moved) / 2),
      reason: `${up} of ${moved} weeks that moved rose`,
    };
  },
);
