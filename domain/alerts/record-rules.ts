// Alerts on what models are worth: a Brier score that got worse, and probabilities that mean less than they say. Either
// must be more than the luck of a week with few outcomes.
import { sampleStd } from '../market/returns';
import type { AlertSettings } from '../settings/alert-settings';
import { calibrationError } from '../track/calibration-error';
import { calibrationNoise } from '../track/calibration-noise';
import { mean } from '../track/scoring';
import type { ModelFact } from './model-facts';
import type { AlertVerdict } from './verdict';

/** An episode ends when the figure is this share of its bound or less. */
const RECOVERY_SHARE = 0.8;

/** One-sided 99 % of a standard normal. */
const Z_99 = 2.3263478740408408;

/** @param bound the threshold, or what chance alone reaches, whichever is larger */
const verdict = (
  figure: number,
  bound: number,
  said: Omit<AlertVerdict, 'firing' | 'severity'>,
): readonly AlertVerdict[] => {
  const ends = figure <= RECOVERY_SHARE * bound;
  return [{ ...said, firing: figure > bound ? true : ends ? false : null, severity: 'warning' }];
};

/** Squared standard error of the mean of two values or more. */
const squaredError = (values: readonly number[]): number => sampleStd(values) ** 2 / values.length;

const accuracy = (
  { model, recent: { briers }, before }: ModelFact,
  settings: AlertSettings,
): readonly AlertVerdict[] => {
  const { accuracyDrop, minOutcomes } = settings;
  if (accuracyDrop === null || briers.length < minOutcomes || before.length < minOutcomes) return [];
  const now = mean(briers)!;
  const earlier = mean(before)!;
  const chance = Z_99 * Math.sqrt(squaredError(briers) + squaredError(before));
  return verdict(now - earlier, Math.max(accuracyDrop, chance), {
    kind: 'accuracy',
    episode: `accuracy:${model}`,
    title: `${model} scores a Brier of ${now.toFixed(3)} over seven days, ${earlier.toFixed(3)} before`,
    details: { model, brier: now, before: earlier, n: briers.length, chance },
  });
};

const calibration = (
  { model, recent: { briers, forecasts } }: ModelFact,
  settings: AlertSettings,
): readonly AlertVerdict[] => {
  const { calibrationError: threshold, minOutcomes } = settings;
  if (threshold === null || briers.length < minOutcomes) return [];
  const error = calibrationError(forecasts)!;
  // Hundreds of draws, which decide nothing where the error is small.
  const chance = error.debiased > RECOVERY_SHARE * threshold ? calibrationNoise(forecasts) : null;
  return verdict(error.debiased, Math.max(threshold, chance ?? 0), {
    kind: 'calibration',
    episode: `calibration:${model}`,
    title: `${model} is off by ${error.debiased.toFixed(3)} from its own probabilities over seven days`,
    details: { model, ...error, n: briers.length, chance },
  });
};

/** Both rules for every model with enough outcomes, each cluster counting as one. */
export const degradedModels = (
  models: readonly ModelFact[],
  settings: AlertSettings,
): readonly AlertVerdict[] =>
  models.flatMap((model) => [...accuracy(model, settings), ...calibration(model, settings)]);
