// Cursors for lists ordered by time and id: opaque to callers, stable while rows are added.
import type { IsoInstant } from '../domain/world';

export interface PageCursor {
  readonly at: IsoInstant;
  readonly id: string;
}

const notCursor = (cursor: string): RangeError =>
  new RangeError(`cursor "${cursor.slice(0, 40)}" is not one; accepted: the "next" of an earlier page`);

export const encodeCursor = ({ at, id }: PageCursor): string =>
  Buffer.from(JSON.stringify([at, id])).toString('base64url');

/** Cursor of the page after these rows; null when they did not fill their page. */
export const nextCursor = <Row>(
  rows: readonly Row[],
  limit: number,
  cursorOf: (row: Row) => PageCursor,
): string | null => {
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return last === undefined ? null : encodeCursor(cursorOf(last));
};

/** Of lists that are counted. @throws RangeError as `decodeCursor` does */
export const decodeCountedCursor = (cursor: string): { readonly at: IsoInstant; readonly id: number } => {
  const { at, id } = decodeCursor(cursor);
  const number = Number(id);
  if (/^\d+$/.test(id) && Number.isSafeInteger(number)) return { at, id: number };
  throw notCursor(cursor);
};

/** @throws RangeError for text that `encodeCursor` did not make. */
export const decodeCursor = (cursor: string): PageCursor => {
  try {
    const [at, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string, string];
    const instant = new Date(at).toISOString();
    // Only what Postgres takes as a value: a made-up cursor must not end as an error of the database.
    if (typeof id === 'string' && !id.includes('\0') && /^\d{4}-/.test(instant)) return { at: instant, id };
  } catch {
    // Falls through to the one error for every malformed cursor.
  }
  throw notCursor(cursor);
};
