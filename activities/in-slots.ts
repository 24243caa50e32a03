// A bound on how much of one kind of work is under way in a process, whoever asks for it.

/** Wraps work so that at most so many are under way; the others wait in the order in which they came. */
export const inSlots = (slots: number): (<T>(work: () => Promise<T>) => Promise<T>) => {
  const waiting: (() => void)[] = [];
  let free = slots;
  const take = (): Promise<void> | undefined => {
    if (free > 0) {
      free -= 1;
      return undefined;
    }
    return new Promise((resolve) => waiting.push(resolve));
  };
  // A slot goes straight to who has waited longest: nobody who comes meanwhile can take it.
  const release = (): void => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };
  return async (work) => {
    await take();
    try {
      return await work();
    } finally {
      release();
    }
  };
};
