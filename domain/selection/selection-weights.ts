// What the choice of members weighs against what, in units of its score.

export interface SelectionWeights {
  /** One Brier point (.01) of skill is worth this many score units. */
  readonly skillPerPoint: number;
  /** Score lost by a call that would take the decision's whole budget. */
  readonly cost: number;
  /** Score lost by a median latency as long as the deadline. */
  readonly latency: number;
  /** Score lost by degraded health. */
  readonly degraded: number;
  /** Score lost without the strength, and without skill earned in spite of that: taken where too few others are left. */
  readonly unsuited: number;
  /** Score lost per member already taken from the same provider: errors and outages are shared. */
  readonly sameProvider: number;
}

/** One point of skill outweighs a call that costs the whole budget share; seed quality spans two points. */
export const DEFAULT_WEIGHTS: SelectionWeights = {
  skillPerPoint: 1,
  cost: 0.5,
  latency: 0.3,
  degraded: 0.5,
  unsuited: 1_000,
  sameProvider: 0.25,
};
