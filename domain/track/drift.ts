// Drift: a forecaster whose scores become worse than its own probabilities promise. Watches score minus
// expected score, which has mean zero for a calibrated forecaster whatever the questions.
import { brier, expectedBrier, type Outcome } from './scoring';

/** Plain JSON. */
export interface DriftState {
  readonly n: number;
  /** Log wealth of each bet since each possible restart; the largest decides. */
  readonly logWealth: readonly number[];
  readonly drifted: boolean;
  readonly detectedAt: number | null;
}

const BETS: readonly number[] = [0.1, 0.3, 0.6, 0.9];

export const NO_DRIFT: DriftState = { n: 0, logWealth: BETS.map(() => 0), drifted: false, detectedAt: null };

/** e-detector level: at most one false alarm in so many outcomes on average. */
const DRIFT_AVERAGE_RUN = 1000;

/** Score minus expected score of one row, in [-1, 1]; the mean of several rows of one question is fine too. */
export const surprise = (p: number, y: Outcome): number => brier(p, y) - expectedBrier(p);

/**
 * One more surprise: Shiryaev-Roberts e-detector, W <- (W + 1)(1 + bet x surprise), averaged over bets
 * (Shin, Ramdas, Rinaldo 2023, arXiv 2203.03532). Once drifted it stays so until reset, for example by a
 * model version change.
 */
export const observeDrift = (state: DriftState, difference: number): DriftState => {
  const n = state.n + 1;
  const wealth = state.logWealth.map((w, k) => {
    const before = n === 1 ? 0 : Math.log1p(Math.exp(Math.min(w, 600)));
    return before + Math.log1p(BETS[k]! * difference);
  });
  const average = wealth.reduce((sum, w) => sum + Math.exp(Math.min(w, 600)), 0) / wealth.length;
  const drifted = state.drifted || average >= DRIFT_AVERAGE_RUN;
  return { n, logWealth: wealth, drifted, detectedAt: state.detectedAt ?? (drifted ? n : null) };
};
