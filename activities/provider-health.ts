// What live calls teach about a provider's health (F7). Only failures that speak of the provider count: a
// wrong request or an empty budget says nothing about who would have answered it.
import type { HealthObservation } from '../db/health-store';
import type { FailureKind } from '../domain/outage/failure';
import type { Dependencies } from './dependencies';

const SPEAKS_OF_PROVIDER: ReadonlySet<FailureKind> = new Set<FailureKind>([
  'rate_limited',
  'rate_limited_too_long',
  'unavailable',
  'timed_out',
  'auth',
  'malformed',
]);

export type LiveObservation = Pick<HealthObservation, 'provider' | 'model' | 'origin' | 'latencyMs'> & {
  /** Null: answered. */
  readonly failure: FailureKind | null;
};

export const createProviderHealth = ({ stores, logger }: Pick<Dependencies, 'stores' | 'logger'>) => {
  /** Notes one live call; a note that cannot be written must never cost the call its answer. */
  const observe = async ({ failure, ...call }: LiveObservation): Promise<void> => {
    if (failure !== null && !SPEAKS_OF_PROVIDER.has(failure)) return;
    try {
      await stores.health.observe({ ...call, ok: failure === null, failure });
    } catch (error) {
      logger.warn(
        {
          provider: call.provider,
          model: call.model,
          error: error instanceof Error ? error.name : 'unknown',
        },
        'health could not be noted',
      );
    }
  };
  return { observe };
};
