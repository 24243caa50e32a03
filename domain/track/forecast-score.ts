// One resolved forecast as a row of the record: every score that windows, ranking and reports are made of.
import { brier, hit, logLoss, type Outcome } from './scoring';

/** Bins of a calibration curve: [0, .1), [.1, .2), ... [.9, 1]. */
const CALIBRATION_BINS = 10;

export interface ForecastScore {
  /** 1 hit, 0 miss, .5 at exactly one half. */
  readonly accuracy: number;
  /** Signed: probability of the side taken minus whether it came true; above 0 is overconfident. */
  readonly confidenceCalibration: number;
  /** From 0. */
  readonly calibrationBin: number;
  readonly brier: number;
  /** Nats, with p clipped to [.005, .995]. */
  readonly logLoss: number;
  /** 1 minus the Brier score. */
  readonly decisionQuality: number;
}

/** The calibration bin of p in [0, 1]. */
export const calibrationBin = (p: number): number =>
  Math.min(CALIBRATION_BINS - 1, Math.floor(p * CALIBRATION_BINS));

/** Scores of one forecast against its outcome (formulas in scoring.ts, shared with the backtest). */
export const scoreForecast = (p: number, y: Outcome): ForecastScore => {
  const accuracy = hit(p, y);
  const loss = brier(p, y);
  return {
    accuracy,
    confidenceCalibration: Math.max(p, 1 - p) - accuracy,
    calibrationBin: calibrationBin(p),
    brier: loss,
    logLoss: logLoss(p, y),
    decisionQuality: 1 - loss,
  };
};
