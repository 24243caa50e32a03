// What Postgres can hold of what comes from outside. Text and instants that it refuses are refused by whoever reads
// them, for requests, commands and signals alike: an activity that meets them would be tried for ever.
import type { IsoInstant } from './world';

const UNSTORABLE = /\0|\p{Surrogate}/u;

/** The text with a mark in place of each such character, for what was taken before it was refused. */
export const storableText = (text: string): string => text.replace(new RegExp(UNSTORABLE, 'gu'), '\ufffd');

/** Follows the name of a field. */
export const UNSTORABLE_TEXT = 'holds a NUL or half a character; accepted: whole Unicode text';

/** The path of the first string with a NUL or half a character, `body` for the input itself, or null. */
export const unstorableText = (input: unknown, path = 'body'): string | null => {
  if (typeof input === 'string') return UNSTORABLE.test(input) ? path : null;
  if (typeof input !== 'object' || input === null) return null;
  for (const [key, value] of Object.entries(input)) {
    if (UNSTORABLE.test(key)) return path;
    const found = unstorableText(value, path === 'body' ? key : `${path}.${key}`);
    if (found) return found;
  }
  return null;
};

/** False before year 1 and beyond year 9999. `instant` is UTC as `toISOString` writes it. */
export const isStorableInstant = (instant: IsoInstant): boolean => /^(?!0000)\d{4}-/.test(instant);
