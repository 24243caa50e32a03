// A member's own calibrator as parameters, so that a decision row can carry and replay it.
import { applyIsotonic, type IsotonicFit } from '../track/isotonic';
import { logit, sigmoid } from '../track/log-odds';

export type CalibratorParameters =
  | { readonly kind: 'identity' }
  /** p' = sigmoid(a logit p + b), p clipped to [.01, .99] (Platt 1999). Temperature T is a = 1/T, b = 0. */
  | { readonly kind: 'platt'; readonly a: number; readonly b: number }
  /** Steps that only rise (Zadrozny and Elkan 2002). */
  | ({ readonly kind: 'isotonic' } & IsotonicFit);

export type Calibrator = CalibratorParameters & {
  /** 0 (no record, or a bad one) to 1 (calibrated on ample outcomes); lowers the bar for confidence. */
  readonly reliability: number;
  /** What exactly one half of this member stands for, where that has earned its place. */
  readonly half?: number;
};

/** What a member without a record has: its own p, half trusted. */
export const NO_CALIBRATOR: Calibrator = { kind: 'identity', reliability: 0.5 };

const assertCalibrator = (calibrator: Calibrator, model: string): void => {
  if (!(calibrator.reliability >= 0 && calibrator.reliability <= 1)) {
    throw new RangeError(`reliability of "${model}" is ${calibrator.reliability}; accepted: [0, 1]`);
  }
  if (calibrator.kind !== 'platt') return;
  if (!(calibrator.a > 0 && calibrator.a < Infinity && Number.isFinite(calibrator.b))) {
    throw new RangeError(
      `calibrator of "${model}" is a = ${calibrator.a}, b = ${calibrator.b}; accepted: a > 0, b finite`,
    );
  }
};

/**
 * The member's p through its calibrator. Monotone in p.
 * @throws RangeError naming the member when the parameters are out of range.
 */
export const calibrate = (calibrator: Calibrator, p: number, model: string): number => {
  assertCalibrator(calibrator, model);
  if (calibrator.kind === 'isotonic') return applyIsotonic(calibrator, p);
  return calibrator.kind === 'platt' ? sigmoid(calibrator.a * logit(p) + calibrator.b) : p;
};
