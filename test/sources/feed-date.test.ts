// Dates of feeds: an instant, or nothing; never one in the zone of the machine.
import { feedInstant } from '../../sources/feed-date';

test.each([
  ['Mon, 15 Sep 2025 08:00:00 GMT', '2025-09-15T08:00:00.000Z'],
  ['15 Sep 2025 08:00 EST', '2025-09-15T13:00:00.000Z'],
  ['Mon, 15 Sep 2025 08:00:00 +0200', '2025-09-15T06:00:00.000Z'],
  ['Mon, 15 Sep 2025 08:00:00 +0200 (CEST)', '2025-09-15T06:00:00.000Z'],
  ['Mon, 15 Sep 2025 08:00:00 UT', '2025-09-15T08:00:00.000Z'],
  [' 2025-09-15T10:00:00Z ', '2025-09-15T10:00:00.000Z'],
  ['2025-09-15T10:00:00.123+0200', '2025-09-15T08:00:00.123Z'],
  ['2025-09-15 10:00:00 +00:00', '2025-09-15T10:00:00.000Z'],
])('"%s" is %s', (date, instant) => {
  expect(feedInstant(date)).toBe(instant);
});

test.each([
  '',
  'yesterday',
  '2025-09-15',
  '15-09-2025',
  'Mon, 15 Sep 2025',
  'Mon, 15 Sep 2025 14:00:00',
  'Mon, 15 Sep 2025 14:00:00 (JST)',
  'Mon, 15 Sep 2025 14:00:00 JST',
  '2025-09-15T14:00:00',
  '2025-09-15 14:00',
  '2026-02-30T12:00:00Z',
  'Mon, 15 Sep 2025 99:00:00 GMT',
])('"%s" names no instant', (date) => {
  expect(feedInstant(date)).toBeNull();
});
