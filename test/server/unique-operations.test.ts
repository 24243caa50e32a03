// The list of operations: of two at one address the first would answer, and the document would describe the other;
// whether a request may be sent again is said there too.
import { createApp } from '../../server/app';
import { serverContextWithoutStores } from '../support/server-context';

const operations = createApp(serverContextWithoutStores()).openAPIRegistry.definitions.flatMap(
  (definition) => (definition.type === 'route' ? [definition.route] : []),
);

const twice = (names: readonly string[]): readonly string[] =>
  names.filter((name, at) => names.indexOf(name) !== at);

it('no two operations share an address or an id', () => {
  expect(operations.length).toBeGreaterThan(80);
  expect(twice(operations.map(({ method, path }) => `${method} ${path.replace(/\{\w+\}/g, '{}')}`))).toEqual(
    [],
  );
  expect(twice(operations.map(({ operationId }) => operationId ?? 'unnamed'))).toEqual([]);
});

it('says which operations take an Idempotency-Key, and why none is taken for tokens', () => {
  const said = (id: string): string =>
    operations.find(({ operationId }) => operationId === id)?.description ?? '';
  for (const id of ['startSession', 'resetBudget', 'actOnSchedule', 'backfillSchedule'])
    expect([id, said(id)]).toEqual([id, expect.stringMatching(/^With an Idempotency-Key/)]);
  expect(said('createToken')).toContain('no Idempotency-Key');
  expect(said('listTokens')).toBe('');
});
