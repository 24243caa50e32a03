// Draws a probability towards one half by how far members disagree: the mean of what it could be, not its
// most likely value.
import { logit, sigmoid } from '../track/log-odds';
import { stdOfProbabilities } from './disagreement';

/** p is kept this far from 0 and 1 before its log-odds; finer than the members' clip, so that it moves nothing. */
const CLIP = 1e-6;

/**
 * Moderated output (MacKay 1992): averaging sigmoid over normal log-odds of variance t^2 is close to
 * sigmoid(x / sqrt(1 + pi t^2 / 8)). t is the population std of the members' p on the log-odds scale at one
 * half, where a log-odds is worth p(1 - p) = 1/4 of probability: t = 4 std. The std of the log-odds themselves
 * is not used, because it is largest where members are surest.
 */
export const moderate = (aggregate: number, ps: readonly number[]): number => {
  const t = 4 * stdOfProbabilities(ps);
  return sigmoid(logit(aggregate, CLIP) / Math.sqrt(1 + (Math.PI * t * t) / 8));
};
