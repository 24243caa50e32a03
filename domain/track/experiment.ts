// A/B experiments on prompts, models, tiers and strategies: both arms answer the same questions, the
// difference is watched by a confidence sequence, and peeking after every outcome is allowed.
import {
  addValue,
  confidenceSequence,
  excludesZero,
  NO_VALUES,
  type RunningMean,
} from './confidence-sequence';

export type Verdict = 'undecided' | 'a_better' | 'b_better';

/** Plain JSON. The verdict, once reached, stays. */
export interface Experiment {
  readonly running: RunningMean;
  readonly verdict: Verdict;
  readonly decidedAt: number | null;
}

export const NEW_EXPERIMENT: Experiment = { running: NO_VALUES, verdict: 'undecided', decidedAt: null };

/** One question on which both arms were scored; losses in [0, 1] such as Brier, lower is better. */
export interface PairedLoss {
  readonly a: number;
  readonly b: number;
}

const assertLoss = (loss: number, arm: string): void => {
  if (!(loss >= 0 && loss <= 1))
    throw new RangeError(`loss of arm ${arm} is ${loss}; accepted: a number in [0, 1]`);
};

/** @throws RangeError for a loss outside [0, 1]. */
export const recordPair = (experiment: Experiment, pair: PairedLoss, alpha = 0.05): Experiment => {
  assertLoss(pair.a, 'a');
  assertLoss(pair.b, 'b');
  const running = addValue(experiment.running, pair.a - pair.b);
  if (experiment.verdict !== 'undecided' || !excludesZero(running, alpha)) return { ...experiment, running };
  return { running, verdict: running.sum > 0 ? 'b_better' : 'a_better', decidedAt: running.n };
};

/** Mean of (loss of a - loss of b) with its anytime-valid bounds; above 0 means b is better. */
export const experimentEstimate = (experiment: Experiment, alpha = 0.05): readonly [number, number, number] =>
  confidenceSequence(experiment.running, alpha);
