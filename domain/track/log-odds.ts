// Clipping and log-odds as the track record uses them: probabilities are clipped before a logit so that
// one overconfident 0 or 1 cannot outweigh everyone else.

/** Bounds of p before a logit (data/forecasts README, requirement C10). */
export const LOGIT_CLIP = 0.01;
/** Bounds of p before a logarithmic score. */
export const LOG_LOSS_CLIP = 0.005;

/** p moved into [clip, 1 - clip]. */
export const clipProbability = (p: number, clip: number): number => Math.min(1 - clip, Math.max(clip, p));

/** Log-odds of p after clipping; bounded by log(99) with the default clip. */
export const logit = (p: number, clip: number = LOGIT_CLIP): number => {
  const clipped = clipProbability(p, clip);
  return Math.log(clipped / (1 - clipped));
};

/** Inverse of the logit; never overflows. */
export const sigmoid = (x: number): number => {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
};
