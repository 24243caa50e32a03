// Facts that many calls of a panel or decision load at once and that never change under their id: read from
// Postgres once, shared by all who ask meanwhile, and kept for a while, bounded.

/** A brief with its bars weighs some tens of kilobytes: a few megabytes in all. */
const KEPT = 64;

/** Wraps a load by id. A load that fails or finds nothing is not kept: the next one may find it. */
export const sharedLoad = <T>(
  load: (id: string) => Promise<T | null>,
  kept = KEPT,
): ((id: string) => Promise<T | null>) => {
  const known = new Map<string, Promise<T | null>>();
  const forget = (id: string, mine: Promise<T | null>): void => {
    if (known.get(id) === mine) known.delete(id);
  };
  return (id) => {
    const found = known.get(id);
    if (found) {
      // Moves to the end: the first in order is the one used longest ago.
      known.delete(id);
      known.set(id, found);
      return found;
    }
    const loading = load(id);
    known.set(id, loading);
    loading.then(
      (value) => {
        if (value === null) forget(id, loading);
      },
      () => forget(id, loading),
    );
    const oldest = known.size > kept ? known.keys().next().value : undefined;
    if (oldest !== undefined) known.delete(oldest);
    return loading;
  };
};
