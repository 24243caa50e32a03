// How far apart members are, and what that says about the aggregate. Feeds routing (u) and sizing (spread
// variance). The std of log-odds is left out on purpose: on series it ranks questions the wrong way round.

/** Correlation of members' errors assumed when none is learnt (requirement B7). */
export const DEFAULT_ERROR_CORRELATION = 0.9;
/** Weight of the members against the price, blind (requirement B8). */
export const DEFAULT_MODEL_WEIGHT = 0.25;

export interface Disagreement {
  /** Members the figures are of. */
  readonly members: number;
  /** Population standard deviation of p, in [0, .5]. */
  readonly stdOfP: number;
  /** Jensen-Shannon divergence in nats, in [0, ln 2]. */
  readonly jensenShannon: number;
  /** p(1 - p) of the aggregate plus stdOfP, in [0, .75]. */
  readonly uncertainty: number;
  /** Variance of the members' mean p with correlated errors, before the price's weight; null with one member. */
  readonly spreadVariance: number | null;
}

const mean = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0) / values.length;

const squaredDeviations = (ps: readonly number[]): number => {
  const centre = mean(ps);
  return ps.reduce((total, p) => total + (p - centre) ** 2, 0);
};

/** Population standard deviation of p; 0 for none or one. */
export const stdOfProbabilities = (ps: readonly number[]): number =>
  ps.length < 2 ? 0 : Math.sqrt(squaredDeviations(ps) / ps.length);

const entropy = (p: number): number =>
  [p, 1 - p].reduce((total, q) => (q > 0 ? total - q * Math.log(q) : total), 0);

/**
 * Jensen-Shannon divergence of the members' yes/no distributions in nats: entropy of the mean minus mean
 * entropy (Lin 1991). 0 for none or one.
 */
export const jensenShannon = (ps: readonly number[]): number =>
  ps.length < 2 ? 0 : Math.max(0, entropy(mean(ps)) - mean(ps.map(entropy)));

/** u = p(1 - p) of the aggregate + population std of the members' p (requirement B6). */
export const uncertainty = (aggregate: number, ps: readonly number[]): number =>
  aggregate * (1 - aggregate) + stdOfProbabilities(ps);

export interface SpreadOptions {
  /** Weight w of the members against the price; 1 leaves the members' own variance. Default .25. */
  readonly modelWeight?: number;
  /** Correlation rho of the members' errors, in [0, 1). Default .9. */
  readonly correlation?: number;
}

/**
 * Variance of the pulled probability: v = w^2 s^2 (1 + (n - 1) rho) / (n (1 - rho)) (requirement B8). s^2 is
 * the unbiased sample variance: for equicorrelated errors of variance sigma^2, E[s^2] = (1 - rho) sigma^2 and
 * the mean has variance sigma^2 (1 + (n - 1) rho) / n, whose ratio is the formula.
 * @returns null with fewer than two members, where s^2 says nothing: use past v.
 * @throws RangeError when correlation is outside [0, 1).
 */
export const spreadVariance = (ps: readonly number[], options: SpreadOptions = {}): number | null => {
  const { modelWeight = DEFAULT_MODEL_WEIGHT, correlation = DEFAULT_ERROR_CORRELATION } = options;
  if (!(correlation >= 0 && correlation < 1)) {
    throw new RangeError(`correlation is ${correlation}; accepted: at least 0 and below 1`);
  }
  const n = ps.length;
  if (n < 2) return null;
  const s2 = squaredDeviations(ps) / (n - 1);
  return (modelWeight ** 2 * s2 * (1 + (n - 1) * correlation)) / (n * (1 - correlation));
};

/** How many independent members n correlated ones are worth: n / (1 + (n - 1) rho) (Kish 1965). */
export const effectiveMembers = (n: number, correlation = DEFAULT_ERROR_CORRELATION): number =>
  n === 0 ? 0 : n / (1 + (n - 1) * correlation);

/** All measures of one set of answers around its aggregate; null of no answers. */
export const measureDisagreement = (aggregate: number, ps: readonly number[]): Disagreement | null =>
  ps.length === 0
    ? null
    : {
        members: ps.length,
        stdOfP: stdOfProbabilities(ps),
        jensenShannon: jensenShannon(ps),
        uncertainty: uncertainty(aggregate, ps),
        spreadVariance: spreadVariance(ps, { modelWeight: 1 }),
      };

/** Uncertainty of one question asked for several horizons: the largest (requirement B6); 0 of none. */
export const maxUncertainty = (uncertainties: readonly number[]): number => Math.max(0, ...uncertainties);
