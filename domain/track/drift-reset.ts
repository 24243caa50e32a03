// Drift at work (requirement C8): where a member's scores have become worse than what it was held to, its weight
// starts from the prior, and what it said before counts no longer.
import { type DriftState, NO_DRIFT, observeDrift, surprise } from './drift';
import type { ResolvedForecast } from './record';
import { type Span, stepKey } from './record-cluster';

/** Plain JSON. */
export interface MemberDrift {
  /** Detections so far. */
  readonly resets: number;
  /** Rows before this index count no longer. */
  readonly since: number;
  /** Since the last reset. */
  readonly state: DriftState;
}

const STEADY: MemberDrift = { resets: 0, since: 0, state: NO_DRIFT };

/** What one cluster's rows show of member `m`. */
interface Step {
  readonly weight: number;
  /** Sum of weight x surprise. */
  readonly sum: number;
  /** After the last of them. */
  readonly next: number;
  readonly span: Span | null;
}

/** Of steps that overlap the first alone: what happens in both would be two surprises. */
const apart = (steps: readonly Step[]): readonly Step[] => {
  let until = '';
  return steps.filter(({ span }) => {
    if (span === null) return true;
    if (span.from < until) return false;
    until = span.to;
    return true;
  });
};

/** One step per cluster, or day of prices, in order of resolution: rows that turn on one outcome are one surprise. */
const stepsOf = (rows: readonly ResolvedForecast[], m: number): readonly Step[] => {
  const steps = new Map<string, Step>();
  for (const [index, row] of rows.entries()) {
    const calibrated = row.shadow?.calibrated[m] ?? Number.NaN;
    if (Number.isNaN(row.p[m]!) || Number.isNaN(calibrated)) continue;
    const key = stepKey(row);
    const { weight, sum, span } = steps.get(key) ?? { weight: 0, sum: 0, span: row.span ?? null };
    steps.set(key, {
      span,
      weight: weight + row.weight,
      sum: sum + row.weight * surprise(calibrated, row.y),
      next: index + 1,
    });
  }
  return apart([...steps.values()].sort((x, y) => x.next - y.next));
};

/**
 * The drift of member `m` over rows in order of resolution. It is held to its calibrated p: a member that has
 * always been wrong is known to be, and has not changed. Without a calibrator there is nothing to hold it to.
 */
export const memberDrift = (rows: readonly ResolvedForecast[], m: number): MemberDrift => {
  let drift = STEADY;
  for (const { weight, sum, next } of stepsOf(rows, m)) {
    // A lone row of weight 1/k stays 1/k of a step.
    const state = observeDrift(drift.state, sum / Math.max(1, weight));
    drift = state.drifted ? { resets: drift.resets + 1, since: next, state: NO_DRIFT } : { ...drift, state };
  }
  return drift;
};

/** The rows without what drifted members said before their last reset. */
export const withoutDrifted = (
  rows: readonly ResolvedForecast[],
  drifts: readonly MemberDrift[],
): readonly ResolvedForecast[] => {
  const latest = Math.max(0, ...drifts.map(({ since }) => since));
  if (latest === 0) return rows;
  return rows.map((row, index) =>
    index >= latest ? row : { ...row, p: row.p.map((p, m) => (index < drifts[m]!.since ? Number.NaN : p)) },
  );
};
