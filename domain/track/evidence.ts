// Anytime-valid evidence: an e-value may be looked at after every outcome without inflating errors, so it
// decides when a new calibrator, weight set or equity direction is put to work, and when it is taken back.
import { groupInOrder } from './group-in-order';

/** Fractions of wealth bet per unit of difference; a mixture needs no tuning to the size of the gain. */
export const BETTING_FRACTIONS: readonly number[] = [0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 0.95];

/** Evidence that the mean of a bounded difference is above zero. Plain JSON: storable in a row. */
export interface Evidence {
  readonly n: number;
  /** Log wealth of each betting fraction. */
  readonly logWealth: readonly number[];
}

export const NO_EVIDENCE: Evidence = { n: 0, logWealth: BETTING_FRACTIONS.map(() => 0) };

/**
 * One more difference, scaled so that it lies in [-1, 1] (Waudby-Smith and Ramdas 2024, betting test of a
 * bounded mean).
 * @throws RangeError outside [-1, 1].
 */
export const addEvidence = (evidence: Evidence, difference: number): Evidence => {
  if (!(difference >= -1 && difference <= 1))
    throw new RangeError(`difference is ${difference}; accepted: a number in [-1, 1]`);
  return {
    n: evidence.n + 1,
    logWealth: evidence.logWealth.map((w, k) => w + Math.log1p(BETTING_FRACTIONS[k]! * difference)),
  };
};

/** Mean wealth over the fractions: an e-value, at least `1 / alpha` rejects "no better" at level alpha. */
export const eValue = (evidence: Evidence): number => {
  const top = Math.max(...evidence.logWealth);
  const sum = evidence.logWealth.reduce((total, w) => total + Math.exp(w - top), 0);
  return Math.exp(Math.min(700, top)) * (sum / evidence.logWealth.length);
};

/** Evidence for and against a candidate that stands beside the version at work. */
export interface Trial {
  readonly atWork: boolean;
  /** Since the last switch. */
  readonly evidence: Evidence;
}

export const NEW_TRIAL: Trial = { atWork: false, evidence: NO_EVIDENCE };

/** e-value that puts a candidate to work or takes it back; 20 is the usual 5 % level. */
export const SWITCH_E_VALUE = 20;

/**
 * One resolved outcome for a trial. `gain` is the loss of the version at rest minus the candidate's, in
 * [-1, 1]. The candidate is put to work when evidence of gain reaches the threshold, and rolled back by the
 * same rule on the reversed difference; each switch starts the evidence anew. A threshold of 0 asks for no
 * evidence: the candidate is at work from the start and stays.
 */
export const advanceTrial = (trial: Trial, gain: number, threshold: number = SWITCH_E_VALUE): Trial => {
  if (threshold <= 0) return { atWork: true, evidence: addEvidence(trial.evidence, gain) };
  const evidence = addEvidence(trial.evidence, trial.atWork ? -gain : gain);
  if (eValue(evidence) < threshold) return { ...trial, evidence };
  return { atWork: !trial.atWork, evidence: NO_EVIDENCE };
};

/** What a candidate gained on one row. */
export interface Gain {
  /** Rows of one cluster turn on the same outcome (record-cluster.ts), and are one step together. */
  readonly cluster: string;
  /** In [-1, 1]. */
  readonly gain: number;
  /** 1, or 1/k for one of k rows of one question. */
  readonly weight: number;
}

/** Mean gain of a cluster by weight; a lone row of weight 1/k stays 1/k of a step. */
const clusterGain = (rows: readonly Gain[]): number => {
  const sum = rows.reduce((total, { gain, weight }) => total + weight * gain, 0);
  return (
    sum /
    Math.max(
      1,
      rows.reduce((total, { weight }) => total + weight, 0),
    )
  );
};

/** The trial after these rows, in the order in which their clusters first appear: many strikes of one event prove as one. */
export const trialOf = (gains: readonly Gain[], threshold: number): Trial =>
  groupInOrder(gains, ({ cluster }) => cluster).reduce(
    (trial, rows) => advanceTrial(trial, clusterGain(rows), threshold),
    NEW_TRIAL,
  );
