// What `conclave restore` says at its end.
import { restoredText } from '../../cli/commands/restore';

test('who restored a copy learns that it waits for a command before anything runs by itself', () => {
  const result = { createdAt: '2026-11-20T22:00:00.000Z', rows: 3, closed: 1, liveTokens: 0, migrated: 0 };
  expect(restoredText(result)).toBe(
    '3 rows as of 2026-11-20T22:00:00.000Z are restored. 1 pieces of work that were under way then are closed. ' +
      'Nothing runs by itself until `conclave schedules sync`.',
  );
});

test('who restored a copy learns that tokens revoked since are live again', () => {
  const result = { createdAt: '2026-11-20T22:00:00.000Z', rows: 3, closed: 0, liveTokens: 2, migrated: 0 };
  expect(restoredText(result)).toContain('2 API tokens are live as they were then: end those revoked since');
});
