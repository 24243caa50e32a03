// What is known beforehand of each measure that windows show: where its values lie, and how far they may lie apart.
import { OUTCOME_SPREAD } from '../selection/context-skill';
import { LOG_LOSS_CLIP } from './log-odds';

export interface WindowMeasure {
  /** Least and largest value, in the measure's own unit; shown intervals end there. */
  readonly range: readonly [number, number];
  /** Standard deviation of one cluster before any is seen, in the measure's own unit; null: nothing is known of it. */
  readonly priorSpread: number | null;
}

/** Half the range: the largest standard deviation that values within it can have (Popoviciu 1935). */
const bounded = (low: number, high: number): WindowMeasure => ({
  range: [low, high],
  priorSpread: (high - low) / 2,
});

/** Values from 0 to 1. */
export const SHARE: WindowMeasure = bounded(0, 1);

/** By the name of the measure in a window's document. */
export const WINDOW_MEASURES = {
  brier: SHARE,
  accuracy: SHARE,
  /** Half a point below 0 where a side was taken at one half and came true, 1 where a certain one did not. */
  confidenceCalibration: bounded(-0.5, 1),
  /** Half its range would drown what members differ by; bold ones differ by twice the usual spread of an outcome. */
  skill: { range: [-1, 1], priorSpread: 2 * OUTCOME_SPREAD },
  /** Nats. One sure miss is worth twenty others, so that no spread is the usual one. */
  logLoss: { range: [0, -Math.log(LOG_LOSS_CLIP)], priorSpread: null },
  responseTimeMs: { range: [0, Number.POSITIVE_INFINITY], priorSpread: null },
} as const satisfies Readonly<Record<string, WindowMeasure>>;

export type MeasureName = keyof typeof WINDOW_MEASURES;
