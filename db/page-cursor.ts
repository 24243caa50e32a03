// Cursors for lists ordered by time and id: opaque to callers, stable while rows are added.
import type { IsoInstant } from '../domain/world';

export interface PageCursor {
  readonly at: IsoInstant;
  readonly id: string;
}

export const encodeCursor = ({ at, id }: PageCursor): string =>
  Buffer.from(JSON.stringify([at, id])).toString('base64url');

/** @throws RangeError for text that `encodeCursor` did not make. */
export const decodeCursor = (cursor: string): PageCursor => {
  try {
    const [at, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string, string];
    if (typeof id === 'string' && !Number.isNaN(Date.parse(at))) return { at, id };
  } catch {
    // Falls through to the one error for every malformed cursor.
  }
  throw new RangeError(`cursor "${cursor.slice(0, 40)}" is not one; accepted: the "next" of an earlier page`);
};
