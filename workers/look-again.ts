// Looks again, while a worker runs, at what servers of one's own have: a model that was pulled since, or a server that
// was slow to start, is used without a restart.
import type { Config } from '../config/load';
import type { RegistryStore } from '../db/registry-store';
import type { Provider } from '../providers/port';
import { listedNow } from './configured-providers';
import { noteModels } from './seed-models';

/** Nobody waits for it: a person who pulls a model has minutes, and a list costs the server nothing. */
const LOOK_MS = 60_000;
/** A server that did not answer in time when the worker started is asked again soon. */
const FIRST_LOOK_MS = 3_000;

export interface Looking {
  readonly config: Config;
  /** Those that are served. */
  readonly providers: ReadonlyMap<string, Provider>;
  readonly registry: RegistryStore;
}

/** One look; the registry is written to only where the lists differ from those of the look before. */
export const createLook = ({ config, providers, registry }: Looking): (() => Promise<void>) => {
  let before = '';
  return async () => {
    const { discovered, listed } = await listedNow(config, providers);
    const now = JSON.stringify([discovered, listed]);
    if (now === before) return;
    await noteModels(registry, discovered, listed);
    before = now;
  };
};

/** Begins to look; the returned function ends it. A look that fails is made again at its time. */
export const startLooking = (look: () => Promise<void>): (() => Promise<void>) => {
  let looking: Promise<void> = Promise.resolve();
  const again = (): void => {
    looking = looking.then(look).catch(() => undefined);
  };
  const first = setTimeout(again, FIRST_LOOK_MS);
  const timer = setInterval(again, LOOK_MS);
  return () => {
    clearTimeout(first);
    clearInterval(timer);
    return looking;
  };
};
