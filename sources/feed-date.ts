// Dates of feeds: RFC 822 in RSS (its years in four digits as in RFC 2822), RFC 3339 in Atom and Dublin Core.
import { isoInstantOf } from '../domain/market/iso-date';
import type { IsoInstant } from '../domain/world';

/** A time of day with one of RFC 822's zones or an offset; a comment may follow. Without a zone `Date.parse` takes the machine's. */
const ZONED =
  /\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?\s*(?:Z|(?:UTC?|GMT)?[+-]\d{2}:?\d{2}|UTC?|GMT|[ECMP][SD]T)(?:\s*\([^()]*\))?$/i;
const ISO = /^\d{4}-\d{2}-\d{2}T/;

/** The instant of a feed's date; null where it names none, as a day or a time without a zone do. */
export const feedInstant = (date: string): IsoInstant | null => {
  const text = date.trim().slice(0, 80);
  if (!ZONED.test(text)) return null;
  if (ISO.test(text)) return isoInstantOf(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : new Date(at).toISOString();
};
