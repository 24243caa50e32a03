// One look of the provider watch: cheap checks, the mode, reservations without an end, pruning.
// Each part stands alone, so that one that fails does not keep the others from being done.
import { Context } from '@temporalio/activity';
import { WHOLE_PROVIDER } from '../db/breaker-store';
import type { ModeWatch } from '../domain/outage/modes';
import { OWN_PROVIDERS } from '../domain/selection/own-providers';
import type { ProviderWatchLook } from '../workflows/contracts/provider-watch';
import type { ActivityOptions, Dependencies } from './dependencies';
import { createModeWatch } from './modes';
import { quietly } from './quietly';

/** A check is a list of models or less; a server that needs longer is not well. */
const CHECK_MS = 5_000;
/** Far beyond the longest attempt: such a reservation has lost its caller. */
const LOST_RESERVATION_MS = 900_000;
const BEYOND_DEADLINE_MS = 300_000;

/** When a reservation that nobody closed counts as lost: no call may still be under way then. */
export const lostAfterSeconds = ({ callDeadlines }: Pick<ActivityOptions, 'callDeadlines'>): number => {
  const longestMs = Math.max(0, ...(callDeadlines?.values() ?? []));
  return Math.max(LOST_RESERVATION_MS, longestMs + BEYOND_DEADLINE_MS) / 1_000;
};

export const createProviderWatch = (dependencies: Dependencies) => {
  const { stores, providers, logger, options } = dependencies;
  const modes = createModeWatch(dependencies);

  const check = async (name: string): Promise<void> => {
    const provider = providers.get(name);
    if (!provider?.check) return;
    const started = performance.now();
    // Not `AbortSignal.timeout`: joined with another, Node 20 may collect it as garbage before it fires.
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), CHECK_MS);
    const result = await provider
      .check(AbortSignal.any([Context.current().cancellationSignal, limit.signal]))
      .catch(() => ({ ok: false, latencyMs: performance.now() - started }))
      .finally(() => clearTimeout(timer));
    await stores.health.observe({
      provider: name,
      model: WHOLE_PROVIDER,
      origin: 'check',
      ok: result.ok,
      failure: result.ok ? null : 'unavailable',
      latencyMs: result.latencyMs,
    });
  };

  const part = quietly(logger, 'part of the watch failed');

  /** @param pending the milder mode that the last look proposed, and since when. */
  const watchProviders = async (pending: ModeWatch['pending']): Promise<ProviderWatchLook> => {
    const checked = [...providers.keys()].filter((name) => !OWN_PROVIDERS.has(name));
    await Promise.all(checked.map((name) => part(`check ${name}`, () => check(name))));
    const look = await modes.refresh(pending);
    await part('uncertain', () => stores.ledger.sweepUncertain(lostAfterSeconds(options)));
    return { mode: look.mode, pending: look.pending, checked: checked.length, reason: look.reason };
  };
  return { watchProviders };
};
