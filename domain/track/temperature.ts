// Temperature scaling: one number that softens or sharpens every forecast, for when even two are too many.
import { fitPlattColumns, PLATT_PRIOR, type SampleColumns } from './platt';

/** Spread of b that leaves it where it is. */
const PINNED_SD = 1e-6;

export interface TemperatureOptions {
  /** Where the prior of log T is centred. Default 1, which changes nothing. */
  readonly centre?: number;
  /** Spread of log T around it. Default .5. */
  readonly sdLog?: number;
}

/**
 * Maximum a posteriori temperature of p' = sigmoid(logit(p) / T), log T ~ N(log centre, sdLog) (Guo et al. 2017,
 * with a prior), of several groups of samples together. The centre without samples.
 */
export const fitTemperature = (
  groups: readonly SampleColumns[],
  { centre = 1, sdLog = PLATT_PRIOR.sdLogA }: TemperatureOptions = {},
): number =>
  1 / fitPlattColumns(groups, { meanLogA: -Math.log(centre), sdLogA: sdLog, meanB: 0, sdB: PINNED_SD }).a;
