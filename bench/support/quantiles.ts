// Quantiles of measured times.

/** The value below which `share` (0-1) of the sorted values lie, by nearest rank. @throws RangeError when empty. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const found = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  if (found === undefined) throw new RangeError('values is empty; accepted: at least one measured time');
  return found;
};

/** Milliseconds that `work` takes. */
export const millisecondsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};
