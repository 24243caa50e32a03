// The desk's mode from what breakers and checks say (F5): harsher modes are entered the moment a breaker
// opens, milder ones only by the watch, after the rule has held for a while.
import { type BreakerRow, WHOLE_PROVIDER } from '../db/breaker-store';
import type { ModeRow } from '../db/mode-store';
import { modesByRule } from '../domain/alerts/mode-rule';
import { defaultQuorum } from '../domain/ensemble/quorum';
import {
  healthFromBreakers,
  MODE_POLICIES,
  type Mode,
  type ModeVerdict,
  type ModeWatch,
  modeFor,
  nextMode,
  type ProviderStanding,
} from '../domain/outage/modes';
import type { ModelEntry } from '../domain/selection/model';
import { OWN_PROVIDERS } from '../domain/selection/own-providers';
import type { IsoInstant } from '../domain/world';
import type { Dependencies } from './dependencies';
import { createSettingsInForce } from './settings-in-force';
import { createUsableModels } from './usable-models';

interface StandingInput {
  readonly models: readonly ModelEntry[];
  readonly providers: readonly string[];
  readonly breakers: readonly BreakerRow[];
  /** Providers whose last checks failed. */
  readonly unreachable: ReadonlySet<string>;
}

interface Checks {
  /** Providers whose last check went well. The watch checks before each of its looks. */
  readonly well: ReadonlySet<string>;
  readonly now: IsoInstant;
  /** How long nobody may have called since the window passed. */
  readonly quietMs: number;
}

const isLeftAlone = ({ model, state }: BreakerRow): boolean =>
  model === WHOLE_PROVIDER && state.status === 'open';

/** Between the sessions of a day nobody calls for hours: after so long without a call a check is all there is. */
const QUIET_MS = 1_800_000;

/**
 * A breaker whose window has passed, and which nobody has tried since, counts as closed where the provider's check went
 * well. A check says less than a call: a list of models may answer while completions fail.
 */
const believing =
  ({ well, now, quietMs }: Checks) =>
  (row: BreakerRow): BreakerRow => {
    const { status, retryAt } = row.state;
    const due = status !== 'closed' && (retryAt === null || Date.parse(retryAt) + quietMs <= Date.parse(now));
    return due && well.has(row.provider) && row.model !== WHOLE_PROVIDER
      ? { ...row, state: { ...row.state, status: 'closed' } }
      : row;
  };

/** Each language-model provider as the mode rule sees it. A model that was never called counts by its siblings. */
const providerStandings = (input: StandingInput): readonly ProviderStanding[] =>
  input.providers
    .filter((provider) => !OWN_PROVIDERS.has(provider))
    .map((provider) => {
      const rows = input.breakers.filter((row) => row.provider === provider);
      const reachable = !input.unreachable.has(provider) && !rows.some(isLeftAlone);
      const members = input.models.filter((model) => model.provider === provider).length;
      const statuses = rows.filter((row) => row.model !== WHOLE_PROVIDER).map(({ state }) => state.status);
      return {
        provider,
        languageModels: true,
        // A provider without a usable model can neither answer nor be missed.
        configured: members > 0,
        health: healthFromBreakers(statuses, reachable),
        members,
      };
    });

export interface ModeLook {
  readonly mode: Mode;
  readonly changed: boolean;
  /** What the watch must remember until its next look. */
  readonly pending: ModeWatch['pending'];
  readonly reason: string;
}

/** Looks of one refresh when others enter modes at the same moment; the watch looks again soon in any case. */
const MOST_TRIES = 5;

export const createModeWatch = (dependencies: Dependencies) => {
  const { stores, providers, logger } = dependencies;
  const settings = createSettingsInForce(stores);
  const usable = createUsableModels(dependencies);

  const ruled = async (now: IsoInstant): Promise<ModeVerdict> => {
    const [models, breakers, health] = await Promise.all([
      usable.languageModels(),
      stores.breakers.list(),
      stores.health.list(),
    ]);
    const checks = health.filter((row) => row.model === WHOLE_PROVIDER);
    const unreachable = new Set(checks.filter((row) => !row.available).map((row) => row.provider));
    const well = new Set(checks.filter((row) => row.consecutiveFailures === 0).map((row) => row.provider));
    const seats = Math.min((await settings.value('ensemble_size')) as number, models.length);
    const judged = (rows: readonly BreakerRow[]): ModeVerdict =>
      modeFor({
        providers: providerStandings({
          models,
          providers: [...providers.keys()],
          breakers: rows,
          unreachable,
        }),
        quorum: defaultQuorum(seats),
        override: null,
      });
    const believed = (quietMs: number) => judged(breakers.map(believing({ well, now, quietMs })));
    const verdict = believed(QUIET_MS);
    // Elsewhere decisions probe what may be back. A mode that keeps calls away would never end without the checks.
    return MODE_POLICIES[verdict.mode].mayCallProviders ? verdict : believed(0);
  };

  /**
   * Two modes entered in a burst are announced side by side: whoever is last announces the one that holds. What is cut
   * off here, the next look at the alert rules makes good.
   */
  const announce = async (row: ModeRow): Promise<void> => {
    const { mode, reason } = row;
    logger.warn({ mode, reason }, 'mode changed');
    for (const { firing, ...alert } of modesByRule(row))
      if (!firing) await stores.alerts.resolve(alert.episode);
    for (const { firing, ...alert } of modesByRule(row)) if (firing) await stores.alerts.raise(alert);
    const now = await stores.modes.byRule();
    if (now !== null && now.id !== row.id) await announce(now);
  };

  /**
   * Looks at the providers and enters the mode that the rule asks for.
   * @param pending what the last look left behind; without it only harsher modes are entered
   */
  const refresh = async (pending: ModeWatch['pending'] = null, tries = MOST_TRIES): Promise<ModeLook> => {
    const now = await stores.worlds.now('live');
    // Before the facts: whoever enters a mode after this is noticed when ours is entered.
    const row = await stores.modes.byRule();
    const verdict = await ruled(now);
    const before: ModeWatch = { mode: row?.mode ?? 'normal', since: row?.enteredAt ?? now, pending };
    const { watch, announce: changes } = nextMode(before, verdict, now);
    const entered = changes
      ? await stores.modes.enterByRule({
          mode: watch.mode,
          // What is left step by step is not what holds by now.
          reason:
            watch.mode === verdict.mode
              ? verdict.reason
              : `on the way back to ${verdict.mode}: ${verdict.reason}`,
          facts: { outProviders: verdict.outProviders },
          after: row?.id ?? null,
        })
      : null;
    if (changes && entered === null && tries > 1) return refresh(pending, tries - 1);
    if (entered !== null) await announce(entered);
    return { mode: watch.mode, changed: entered !== null, pending: watch.pending, reason: verdict.reason };
  };

  const current = async (): Promise<Pick<ModeRow, 'mode' | 'manual' | 'reason'>> =>
    (await stores.modes.current()) ?? { mode: 'normal', manual: false, reason: 'no provider was ever out' };

  return { refresh, current };
};
