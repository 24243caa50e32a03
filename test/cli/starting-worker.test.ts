// When a worker that takes no work is only starting.
import { isFirstStart } from '../../cli/starting-worker';

const STARTED_AT = '2026-11-20T10:00:00.000Z';
const LATER = Date.parse(STARTED_AT) + 90_000;

const stack = (worker: { readonly state?: 'running' | 'restarting'; readonly restarts?: number } = {}) => ({
  startedAt: STARTED_AT,
  parts: [
    { name: 'postgres', state: 'running' as const, pid: 1, restarts: 0, problem: null },
    { name: 'worker-1', state: 'running' as const, pid: 2, restarts: 0, problem: null, ...worker },
  ],
});

test('a first worker that nobody has heard of is starting, however slow the machine', () => {
  expect(isFirstStart(stack(), { heard: false, now: LATER })).toBe(true);
});

test('a worker that was heard of once is not starting, whatever became of it', () => {
  expect(isFirstStart(stack(), { heard: true, now: LATER })).toBe(false);
});

test('a worker that ended before it was heard of cannot start', () => {
  expect(isFirstStart(stack({ restarts: 1 }), { heard: false, now: LATER })).toBe(false);
  expect(isFirstStart(stack({ state: 'restarting' }), { heard: false, now: LATER })).toBe(false);
});

test('a stack without workers has none that starts', () => {
  const { parts, ...rest } = stack();
  expect(isFirstStart({ ...rest, parts: parts.slice(0, 1) }, { heard: false, now: LATER })).toBe(false);
});

test('a worker that is silent for many minutes hangs', () => {
  expect(isFirstStart(stack(), { heard: false, now: LATER + 3_600_000 })).toBe(false);
});
