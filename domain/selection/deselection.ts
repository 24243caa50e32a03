// Leaving a model out when it is out or degraded, and taking it back after it has recovered (D5). Leaving is
// immediate; coming back takes proof, so that a flickering provider does not flicker into decisions.
import type { IsoInstant } from '../world';

export interface Standing {
  readonly selected: boolean;
  readonly reason: string | null;
  readonly since: IsoInstant | null;
  /** Good looks in a row since it was left out. */
  readonly goodLooks: number;
}

export const IN_SERVICE: Standing = { selected: true, reason: null, since: null, goodLooks: 0 };

/** What one look at a model says, over the last window of live traffic and checks. */
export interface Look {
  readonly breaker: 'closed' | 'open' | 'half_open';
  /** Calls in the window. */
  readonly calls: number;
  readonly failures: number;
  readonly medianLatencyMs: number | null;
  /** Median over the last 7 days; null when unknown. */
  readonly usualLatencyMs: number | null;
  /** Share of exact 0.5, failures or contradictions is abnormal (C8). */
  readonly screened: string | null;
}

/** Three, as the breaker asks for three successes. */
const GOOD_LOOKS_TO_RETURN = 3;
/** Fewer calls say nothing about a rate. */
const ENOUGH_CALLS = 5;
/** Half of the calls failing is degradation, whatever the breaker says (429s and malformed answers included). */
const FAILURE_RATE = 0.5;
/** Four times the usual latency is degradation. */
const LATENCY_FACTOR = 4;

/** Why a look is bad, or null when it is good. */
export const badLook = (look: Look): string | null => {
  if (look.breaker !== 'closed') return `breaker ${look.breaker}`;
  if (look.screened !== null) return `screened: ${look.screened}`;
  if (look.calls >= ENOUGH_CALLS && look.failures / look.calls >= FAILURE_RATE)
    return `${look.failures} of ${look.calls} calls failed`;
  const { medianLatencyMs, usualLatencyMs } = look;
  if (
    look.calls >= ENOUGH_CALLS &&
    medianLatencyMs !== null &&
    usualLatencyMs !== null &&
    medianLatencyMs > LATENCY_FACTOR * usualLatencyMs
  )
    return `latency ${medianLatencyMs} ms, usually ${usualLatencyMs} ms`;
  return null;
};

/** The standing after looks in order of time, from being in service. */
export const standingOver = (looks: readonly { readonly look: Look; readonly at: IsoInstant }[]): Standing =>
  looks.reduce((standing, { look, at }) => nextStanding(standing, look, at).standing, IN_SERVICE);

/** The standing after one look. `changed` is true when the model was left out or taken back by it. */
export const nextStanding = (
  standing: Standing,
  look: Look,
  now: IsoInstant,
): { readonly standing: Standing; readonly changed: boolean } => {
  const reason = badLook(look);
  if (reason !== null) {
    const since = standing.selected ? now : standing.since;
    return { standing: { selected: false, reason, since, goodLooks: 0 }, changed: standing.selected };
  }
  if (standing.selected) return { standing, changed: false };
  const goodLooks = standing.goodLooks + 1;
  return goodLooks >= GOOD_LOOKS_TO_RETURN
    ? { standing: IN_SERVICE, changed: true }
    : { standing: { ...standing, goodLooks }, changed: false };
};
