// Doctor on the tables: how the migrations of this version and those of the database lie to each other.
import { schemaCheck } from '../../stack/schema-check';

const KNOWN = ['a', 'b', 'c'];

test('tables of this version are fine', () => {
  expect(schemaCheck(KNOWN, KNOWN)).toEqual({
    name: 'schema',
    ok: true,
    detail: '3 migrations applied',
    fix: null,
  });
});

test.each([
  { applied: [], detail: 'not set up' },
  { applied: ['a', 'b'], detail: '1 migration behind' },
  { applied: ['a'], detail: '2 migrations behind' },
  { applied: ['a', 'x', 'c'], detail: 'another line' },
  { applied: ['x', 'b', 'c', 'd'], detail: 'another line' },
])('$applied is a fault that says so and how to mend it', ({ applied, detail }) => {
  const check = schemaCheck(KNOWN, applied);
  expect(check).toMatchObject({ ok: false, detail: expect.stringContaining(detail) });
  expect(check.fix).toContain('dist/workers/set-up.js');
});

test('tables of a newer version are a warning: this one still works with them', () => {
  expect(schemaCheck(KNOWN, [...KNOWN, 'd'])).toMatchObject({
    ok: true,
    detail: expect.stringContaining('1 migration ahead'),
    fix: expect.any(String),
  });
});
