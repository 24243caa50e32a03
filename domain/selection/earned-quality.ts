// Quality that a model has earned, beside its seed value (D1): from people's ratings of task results, and from
// its track record. The seed counts as a few outcomes, so that it fades instead of being forgotten.
import type { ModelEntry, Strength } from './model';
import { TASK_TYPES } from './tasks';

const RATING_RANGE = [0, 10] as const;

/** @throws RangeError naming the accepted form. */
const assertRating = (rating: number): number => {
  if (!Number.isFinite(rating) || rating < RATING_RANGE[0] || rating > RATING_RANGE[1])
    throw new RangeError(`rating is ${rating}; accepted: a number from 0 (useless) to 10 (perfect)`);
  return rating;
};

/** Ratings of one model for one task type or strength, in sums that a store can keep. */
export interface RatingRecord {
  /** Sum of weights; each rating weighs 1 when given. */
  readonly weight: number;
  readonly weightedSum: number;
}

export const NO_RATINGS: RatingRecord = { weight: 0, weightedSum: 0 };

/** A hundred ratings on, a rating weighs a third: models change under their names. */
const FADE = 0.99;
/** The seed value counts as five ratings: one bad evening does not ruin a model. */
const SEED_WEIGHT = 5;

/** Takes in one rating. @throws RangeError for one outside 0-10. */
export const rated = (record: RatingRecord, rating: number): RatingRecord => ({
  weight: record.weight * FADE + 1,
  weightedSum: record.weightedSum * FADE + assertRating(rating),
});

/** Seed and ratings together, 0-10. */
export const earnedQuality = (seedQuality: number, record: RatingRecord): number =>
  (SEED_WEIGHT * seedQuality + record.weightedSum) / (SEED_WEIGHT + record.weight);

/** Outcomes as many as which the seed counts against a track record. */
const SEED_OUTCOMES = 100;
/** One Brier point (.01) of skill against the simple mean is worth one point of quality. */
const QUALITY_PER_SKILL = 100;

/** Seed and track record together, 0-10: `skill` is the mean gain in Brier score against the simple mean. */
export const qualityFromRecord = (
  seedQuality: number,
  record: { readonly n: number; readonly skill: number },
): number => {
  const shown = Math.min(10, Math.max(0, seedQuality + QUALITY_PER_SKILL * record.skill));
  return (SEED_OUTCOMES * seedQuality + record.n * shown) / (SEED_OUTCOMES + record.n);
};

/** One rating as stored. */
export interface Rating {
  readonly modelId: string;
  readonly task: string;
  /** 0-10. */
  readonly rating: number;
}

/** What a model's forecasts were worth: n outcomes and the mean gain in Brier score against the simple mean. */
export interface ForecastRecord {
  readonly n: number;
  readonly skill: number;
}

/**
 * Quality by model and strength, 0-10: the seed value, moved by the track record for forecasting, and by ratings
 * of tasks that need the same strength.
 * @param ratings oldest first; those of task types that no longer exist count for nothing
 */
export const earnedBy = (
  ratings: readonly Rating[],
  records: ReadonlyMap<string, ForecastRecord> = new Map(),
): ((model: ModelEntry, strength: Strength) => number) => {
  const sums = new Map<string, RatingRecord>();
  for (const { modelId, task, rating } of ratings) {
    const strength = TASK_TYPES.find(({ type }) => type === task)?.needs;
    const key = `${strength} ${modelId}`;
    if (strength) sums.set(key, rated(sums.get(key) ?? NO_RATINGS, rating));
  }
  return (model, strength) => {
    const record = strength === 'forecasting' ? records.get(model.id) : undefined;
    const base = record ? qualityFromRecord(model.quality, record) : model.quality;
    return earnedQuality(base, sums.get(`${strength} ${model.id}`) ?? NO_RATINGS);
  };
};
