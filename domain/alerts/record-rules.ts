// Alerts on what models are worth: a Brier score that got worse, and probabilities that mean less than they say.
import type { AlertSettings } from '../settings/alert-settings';
import { calibrationError } from '../track/calibration-error';
import { mean, type Scored } from '../track/scoring';
import type { AlertVerdict } from './verdict';

/** An episode ends when the figure is this share of its threshold or less. */
const RECOVERY_SHARE = 0.8;

export interface ModelFact {
  readonly model: string;
  /** Resolved in the last seven days. */
  readonly recent: readonly (Scored & { readonly brier: number })[];
  /** Of everything before. */
  readonly before: { readonly n: number; readonly brier: number | null };
}

const verdict = (
  figure: number,
  threshold: number,
  said: Omit<AlertVerdict, 'firing' | 'severity'>,
): readonly AlertVerdict[] => {
  const ends = figure <= RECOVERY_SHARE * threshold;
  return [{ ...said, firing: figure > threshold ? true : ends ? false : null, severity: 'warning' }];
};

const accuracy = ({ model, recent, before }: ModelFact, settings: AlertSettings): readonly AlertVerdict[] => {
  const { accuracyDrop, minOutcomes } = settings;
  if (accuracyDrop === null || before.brier === null) return [];
  if (recent.length < minOutcomes || before.n < minOutcomes) return [];
  const now = mean(recent.map((row) => row.brier))!;
  return verdict(now - before.brier, accuracyDrop, {
    kind: 'accuracy',
    episode: `accuracy:${model}`,
    title: `${model} scores a Brier of ${now.toFixed(3)} over seven days, ${before.brier.toFixed(3)} before`,
    details: { model, brier: now, before: before.brier, n: recent.length },
  });
};

const calibration = ({ model, recent }: ModelFact, settings: AlertSettings): readonly AlertVerdict[] => {
  const { calibrationError: threshold, minOutcomes } = settings;
  if (threshold === null || recent.length < minOutcomes) return [];
  const error = calibrationError(recent)!;
  return verdict(error.debiased, threshold, {
    kind: 'calibration',
    episode: `calibration:${model}`,
    title: `${model} is off by ${error.debiased.toFixed(3)} from its own probabilities over seven days`,
    details: { model, ...error },
  });
};

/** Both rules for every model with enough outcomes. */
export const degradedModels = (
  models: readonly ModelFact[],
  settings: AlertSettings,
): readonly AlertVerdict[] =>
  models.flatMap((model) => [...accuracy(model, settings), ...calibration(model, settings)]);
