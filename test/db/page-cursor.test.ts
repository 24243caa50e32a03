import * as fc from 'fast-check';
import { decodeCursor, encodeCursor } from '../../db/page-cursor';

it('a cursor gives back the time and id it was made of, whatever the id', () => {
  fc.assert(
    fc.property(
      fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }),
      fc.string(),
      (date, id) => {
        const cursor = { at: date.toISOString(), id };
        expect(decodeCursor(encodeCursor(cursor))).toEqual(cursor);
      },
    ),
  );
});

it.each(['', 'x', 'bm9wZQ', Buffer.from('["when",1]').toString('base64url')])(
  '"%s" is not a cursor',
  (text) => {
    expect(() => decodeCursor(text)).toThrow(/is not one; accepted: the "next" of an earlier page/);
  },
);
