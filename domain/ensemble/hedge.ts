// Exponential weights on log loss, updated outcome by outcome: the weights a category earns (requirement B3).
// Fixed share lets a member that has improved come back; absent members keep their share.
import { boundWeights, equalWeights, normaliseWeights, type WeightBounds, type Weights } from './weights';

/** Plain JSON, so that it can be stored as a dated version. */
export interface HedgeState {
  /** Sum to 1, before floor and cap. */
  readonly weights: Weights;
  /** Outcomes seen. */
  readonly outcomes: number;
}

export interface HedgeOptions {
  /** Learning rate eta per nat of loss. Default: hedgeRate of the members and 400 outcomes. */
  readonly rate?: number;
  /** Share alpha handed round equally after each outcome, in [0, 1]. Default 1/400. */
  readonly share?: number;
  /** As how much of an outcome it counts, in (0, 1]: rows of one question are no evidence of their own. Default 1. */
  readonly weight?: number;
}

/** Outcomes below which nothing learnt beat equal weights reliably: the horizon the rate is tuned for. */
const HEDGE_HORIZON_OUTCOMES = 400;

/** Largest log loss with p clipped to [.005, .995], in nats. */
const LOSS_RANGE = -Math.log(0.005);

/**
 * eta = sqrt(8 ln N / T) / range, which minimises Hedge's regret bound over T outcomes (Cesa-Bianchi and Lugosi
 * 2006, theorem 2.2). 0 for one member or none.
 */
export const hedgeRate = (members: number, horizonOutcomes = HEDGE_HORIZON_OUTCOMES): number =>
  members < 2 ? 0 : Math.sqrt((8 * Math.log(members)) / horizonOutcomes) / LOSS_RANGE;

export const newHedge = (models: readonly string[]): HedgeState => ({
  weights: equalWeights(models),
  outcomes: 0,
});

/** A member not known before starts at the mean weight, 1/N of the larger number. */
const withNewcomers = (weights: Weights, models: readonly string[]): Weights => {
  const newcomers = models.filter((model) => !Object.hasOwn(weights, model));
  if (newcomers.length === 0) return weights;
  const known = Object.keys(weights).length;
  const mean = known === 0 ? 1 : 1 / known;
  return normaliseWeights({
    ...weights,
    ...Object.fromEntries(newcomers.map((model) => [model, mean])),
  });
};

/**
 * One outcome: w_j <- w_j exp(-eta loss_j) among the members that answered, whose total is kept, so that an absent
 * member neither gains nor loses (Freund, Schapire, Singer and Warmuth 1997); then (1 - alpha) w_j + alpha / N
 * (fixed share, Herbster and Warmuth 1998).
 * @param losses nats by model; absent and failed members have no entry
 */
export const hedgeUpdate = (state: HedgeState, losses: Weights, options: HedgeOptions = {}): HedgeState => {
  const before = withNewcomers(state.weights, Object.keys(losses));
  const models = Object.keys(before);
  const { weight = 1 } = options;
  const rate = weight * (options.rate ?? hedgeRate(models.length));
  const share = weight * (options.share ?? 1 / HEDGE_HORIZON_OUTCOMES);
  for (const [model, loss] of Object.entries(losses)) {
    if (!Number.isFinite(loss)) {
      throw new RangeError(`loss of "${model}" is ${loss}; accepted: a finite number of nats`);
    }
  }
  const present = models.filter((model) => Object.hasOwn(losses, model));
  const least = Math.min(...present.map((model) => losses[model]!));
  const factor = (model: string): number => Math.exp(-rate * (losses[model]! - least));
  const mass = present.reduce((total, model) => total + before[model]!, 0);
  const moved = present.reduce((total, model) => total + before[model]! * factor(model), 0);
  const updated = (model: string): number =>
    Object.hasOwn(losses, model) && moved > 0
      ? (before[model]! * factor(model) * mass) / moved
      : before[model]!;
  return {
    weights: normaliseWeights(
      Object.fromEntries(
        models.map((model) => [model, (1 - share) * updated(model) + share / models.length]),
      ),
    ),
    outcomes: state.outcomes + 1,
  };
};

/** The weights to decide with: floor 0.5/N and cap 2/N unless told otherwise. */
export const hedgeWeights = (state: HedgeState, bounds?: WeightBounds): Weights =>
  boundWeights(state.weights, bounds);
