// Shadow calls keep learning about members that are not chosen: a bounded share of decisions also asks one
// of them, picked by Thompson sampling so that the promising and the little known come up most.
import { type Random, randomNormal } from './random';

export interface ShadowCandidate {
  readonly model: string;
  /** Expected skill (higher is better): what was earned, shrunk already toward what was believed before. */
  readonly skill: number;
  /** Standard deviation of one outcome's skill. */
  readonly deviation: number;
  readonly n: number;
}

export interface ShadowOptions {
  /** Largest share of decisions with a shadow call, in [0, 1]. */
  readonly share: number;
  /** Outcomes that the belief without any counts for in the spread of a draw. Default 5. */
  readonly priorOutcomes?: number;
}

const drawSkill = (candidate: ShadowCandidate, priorOutcomes: number, random: Random): number => {
  const standardError = candidate.deviation / Math.sqrt(candidate.n + priorOutcomes);
  return candidate.skill + standardError * randomNormal(random);
};

/**
 * The model to ask in the shadow of one decision, or null (Thompson 1933; Gaussian posteriors). Draws from
 * `random` in a fixed order, so that the recorded seed reproduces the choice.
 * @throws RangeError when share is outside [0, 1].
 */
export const pickShadowCall = (
  candidates: readonly ShadowCandidate[],
  options: ShadowOptions,
  random: Random,
): string | null => {
  if (!(options.share >= 0 && options.share <= 1))
    throw new RangeError(`share is ${options.share}; accepted: a number in [0, 1]`);
  if (random() >= options.share) return null;
  const sorted = [...candidates].sort((x, y) => (x.model < y.model ? -1 : 1));
  let best: string | null = null;
  let top = Number.NEGATIVE_INFINITY;
  for (const candidate of sorted) {
    const draw = drawSkill(candidate, options.priorOutcomes ?? 5, random);
    if (draw > top) {
      top = draw;
      best = candidate.model;
    }
  }
  return best;
};
