// Providers from outside: breakers, health, the mode in force, and the kill switch.
import type { BreakerRow } from '../db/breaker-store';
import { WHOLE_PROVIDER } from '../db/breaker-store';
import type { HealthFigures, HealthSummary } from '../db/health-store';
import type { ConclaveClient } from './connect';

/** Hours of history that availability and percentiles are taken from. */
const HEALTH_HOURS = 24;

const figures = (health: HealthFigures | undefined) => ({
  availability: health?.availability ?? null,
  observations: health?.observations ?? 0,
  p50Ms: health?.p50Ms ?? null,
  p90Ms: health?.p90Ms ?? null,
  p99Ms: health?.p99Ms ?? null,
});

const modelDocument = (
  breaker: BreakerRow | undefined,
  health: HealthSummary | undefined,
  model: string,
) => ({
  model,
  breaker: breaker?.state.status ?? 'closed',
  retryAt: breaker?.state.retryAt ?? null,
  ...figures(health),
});

/** By provider: how all of its models did of late, calls and checks alike. */
export const providerFigures = async ({ stores }: Pick<ConclaveClient, 'stores'>) => {
  const rows = await stores.health.providers(HEALTH_HOURS);
  return (provider: string) => figures(rows.find((row) => row.provider === provider));
};

/** The mode that holds now, with its reason. */
export const modeDocument = async (client: Pick<ConclaveClient, 'stores'>) => {
  const row = await client.stores.modes.current();
  return row
    ? { mode: row.mode, manual: row.manual, reason: row.reason, since: row.enteredAt }
    : { mode: 'normal' as const, manual: false, reason: 'no provider was ever out', since: null };
};

/** Breakers and health by provider; a provider's own row (`*`) says whether it answers checks or is left alone. */
export const providerHealth = async (client: Pick<ConclaveClient, 'stores'>) => {
  const [breakers, summary, rows, figuresOf] = await Promise.all([
    client.stores.breakers.list(),
    client.stores.health.summary(HEALTH_HOURS),
    client.stores.health.list(),
    providerFigures(client),
  ]);
  const of = (provider: string) => {
    const names = [...breakers, ...summary]
      .filter((each) => each.provider === provider)
      .map(({ model }) => model);
    const check = rows.find((row) => row.provider === provider && row.model === WHOLE_PROVIDER);
    const whole = breakers.find((row) => row.provider === provider && row.model === WHOLE_PROVIDER);
    return {
      reachable: check?.available ?? null,
      lastCheckAt: check?.lastCheckAt ?? null,
      leftAloneUntil: whole?.state.status === 'open' ? whole.state.retryAt : null,
      ...figuresOf(provider),
      models: [...new Set(names)]
        .filter((model) => model !== WHOLE_PROVIDER)
        .sort()
        .map((model) =>
          modelDocument(
            breakers.find((each) => each.provider === provider && each.model === model),
            summary.find((each) => each.provider === provider && each.model === model),
            model,
          ),
        ),
    };
  };
  return { of };
};

/** Stops all calls of language models at once. @throws RangeError without a reason. */
export const haltProviders = async (client: ConclaveClient, reason: string, by: string) => {
  await client.stores.modes.override({ mode: 'halted', reason, by });
  return modeDocument(client);
};

/** Lifts the override; `changed` is false when there was none. @throws RangeError without a reason. */
export const resumeProviders = async (client: ConclaveClient, reason: string, by: string) => {
  const changed = await client.stores.modes.endOverride({ reason, by });
  return { changed, ...(await modeDocument(client)) };
};
