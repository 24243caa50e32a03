// What the sweeps of the alert watch share: work that ended without a word is closed, work that goes on is left alone.

/**
 * @param isAtWork asked of one after the other, as each question goes to Temporal
 * @returns how many were closed
 */
export const closeEnded = async <Row>(
  rows: readonly Row[],
  isAtWork: (row: Row) => Promise<boolean>,
  close: (row: Row) => Promise<unknown>,
): Promise<number> => {
  let closed = 0;
  for (const row of rows) {
    if (await isAtWork(row)) continue;
    await close(row);
    closed += 1;
  }
  return closed;
};
