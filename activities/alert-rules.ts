// Holds the rules of alerts against the desk: an episode that begins is raised, one that is over is resolved.
import { lowSuccess, manyErrors, slowSessions } from '../domain/alerts/rate-rules';
import { degradedModels } from '../domain/alerts/record-rules';
import { missedSchedules } from '../domain/alerts/schedule-rule';
import type { AlertVerdict } from '../domain/alerts/verdict';
import { type AlertSettings, alertSettings } from '../domain/settings/alert-settings';
import { deskWorld, scheduleSettings } from '../domain/settings/desk-settings';
import { LIVE_WORLD } from '../domain/world';
import { COMPETITION_GROUP } from './competition-forecasts';
import type { Dependencies } from './dependencies';
import { settingsNow } from './desk-world';
import { deskSchedules } from './missed-schedules';

type Rule = (settings: AlertSettings) => Promise<readonly AlertVerdict[]>;

export const createAlertRules = ({ stores, client }: Pick<Dependencies, 'stores' | 'client'>) => {
  const { alertFacts, alerts } = stores;

  const byHand: Rule = async () => {
    const mode = await stores.modes.current();
    const overridden = mode?.manual === true && mode.mode !== 'normal';
    return [
      {
        kind: 'mode',
        episode: 'mode:by_hand',
        firing: overridden,
        severity: 'critical',
        title: overridden ? `Mode ${mode.mode} by hand: ${mode.reason}` : 'Mode by hand',
        details: overridden ? { mode: mode.mode, ...mode.facts } : {},
      },
    ];
  };

  const schedules: Rule = async () => {
    const read = await settingsNow(stores);
    const [known, sessions, competitions, now] = await Promise.all([
      deskSchedules(client, scheduleSettings(read).times),
      alertFacts.startedSessions(deskWorld(read)),
      alertFacts.paperStandings(COMPETITION_GROUP),
      stores.worlds.now(LIVE_WORLD),
    ]);
    return missedSchedules(known, { sessions, competitions }, now);
  };

  /** Each stands alone: one that cannot be read keeps no other from being judged. */
  const rules: Readonly<Record<string, Rule>> = {
    slowSessions: async (settings) => slowSessions(await alertFacts.lastSessions(), settings),
    success: async (settings) => lowSuccess(await alertFacts.decisionRate(settings.windowMinutes), settings),
    errors: async (settings) => manyErrors(await alertFacts.callRate(settings.windowMinutes), settings),
    models: async (settings) => degradedModels(await alertFacts.models(), settings),
    byHand,
    schedules,
  };

  const settle = async ({ firing, ...alert }: AlertVerdict): Promise<void> => {
    await (firing ? alerts.raise(alert) : alerts.resolve(alert.episode));
  };

  /** @returns names of the rules that could not be judged. */
  const holdRules = async (): Promise<readonly string[]> => {
    const rows = await stores.settings.list('alerts');
    const settings = alertSettings(new Map(rows.map(({ key, value }) => [key, value])));
    const failed: string[] = [];
    for (const [name, rule] of Object.entries(rules))
      try {
        for (const verdict of await rule(settings)) await settle(verdict);
      } catch {
        failed.push(name);
      }
    return failed;
  };
  return { holdRules };
};
