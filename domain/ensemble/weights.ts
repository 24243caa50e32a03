// Weights over members: kept within a floor and a cap, so that no short record silences or crowns a member,
// and rescaled when a member is absent.

/** Non-negative weights by model id; they sum to 1 unless said otherwise. */
export type Weights = Readonly<Record<string, number>>;

/** Bounds as multiples of the equal weight 1/N. */
export interface WeightBounds {
  /** In [0, 1]. */
  readonly floor: number;
  /** At least 1. */
  readonly cap: number;
}

/** Floor 0.5/N and cap 2/N (requirement B3). */
export const DEFAULT_WEIGHT_BOUNDS: WeightBounds = { floor: 0.5, cap: 2 };

/** Stands for a weight of exactly zero, so that members with none share what the cap leaves over. */
const TINY = 1e-12;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export const assertWeights = (weights: Weights): void => {
  for (const [model, weight] of Object.entries(weights)) {
    if (!(weight >= 0 && weight < Infinity)) {
      throw new RangeError(`weight of "${model}" is ${weight}; accepted: a number of at least 0`);
    }
  }
};

/** 1/N each. */
export const equalWeights = (models: readonly string[]): Weights =>
  Object.fromEntries(models.map((model) => [model, 1 / models.length]));

/**
 * Rescales weights to sum to 1; equal when all are 0.
 * @throws RangeError naming the member whose weight is negative or not a number.
 */
export const normaliseWeights = (weights: Weights): Weights => {
  assertWeights(weights);
  const total = sum(Object.values(weights));
  if (!(total > 0)) return equalWeights(Object.keys(weights));
  return Object.fromEntries(Object.entries(weights).map(([model, weight]) => [model, weight / total]));
};

/** The c at which sum(clamp(c w, low, high)) = 1: that sum is piecewise linear in c, so walk its corners. */
const scaleTo = (values: readonly number[], low: number, high: number): number => {
  const at = (c: number): number => sum(values.map((value) => Math.min(high, Math.max(low, c * value))));
  const corners = values.flatMap((value) => [low / value, high / value]).sort((a, b) => a - b);
  let left = corners[0]!;
  for (const right of corners) {
    const [below, above] = [at(left), at(right)];
    if (above >= 1) return above === below ? right : left + ((1 - below) / (above - below)) * (right - left);
    left = right;
  }
  return left;
};

/**
 * Moves weights into [floor/N, cap/N] with sum 1, keeping the ratios of all that touch no bound: the
 * projection in relative entropy (Herbster and Warmuth 2001). Order is kept; weights within the bounds stay.
 */
export const boundWeights = (weights: Weights, bounds: WeightBounds = DEFAULT_WEIGHT_BOUNDS): Weights => {
  if (!(bounds.floor >= 0 && bounds.floor <= 1 && bounds.cap >= 1)) {
    throw new RangeError(
      `weight bounds are ${bounds.floor} to ${bounds.cap}; accepted: floor in [0, 1], cap >= 1`,
    );
  }
  const normal = Object.entries(normaliseWeights(weights));
  if (normal.length === 0) return {};
  const [low, high] = [bounds.floor / normal.length, bounds.cap / normal.length];
  if (normal.every(([, weight]) => weight >= low && weight <= high)) return Object.fromEntries(normal);
  const values = normal.map(([, weight]) => Math.max(weight, TINY));
  const scale = scaleTo(values, low, high);
  const moved = values.map((value) => Math.min(high, Math.max(low, scale * value)));
  return Object.fromEntries(normal.map(([model], index) => [model, moved[index]!]));
};

/**
 * Weights of the members that are present, summing to 1: the absent are left out, members the weights do not
 * know get the mean of the known, and the bounds are those of the smaller number.
 * @param bounds null takes the given ratios as they are (replay under weights chosen by hand).
 */
export const weightsOfPresent = (
  weights: Weights | null,
  present: readonly string[],
  bounds: WeightBounds | null = DEFAULT_WEIGHT_BOUNDS,
): Weights => {
  if (weights === null) return equalWeights(present);
  assertWeights(weights);
  const known = present.filter((model) => Object.hasOwn(weights, model)).map((model) => weights[model]!);
  const newcomer = known.length === 0 ? 1 : sum(known) / known.length;
  const raw = Object.fromEntries(
    present.map((model) => [model, Object.hasOwn(weights, model) ? weights[model]! : newcomer]),
  );
  return bounds === null ? normaliseWeights(raw) : boundWeights(raw, bounds);
};
