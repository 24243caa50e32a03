// Alerts of money and outages: each raised once per period or episode, and resolved when it is over (E4, I2).
import { spendAnomalies } from '../domain/money/burn-rate';
import { formatUsd } from '../domain/money/micro-usd';
import type { Dependencies } from './dependencies';

const episodeOf = (provider: string, model: string): string => `breaker:${provider}:${model}`;

export const createAlertActivities = ({ stores }: Pick<Dependencies, 'stores'>) => {
  /** Yesterday against the four weeks before it: today is not over yet. */
  const raiseAnomaly = async (): Promise<void> => {
    const today = (await stores.worlds.now('live')).slice(0, 10);
    const from = new Date(Date.parse(`${today}T00:00:00.000Z`) - 40 * 86_400_000).toISOString();
    const days = (await stores.spend.by('day', { from })).map((row) => ({
      day: row.group,
      spentMicroUsd: row.settledMicroUsd,
    }));
    const yesterday = new Date(Date.parse(today) - 86_400_000).toISOString().slice(0, 10);
    const last = spendAnomalies(days.filter(({ day }) => day < today)).at(-1);
    const episode = `spend:${yesterday}`;
    const known = (await stores.alerts.list({ limit: 500 })).filter(({ kind }) => kind === 'spend_anomaly');
    for (const old of known)
      if (old.episode !== episode && old.resolvedAt === null) await stores.alerts.resolve(old.episode);
    if (last?.day !== yesterday || known.some((alert) => alert.episode === episode)) return;
    await stores.alerts.raise({
      kind: 'spend_anomaly',
      episode,
      severity: 'warning',
      title: `Spent $${formatUsd(last.spentMicroUsd)} on ${last.day}, usually $${formatUsd(last.usualMicroUsd)} a day`,
      details: { ...last },
    });
  };

  /** 50, 80, 95 and 100 % of each cap, once per period, and days that cost far more than usual. */
  const raiseBudgetAlerts = async (): Promise<number> => {
    await stores.alerts.resolveForCaps();
    const raised = await stores.alerts.raiseForCaps();
    await raiseAnomaly();
    return raised.length;
  };

  /** One alert per open breaker, resolved when it closes. */
  const raiseBreakerAlerts = async (): Promise<void> => {
    for (const { provider, model, state } of await stores.breakers.list()) {
      const episode = episodeOf(provider, model);
      if (state.status === 'closed') await stores.alerts.resolve(episode);
      else
        await stores.alerts.raise({
          kind: 'breaker',
          episode,
          severity: 'warning',
          title: `Breaker of ${provider} ${model} is ${state.status}`,
          details: { openedAt: state.openedAt, retryAt: state.retryAt, failedWindows: state.failedWindows },
        });
    }
  };
  return { raiseBudgetAlerts, raiseBreakerAlerts };
};
