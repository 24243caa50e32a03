import { isOfToday, outcomeInstant } from '../../domain/track/outcome-instant';

const NOW = '2026-03-05T14:30:00.000Z';
const END_OF_TODAY = '2026-03-06T00:00:00.000Z';
const DUE = '2026-12-31T12:00:00.000Z';
const PAST = '2026-02-01T12:00:00.000Z';

test.each([
  ['known now where it was due later', null, DUE, NOW],
  ['known when it was due where that is past', null, PAST, PAST],
  ['dated as it is given', '2026-03-04T00:00:00.000Z', DUE, '2026-03-04T00:00:00.000Z'],
  ['dated now by the day that runs', END_OF_TODAY, DUE, NOW],
  ['refused when it is dated within today, ahead of now', '2026-03-05T15:00:00.000Z', DUE, null],
  ['refused when it is dated by a later day', '2026-03-07T00:00:00.000Z', DUE, null],
])('where a clock runs an outcome is %s', (_what, given, resolvesAt, stored) => {
  for (const world of ['live', 'synthetic'])
    expect(outcomeInstant(given, { world, resolvesAt, now: NOW })).toBe(stored);
});

test('a replay keeps the days of what it replays', () => {
  const replay = { world: 'replay:0123456789ab', resolvesAt: DUE, now: NOW };
  expect(outcomeInstant(null, replay)).toBe(DUE);
  expect(outcomeInstant('2099-01-01T00:00:00.000Z', replay)).toBe('2099-01-01T00:00:00.000Z');
});

test('the day that runs, typed again, is no other date, and any other day is', () => {
  expect(isOfToday(END_OF_TODAY, NOW, '2026-03-05T09:00:00.000Z')).toBe(true);
  expect(isOfToday(END_OF_TODAY, NOW, DUE)).toBe(false);
  expect(isOfToday(PAST, PAST, PAST)).toBe(false);
  expect(isOfToday(null, NOW, NOW)).toBe(false);
});
