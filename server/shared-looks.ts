// One look at a run for all who watch it: each listener asks for itself, workers and database are asked once.

/** Much less than the pause between two looks of one listener, so that nobody sees anything later for it. */
const SHARED_MS = 100;

/** Asks `look` for an id once while an answer is under way, and for so long after it came. */
export const sharedLooks = <T>(
  look: (id: string) => Promise<T>,
  sharedMs = SHARED_MS,
): ((id: string) => Promise<T>) => {
  const latest = new Map<string, Promise<T>>();
  return (id) => {
    const known = latest.get(id);
    if (known) return known;
    const found = look(id);
    latest.set(id, found);
    const forget = (): void => {
      setTimeout(() => latest.delete(id), sharedMs).unref();
    };
    found.then(forget, forget);
    return found;
  };
};
