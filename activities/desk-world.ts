// What every run of the desk needs to know first: which world runs, what a market watches, what the settings say.
import { Context } from '@temporalio/activity';
import type { Market } from '../domain/market/market';
import { equitySubject } from '../domain/market/subject';
import type { ReadSetting } from '../domain/settings/desk-settings';
import { settingValue } from '../domain/settings/setting-definitions';
import { LIVE_WORLD, SYNTHETIC_WORLD, type WorldId } from '../domain/world';
import type { Dependencies } from './dependencies';

export const createDeskWorld = ({
  stores,
  sources,
  options,
}: Pick<Dependencies, 'stores' | 'sources' | 'options'>) => {
  /** Live while real prices can be had, else the world of the made-up tape. */
  const runningWorld = async (): Promise<WorldId> =>
    (await sources.pricesReachable(Context.current().cancellationSignal)) ? LIVE_WORLD : SYNTHETIC_WORLD;

  /** The market's own watchlist; without one, the well-known names that a first run looks at. */
  const watchlistOf = async (market: Market): Promise<readonly string[]> => {
    const own = await stores.watchlists.list(market);
    return own.length > 0 ? own.map(({ subject }) => subject) : (options.watchlists[market] ?? []);
  };

  /** Subjects of open paper positions. */
  const heldSubjects = async (world: WorldId): Promise<readonly string[]> =>
    (await stores.desk.heldSymbols(world)).map(equitySubject);

  /** Settings as they are now: each run reads them anew. */
  const readSettings = async (): Promise<ReadSetting> => {
    const stored = new Map((await stores.settings.list()).map(({ key, value }) => [key, value]));
    return (key) => settingValue(stored, key);
  };
  return { runningWorld, watchlistOf, heldSubjects, readSettings };
};
