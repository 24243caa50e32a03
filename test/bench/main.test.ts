// The bench dispatcher: it finds every bench by its file and refuses names that are none.
import { benchNames, main } from '../../bench/main';
import { quantile } from '../../bench/support/quantiles';

test('a bench is found by the name of its file, the dispatcher itself is none', () => {
  expect(benchNames()).toEqual(expect.arrayContaining(['cache', 'start-up', 'track']));
  expect(benchNames()).not.toContain('main');
});

test.each(benchNames())('%s can be run', (name) => {
  expect(typeof (require(`../../bench/${name}`) as { run?: unknown }).run).toBe('function');
});

test('an unknown name, or two names, end with wrong use and the accepted names', async () => {
  const written: string[] = [];
  const spy = jest
    .spyOn(process.stderr, 'write')
    .mockImplementation((text) => written.push(String(text)) > 0);
  try {
    expect(await main(['fly', '--json'])).toBe(2);
    expect(await main(['cache', 'track'])).toBe(2);
  } finally {
    spy.mockRestore();
  }
  expect(written.join('')).toContain('cache');
});

test('a quantile is one of the values, by nearest rank, and no values have none', () => {
  expect(quantile([3, 1, 2], 0.5)).toBe(2);
  expect(quantile([3, 1, 2], 0.99)).toBe(3);
  expect(quantile([3, 1, 2], 0)).toBe(1);
  expect(() => quantile([], 0.5)).toThrow('values is empty');
});
