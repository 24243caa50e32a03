// Which models are out of service right now (D5): by their breaker and their provider at once, by a bad spell of
// calls until it has passed. A model that comes back is asked for the record first, which is its breaker's probe.
import { type BreakerRow, WHOLE_PROVIDER } from '../db/breaker-store';
import type { HealthRow } from '../db/health-store';
import { oneReader } from '../db/one-reader';
import { createSelectionReads, type LookRow } from '../db/selection-reads';
import { IN_SERVICE, type Standing, standingOver } from '../domain/selection/deselection';
import type { IsoInstant } from '../domain/world';
import type { Dependencies } from './dependencies';

export interface ModelKey {
  readonly provider: string;
  readonly model: string;
}

interface ServiceFacts {
  readonly breakers: readonly BreakerRow[];
  readonly health: readonly HealthRow[];
  readonly looks: readonly LookRow[];
  readonly now: IsoInstant;
}

export interface Service {
  /** Why it is left out; null: in service. */
  readonly out: string | null;
  /** Left out, but its breaker lets one call through to see whether it is back. */
  readonly probing: boolean;
  /** Answers, but with failures lately. */
  readonly degraded: boolean;
  readonly latencyMs: number | null;
}

/** Below nine good calls of ten. */
const DEGRADED_BELOW = 0.9;

const standingFrom = (looks: readonly LookRow[]): Standing =>
  looks.length === 0
    ? IN_SERVICE
    : standingOver(
        looks.map(({ at, ...counts }) => ({ at, look: { breaker: 'closed', screened: null, ...counts } })),
      );

/** The service of each model, from facts read once. */
const serviceOf = ({ breakers, health, looks, now }: ServiceFacts) => {
  const rowOf = <T extends ModelKey>(rows: readonly T[], provider: string, model: string): T | undefined =>
    rows.find((row) => row.provider === provider && row.model === model);

  const providerOut = (provider: string): string | null => {
    const whole = rowOf(breakers, provider, WHOLE_PROVIDER)?.state;
    if (whole?.status === 'open' && whole.retryAt !== null && whole.retryAt > now)
      return `${provider} asked to be left alone until ${whole.retryAt}`;
    const reachable = rowOf(health, provider, WHOLE_PROVIDER)?.available ?? true;
    return reachable ? null : `${provider} cannot be reached`;
  };

  return ({ provider, model }: ModelKey): Service => {
    const breaker = rowOf(breakers, provider, model)?.state;
    const own = rowOf(health, provider, model);
    const about = {
      degraded: (own?.availability ?? 1) < DEGRADED_BELOW,
      latencyMs: own?.averageResponseTimeMs ?? null,
    };
    const whole = providerOut(provider);
    if (whole !== null) return { ...about, out: whole, probing: false };
    if (breaker && breaker.status !== 'closed') {
      const waits = breaker.retryAt !== null && breaker.retryAt > now;
      const out = `its breaker is ${breaker.status.replace('_', ' ')}${waits ? ` until ${breaker.retryAt}` : ''}`;
      return { ...about, out, probing: !waits };
    }
    const standing = standingFrom(looks.filter((row) => row.provider === provider && row.model === model));
    const out = standing.selected ? null : `left out since ${standing.since}: ${standing.reason}`;
    return { ...about, out, probing: false };
  };
};

/** Reads the facts anew each time; of many who ask at once, once. */
export const createServices = ({ stores, db }: Pick<Dependencies, 'stores' | 'db'>) => {
  const reads = createSelectionReads(db);
  return oneReader(async () => {
    const [breakers, health, looks, now] = await Promise.all([
      stores.breakers.list(),
      stores.health.list(),
      reads.looks(),
      stores.worlds.now('live'),
    ]);
    return serviceOf({ breakers, health, looks, now });
  });
};
