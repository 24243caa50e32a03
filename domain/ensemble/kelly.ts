// Kelly fractions and their shrinkage: full Kelly on a raw probability loses money, half Kelly on a pulled and
// shrunk one does not.

/** Share of full Kelly that is bet (requirement B8). */
export const KELLY_SHARE = 0.5;

/**
 * Kelly's fraction of the bankroll for a bet that wins `odds` per unit or loses the unit (Kelly 1956):
 * (p odds - (1 - p)) / odds, 0 where the expectation is not positive.
 */
export const kellyFraction = (p: number, odds: number): number =>
  odds > 0 ? Math.max(0, (p * odds - (1 - p)) / odds) : 0;

/**
 * Baker and McHale (2013, "Optimal betting under parameter uncertainty"): bet e^2 / (e^2 + v) of the Kelly stake,
 * e the edge and v the variance of the probability. In [0, 1]; 0 without an edge.
 */
export const bakerMcHaleFactor = (edge: number, variance: number): number => {
  // As a ratio, because the square of a tiny edge is 0 in floating point.
  const ratio = Math.sqrt(variance) / Math.abs(edge);
  return edge === 0 ? 0 : 1 / (1 + ratio * ratio);
};
