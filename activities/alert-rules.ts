// Holds the rules of alerts against the desk: an episode that begins is raised, one that is over is resolved.
import { failingChannels } from '../domain/alerts/delivery-rule';
import { modesByRule } from '../domain/alerts/mode-rule';
import { modelFacts } from '../domain/alerts/model-facts';
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

type Judge = (settings: AlertSettings) => Promise<readonly AlertVerdict[]>;

interface Rule {
  /** Kinds of alerts that are this rule's alone: an open episode that it does not name is over. */
  readonly kinds: readonly string[];
  /** True: it reads much, and what it judges changes in minutes at the least. Absent: it is held at every look. */
  readonly slow?: true;
  readonly judge: Judge;
}

export const createAlertRules = ({
  stores,
  client,
  alertChannels = [],
}: Pick<Dependencies, 'stores' | 'client' | 'alertChannels'>) => {
  const { alertFacts, alerts } = stores;
  const channels = alertChannels.map(({ name }) => name);

  const byHand: Judge = async () => {
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

  const schedules: Judge = async () => {
    const read = await settingsNow(stores);
    const [known, sessions, competitions, now] = await Promise.all([
      deskSchedules(client, scheduleSettings(read).times),
      alertFacts.startedSessions(deskWorld(read)),
      alertFacts.paperStandings(COMPETITION_GROUP),
      stores.worlds.now(LIVE_WORLD),
    ]);
    return missedSchedules(known, { sessions, competitions }, now);
  };

  /** Each stands alone: one that cannot be read keeps no other from being judged, and ends nothing. */
  const rules: Readonly<Record<string, Rule>> = {
    slowSessions: {
      kinds: ['session_slow'],
      judge: async (settings) => slowSessions(await alertFacts.lastSessions(), settings),
    },
    success: {
      kinds: ['success'],
      judge: async (settings) => lowSuccess(await alertFacts.decisionRate(settings.windowMinutes), settings),
    },
    errors: {
      kinds: ['errors'],
      judge: async (settings) => manyErrors(await alertFacts.callRate(settings.windowMinutes), settings),
    },
    models: {
      kinds: ['accuracy', 'calibration'],
      slow: true,
      judge: async (settings) => degradedModels(modelFacts(await alertFacts.scoredDays()), settings),
    },
    // Two rules of one kind: each always names all its own episodes, and ends none of the other's.
    byHand: { kinds: [], judge: byHand },
    // Whoever enters a mode announces it, and may be killed between the two.
    byRule: { kinds: [], judge: async () => modesByRule(await stores.modes.byRule()) },
    schedules: { kinds: ['schedule'], judge: schedules },
    deliveries: {
      kinds: ['delivery'],
      slow: true,
      judge: async () => failingChannels(await stores.channels.standings(), channels),
    },
  };

  const settle = async ({ firing, ...alert }: AlertVerdict): Promise<void> => {
    if (firing !== null) await (firing ? alerts.raise(alert) : alerts.resolve(alert.episode));
  };

  const hold = async ({ kinds, judge }: Rule, settings: AlertSettings): Promise<void> => {
    const verdicts = await judge(settings);
    for (const verdict of verdicts) await settle(verdict);
    await alerts.resolveOthers(
      kinds,
      verdicts.map(({ episode }) => episode),
    );
  };

  /**
   * @param which `quick` leaves out the rules that read much
   * @returns names of the rules that could not be judged
   */
  const holdRules = async (which: 'all' | 'quick' = 'all'): Promise<readonly string[]> => {
    const rows = await stores.settings.list('alerts');
    const settings = alertSettings(new Map(rows.map(({ key, value }) => [key, value])));
    const failed: string[] = [];
    for (const [name, rule] of Object.entries(rules)) {
      if (rule.slow && which === 'quick') continue;
      try {
        await hold(rule, settings);
      } catch {
        failed.push(name);
      }
    }
    return failed;
  };
  return { holdRules };
};
