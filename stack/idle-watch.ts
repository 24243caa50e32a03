// Says when nobody needs the stack any more: no client for the whole grace time, and no open work within it or now.

/** Open work is counted this often while no client is there; each count asks Temporal. */
const COUNT_EVERY_MS = 5_000;

export interface IdleWatchOptions {
  /** How long the stack outlives its last client and open work. */
  readonly lingerMs: number;
  readonly nowMs: () => number;
  /** Clients that are attached. */
  readonly clients: () => number;
  /** When a client last went, by the same clock; 0 where none has. */
  readonly lastLeftMs: () => number;
  /** Counts anew whether there is work that the stack must not end under. */
  readonly hasOpenWork: () => Promise<boolean>;
}

export interface IdleWatch {
  /** True once nobody has needed the stack for the whole grace time, and a count made now finds no open work. */
  isOver(): Promise<boolean>;
}

/** Watches from now on. `isOver` is to be asked about once a second. */
export const createIdleWatch = (options: IdleWatchOptions): IdleWatch => {
  const { lingerMs, nowMs, clients, lastLeftMs, hasOpenWork } = options;
  let lastWorkMs = nowMs();
  let countedMs = 0;
  const isOver = async (): Promise<boolean> => {
    if (clients() > 0) return false;
    const askedMs = nowMs();
    const mayBeOver = askedMs - Math.max(lastWorkMs, lastLeftMs()) >= lingerMs;
    if (!mayBeOver && askedMs - countedMs < COUNT_EVERY_MS) return false;
    countedMs = askedMs;
    if (await hasOpenWork()) {
      lastWorkMs = nowMs();
      return false;
    }
    // Who came while the work was counted may have begun some, also if gone again.
    return mayBeOver && clients() === 0 && lastLeftMs() < askedMs;
  };
  return { isOver };
};
