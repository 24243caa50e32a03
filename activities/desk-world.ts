// What every run of the desk needs to know first: which world runs, what a market watches, what the settings say.
import { Context } from '@temporalio/activity';
import type { Stores } from '../db/stores';
import type { Market } from '../domain/market/market';
import { equitySubject } from '../domain/market/subject';
import { deskWorld, type ReadSetting } from '../domain/settings/desk-settings';
import { settingValue } from '../domain/settings/setting-definitions';
import { LIVE_WORLD, SYNTHETIC_WORLD, type WorldId } from '../domain/world';
import type { Dependencies } from './dependencies';

/** Settings as they are now: each run reads them anew. */
export const settingsNow = async ({ settings }: Pick<Stores, 'settings'>): Promise<ReadSetting> => {
  const stored = new Map((await settings.list()).map(({ key, value }) => [key, value]));
  return (key) => settingValue(stored, key);
};

export const createDeskWorld = ({
  stores,
  sources,
  options,
}: Pick<Dependencies, 'stores' | 'sources' | 'options'>) => {
  /** Whether real prices can be had now. */
  const hasPrices = (): Promise<boolean> => sources.pricesReachable(Context.current().cancellationSignal);

  /** Of a run by hand, whose answer says so at once: live while real prices can be had, else the made-up tape. */
  const worldByHand = async (): Promise<WorldId> => ((await hasPrices()) ? LIVE_WORLD : SYNTHETIC_WORLD);

  /** Of what runs by itself. */
  const ownWorld = async (): Promise<WorldId> => deskWorld(await readSettings());

  /** The market's own watchlist; without one, the well-known names that a first run looks at. */
  const watchlistOf = async (market: Market): Promise<readonly string[]> => {
    const own = await stores.watchlists.list(market);
    return own.length > 0 ? own.map(({ subject }) => subject) : (options.watchlists[market] ?? []);
  };

  /** Subjects of open paper positions. */
  const heldSubjects = async (world: WorldId): Promise<readonly string[]> =>
    (await stores.desk.heldSymbols(world)).map(equitySubject);

  const readSettings = (): Promise<ReadSetting> => settingsNow(stores);
  return { hasPrices, worldByHand, ownWorld, watchlistOf, heldSubjects, readSettings };
};
