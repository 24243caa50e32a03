// Drift at work (requirement C8): where a member's scores have become worse than what it was held to, its weight
// starts from the prior, and what it said before counts no longer.
import { type DriftState, NO_DRIFT, observeDrift, surprise } from './drift';
import type { ResolvedForecast } from './record';

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

/**
 * The drift of member `m` over rows in order of resolution. It is held to its calibrated p: a member that has
 * always been wrong is known to be, and has not changed. Without a calibrator there is nothing to hold it to.
 */
export const memberDrift = (rows: readonly ResolvedForecast[], m: number): MemberDrift => {
  let drift = STEADY;
  for (const [index, row] of rows.entries()) {
    const calibrated = row.shadow?.calibrated[m] ?? Number.NaN;
    if (Number.isNaN(row.p[m]!) || Number.isNaN(calibrated)) continue;
    const state = observeDrift(drift.state, row.weight * surprise(calibrated, row.y));
    drift = state.drifted
      ? { resets: drift.resets + 1, since: index + 1, state: NO_DRIFT }
      : { ...drift, state };
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
