// What replays must come out the same: no clock, no chance, no outside world in domain/ and workflows/.
import { namesUsedIn, readSources } from '../support/source-files';

/** The sandbox replaces Date in workflows; in domain/ time is always an argument. */
const CLOCKS = ['Date.now'];
const OUTSIDE_WORLD = [
  'Math.random',
  'process',
  'fetch',
  'performance',
  'Buffer',
  'globalThis',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'crypto',
  '__dirname',
  'require',
  'console',
];
/** In workflows/ `sleep` and `condition` do this, visibly in the history. */
const TIMERS = ['setTimeout', 'WeakRef', 'FinalizationRegistry', 'uuid4'];

const forbiddenIn = (path: string): readonly string[] =>
  path.startsWith('domain/')
    ? [...OUTSIDE_WORLD, ...TIMERS, ...CLOCKS]
    : path.startsWith('workflows/')
      ? [...OUTSIDE_WORLD, ...TIMERS]
      : [];

const breaches = (path: string, text: string): readonly string[] => {
  const used = namesUsedIn(path, text);
  const found = forbiddenIn(path).filter((name) => used.has(name));
  // `new Date()` without an argument reads the clock as Date.now does.
  if (path.startsWith('domain/') && /new Date\(\s*\)/.test(text)) found.push('new Date()');
  return found.map((name) => `${path} uses ${name}`);
};

/** A module's own variables outlive one workflow and are shared by all that run beside it. */
const moduleState = (path: string, text: string): readonly string[] => {
  if (!path.startsWith('workflows/') && !path.startsWith('domain/')) return [];
  return text
    .split('\n')
    .filter(
      (line) =>
        /^(export )?(let|var) /.test(line) || /^(export )?const \w+ = new (Map|Set|Array)\(\)/.test(line),
    )
    .map((line) => `${path}: ${line}`);
};

const sources = readSources(['domain', 'workflows']);

test('domain and workflows read no clock, draw no chance and touch nothing outside', () => {
  expect(sources.length).toBeGreaterThan(80);
  expect(sources.flatMap(({ path, text }) => breaches(path, text))).toEqual([]);
});

test('domain and workflows keep no state of their own between runs', () => {
  expect(sources.flatMap(({ path, text }) => moduleState(path, text))).toEqual([]);
});

test.each([
  ['domain/x.ts', 'export const now = () => Date.now();'],
  ['domain/x.ts', 'export const now = () => new Date().toISOString();'],
  ['domain/x.ts', 'export const draw = () => Math.random();'],
  ['workflows/x.ts', 'export const draw = () => Math.random();'],
  ['workflows/x.ts', 'export const home = () => process.env.HOME;'],
  ['workflows/x.ts', 'export const later = () => setTimeout(() => 1, 5);'],
  ['workflows/x.ts', 'export const get = () => fetch("http://x");'],
])('in %s, %s is found', (path, text) => {
  expect(breaches(path, text)).toHaveLength(1);
});

test('workflow inputs and results are plain JSON', () => {
  const contracts = sources.filter(({ path }) => path.startsWith('workflows/contracts/'));
  expect(contracts.length).toBeGreaterThan(5);
  const odd = contracts.flatMap(({ path, text }) =>
    text
      .split('\n')
      .filter((line) =>
        /^ {2}readonly \w+\??:.*\b(Map|Set|Date|bigint|Buffer|symbol|ReadonlyMap|ReadonlySet)\b[<; ]/.test(
          line,
        ),
      )
      .map((line) => `${path}:${line}`),
  );
  expect(odd).toEqual([]);
});
