import { latenessText, lateSeconds } from '../../domain/desk/lateness';

const DUE = '2026-11-16T14:00:00.000Z';

it('measures from the scheduled instant, and says nothing of runs that no schedule started', () => {
  expect(lateSeconds(DUE, '2026-11-16T14:17:30.400Z')).toBe(1_050);
  expect(lateSeconds(DUE, DUE)).toBe(0);
  expect(lateSeconds(DUE, '2026-11-16T13:59:59.000Z')).toBe(0);
  expect(lateSeconds(null, DUE)).toBeNull();
});

it('calls late what began a minute or more after it was due', () => {
  expect([null, 0, 59].map(latenessText)).toEqual([null, null, null]);
  expect(latenessText(60)).toBe('1 minute late');
  expect(latenessText(1_050)).toBe('18 minutes late');
  expect(latenessText(3 * 86_400)).toBe('72.0 hours late');
});
