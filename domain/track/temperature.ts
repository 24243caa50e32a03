// Temperature scaling: one number that softens or sharpens every forecast, for when even two are too many.
import { logit, sigmoid } from './log-odds';
import { type CalibrationSample, fitPlatt, PLATT_PRIOR } from './platt';

/** p' = sigmoid(logit(p) / temperature). */
export const applyTemperature = (temperature: number, p: number): number => sigmoid(logit(p) / temperature);

/** Maximum a posteriori temperature, log T ~ N(0, sdLog) (Guo et al. 2017, with a prior). 1 without samples. */
export const fitTemperature = (
  samples: readonly CalibrationSample[],
  sdLog: number = PLATT_PRIOR.sdLogA,
): number => 1 / fitPlatt(samples, { meanLogA: 0, sdLogA: sdLog, meanB: 0, sdB: 1e-6 }).a;
