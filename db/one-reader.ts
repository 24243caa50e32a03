// Of many who ask at once, one reads for all.

/** Wraps a read: who asks while it is under way gets its result. Nothing is kept beyond that. */
export const oneReader = <T>(read: () => Promise<T>): (() => Promise<T>) => {
  let reading: Promise<T> | null = null;
  return () => {
    reading ??= read().finally(() => {
      reading = null;
    });
    return reading;
  };
};
