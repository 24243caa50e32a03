// Quality that a model has earned, beside its seed value (D1): from people's ratings of task results, and from
// its track record. The seed counts as a few outcomes, so that it fades instead of being forgotten.
import type { ModelEntry } from './model';

export const RATING_RANGE = [0, 10] as const;

/** @throws RangeError naming the accepted form. */
export const assertRating = (rating: number): number => {
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

/** `qualityOf` for tier choices, from the ratings of one task type by model id. */
export const qualityByRatings =
  (ratings: ReadonlyMap<string, RatingRecord>) =>
  (model: ModelEntry): number => {
    const record = ratings.get(model.id);
    return record === undefined ? model.quality : earnedQuality(model.quality, record);
  };
