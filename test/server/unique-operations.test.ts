// Of two operations at one address the first would answer, and the document would describe the other.
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
