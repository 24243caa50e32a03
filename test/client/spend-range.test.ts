// The time that spending is asked for.
import { spendRange } from '../../client/spend';

const [EARLIER, LATER] = ['2026-11-01T00:00:00.000Z', '2026-11-02T00:00:00.000Z'];

test.each([{}, { from: EARLIER }, { to: EARLIER }, { from: EARLIER, to: LATER }])(
  '%j is taken as it is',
  (range) => {
    expect(spendRange(range)).toEqual(range);
  },
);

test.each([EARLIER, LATER])('one that begins at %s and ends before is refused', (from) => {
  expect(() => spendRange({ from, to: EARLIER })).toThrow(
    `to is ${EARLIER}; accepted: a time after from, ${from}`,
  );
});
