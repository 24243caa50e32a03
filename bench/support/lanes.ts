// So many pieces of work, some at a time.

/** Runs `work` for 0 to `count` - 1, `width` at once. */
export const inLanes = async (
  count: number,
  width: number,
  work: (index: number) => Promise<unknown>,
): Promise<void> => {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: width }, lane));
};
