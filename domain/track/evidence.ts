// Anytime-valid evidence: an e-value may be looked at after every outcome without inflating errors, so it
// decides when a new calibrator, weight set or equity direction is put to work, and when it is taken back.
import type { IsoInstant } from '../world';
import { groupInOrder } from './group-in-order';
import { type Span, stepKey } from './record-cluster';
import { brier, type Outcome } from './scoring';

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

/** Steps of which each begins after the one before has ended; those of events, which do not overlap, are one chain. */
interface Chain {
  readonly until: IsoInstant | null;
  readonly evidence: Evidence;
}

const takes = ({ until }: Chain, { span }: Step): boolean =>
  span === null || until === null ? span === until : until <= span.from;

/** The mean of e-values is one (Vovk and Wang 2021), so that all chains' wealth together is evidence. */
const together = (chains: readonly Chain[]): Evidence => ({
  n: chains.reduce((sum, { evidence }) => sum + evidence.n, 0),
  logWealth: chains.flatMap(({ evidence }) => evidence.logWealth),
});

/**
 * As `advanceTrial` for one step after another, where some overlap: wealth grows along chains of those that do not, and
 * the mean over the chains is judged. How many chains there are the calendar alone decides.
 */
const trialOfChains = (steps: readonly Step[], threshold: number): Trial => {
  let chains: readonly Chain[] = [];
  let atWork = threshold <= 0;
  for (const step of steps) {
    const free = chains.findIndex((chain) => takes(chain, step));
    const difference = atWork && threshold > 0 ? -step.gain : step.gain;
    const evidence = addEvidence(chains[free]?.evidence ?? NO_EVIDENCE, difference);
    const next = { until: step.span?.to ?? null, evidence };
    chains = free < 0 ? [...chains, next] : chains.with(free, next);
    if (threshold <= 0 || eValue(together(chains)) < threshold) continue;
    atWork = !atWork;
    chains = chains.map(({ until }) => ({ until, evidence: NO_EVIDENCE }));
  }
  return { atWork, evidence: chains.length === 0 ? NO_EVIDENCE : together(chains) };
};

/** What a candidate gained on one row. */
export interface Gain {
  /** Rows of one cluster turn on the same outcome (record-cluster.ts), and are one step together. */
  readonly cluster: string;
  /** In [-1, 1]. */
  readonly gain: number;
  /** 1, or 1/k for one of k rows of one question. */
  readonly weight: number;
  /** The most that the row can bring either way: known before its outcome. */
  readonly most: number;
  /** Set where the row turns on the move of a price. */
  readonly span?: Span | null;
}

/** Brier points that a candidate's probability gains on that of the version at rest, and the most that it could. */
export const gainOf = (atRest: number, candidate: number, y: Outcome): Pick<Gain, 'gain' | 'most'> => {
  const ifNo = brier(atRest, 0) - brier(candidate, 0);
  const ifYes = brier(atRest, 1) - brier(candidate, 1);
  return { gain: y === 1 ? ifYes : ifNo, most: Math.max(Math.abs(ifNo), Math.abs(ifYes)) };
};

interface Step {
  readonly gain: number;
  readonly span: Span | null;
}

/** Mean gain of the prices of one day, as a share of the most that it could be. */
const spanStep = (rows: readonly Gain[]): Step => {
  const sum = (of: (row: Gain) => number): number =>
    rows.reduce((total, row) => total + row.weight * of(row), 0);
  const most = sum((row) => row.most);
  const from = rows.map(({ span }) => span!.from).sort()[0]!;
  const gain = most > 0 ? Math.max(-1, Math.min(1, sum((row) => row.gain) / most)) : 0;
  return { gain, span: { from, to: rows[0]!.span!.to } };
};

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

const stepOf = (rows: readonly Gain[]): Step =>
  rows[0]!.span ? spanStep(rows) : { gain: clusterGain(rows), span: null };

/**
 * The trial after these rows, in the order in which their steps first appear: many strikes of one event prove as one, and
 * all prices of a day as one.
 */
export const trialOf = (gains: readonly Gain[], threshold: number): Trial => {
  const steps = groupInOrder(gains, stepKey).map(stepOf);
  return steps.some(({ span }) => span !== null)
    ? trialOfChains(steps, threshold)
    : steps.reduce((trial, { gain }) => advanceTrial(trial, gain, threshold), NEW_TRIAL);
};
