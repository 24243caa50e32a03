import { otherNames } from '../../domain/selection/other-names';

const model = (id: string, version: string, change: object = {}) => ({
  ...{ id, version, provider: 'ollama', local: true },
  ...change,
});

test('names of one digest are one model, the first of them', () => {
  const models = [
    model('llama3.2:3b', 'a80c4f17acd5'),
    model('mistral', 'f974a74358d6'),
    model('llama3.2:latest', 'a80c4f17acd5'),
    model('copy', 'a80c4f17acd5'),
  ];
  expect([...otherNames(models)]).toEqual([
    ['llama3.2:latest', 'llama3.2:3b'],
    ['copy', 'llama3.2:3b'],
  ]);
});

test.each([
  ['a version that is no digest', model('a', '1'), model('b', '1')],
  ['a digest of nothing but zeros', model('a', '000000000000'), model('b', '000000000000')],
  [
    'a hosted model',
    model('a', 'a80c4f17acd5', { local: false }),
    model('b', 'a80c4f17acd5', { local: false }),
  ],
  ['another server', model('a', 'a80c4f17acd5'), model('b', 'a80c4f17acd5', { provider: 'lan' })],
])('%s makes none of another', (_what, a, b) => {
  expect(otherNames([a, b]).size).toBe(0);
});
