// Alerts of money and outages: each raised once per period or episode, and resolved when it is over (E4, I2).
import { type DaySpend, monthOutlook, spendAnomalies } from '../domain/money/burn-rate';
import { usdText } from '../domain/money/micro-usd';
import type { IsoDate } from '../domain/world';
import type { Dependencies } from './dependencies';

const DAY_MS = 86_400_000;

const episodeOf = (provider: string, model: string): string => `breaker:${provider}:${model}`;

export const createAlertActivities = ({ stores }: Pick<Dependencies, 'stores'>) => {
  /** Once a month: at this rate its budget ends before it does. Ends when it no longer would. */
  const raiseBudgetEnd = async (days: readonly DaySpend[], today: IsoDate): Promise<void> => {
    const limits = await stores.caps.limits();
    const limit = limits.find(({ scope }) => scope === 'month')?.limitMicroUsd ?? null;
    const outlook = monthOutlook(days, limit, today);
    const { endsOn, ratePerDayMicroUsd } = outlook;
    const episode = `budget_end:${today.slice(0, 7)}`;
    const known = await stores.alerts.list({ kind: 'budget_end', limit: 500 });
    for (const old of known)
      if (old.resolvedAt === null && (old.episode !== episode || endsOn === null))
        await stores.alerts.resolve(old.episode);
    if (endsOn === null || known.some((alert) => alert.episode === episode)) return;
    await stores.alerts.raise({
      ...{ kind: 'budget_end', episode, severity: 'warning' },
      title: `The month's budget ends on ${endsOn}${ratePerDayMicroUsd > 0 ? ` at ${usdText(ratePerDayMicroUsd)} a day` : ''}`,
      details: { ...outlook, limitMicroUsd: limit },
    });
  };

  /** Yesterday against the four weeks before it: today is not over yet. */
  const raiseAnomaly = async (days: readonly DaySpend[], today: IsoDate): Promise<void> => {
    const yesterday = new Date(Date.parse(today) - DAY_MS).toISOString().slice(0, 10);
    const last = spendAnomalies(days.filter(({ day }) => day < today)).at(-1);
    const episode = `spend:${yesterday}`;
    const known = await stores.alerts.list({ kind: 'spend_anomaly', limit: 500 });
    for (const old of known)
      if (old.episode !== episode && old.resolvedAt === null) await stores.alerts.resolve(old.episode);
    if (last?.day !== yesterday || known.some((alert) => alert.episode === episode)) return;
    await stores.alerts.raise({
      kind: 'spend_anomaly',
      episode,
      severity: 'warning',
      title: `Spent ${usdText(last.spentMicroUsd)} on ${last.day}, usually ${usdText(last.usualMicroUsd)} a day`,
      details: { ...last },
    });
  };

  /** 50, 80, 95 and 100 % of each cap, once per period. */
  const raiseCapAlerts = async (): Promise<number> => {
    await stores.alerts.resolveForCaps();
    return (await stores.alerts.raiseForCaps()).length;
  };

  /** Days that cost far more than usual, and a month's early end: both from one reading of 45 days of the ledger. */
  const raiseSpendAlerts = async (): Promise<void> => {
    const today = (await stores.worlds.now('live')).slice(0, 10);
    const days = await stores.spend.recentDays(today);
    await raiseAnomaly(days, today);
    await raiseBudgetEnd(days, today);
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
          title: `Breaker of ${provider} ${model} is ${state.status.replace('_', ' ')}`,
          details: { openedAt: state.openedAt, retryAt: state.retryAt, failedWindows: state.failedWindows },
        });
    }
  };
  return { raiseCapAlerts, raiseSpendAlerts, raiseBreakerAlerts };
};
