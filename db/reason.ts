// What a person changes by hand is kept with their words.

/** @param what the words explain, such as `the budget changes`. @throws RangeError for blanks alone. */
export const assertReason = (reason: string, what: string): void => {
  if (reason.trim() === '')
    throw new RangeError(`reason is empty; accepted: a few words that say why ${what}`);
};
