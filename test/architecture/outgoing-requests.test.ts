// Who may open a connection: what sources read goes through one guard, and every other way out is named here.
import { readSources } from '../support/source-files';

/** Each file that reaches the network by itself, with where the address comes from. */
const WAYS_OUT: Readonly<Record<string, string>> = {
  'sources/fetch.ts': 'the guard of all web research',
  'providers/exchange.ts': 'base addresses of the configuration',
  'providers/proxies.ts': 'base addresses of the configuration',
  'activities/alert-channels.ts': 'the webhook of the configuration',
  'stack/temporal-download.ts': 'one fixed address',
};

const OPENS = /\bfetch\(|from 'undici'|from 'node:(https?|http2|tls|dgram)'/;
const SHIPPED = [
  ...['activities', 'client', 'cli', 'config', 'db', 'domain', 'prompts', 'providers', 'server', 'sources'],
  ...['stack', 'workers', 'workflows'],
];
/** Runs in the browser and asks its own server; the type of a server's handle. */
const EXEMPT = /^server\/dashboard\/|^server\/listen\.ts$/;
/** Calls of a guarded fetch that was handed in, and names that merely end so. */
const HANDED_IN = /(\.|\bguarded)fetch\(/g;

const openers = (): readonly string[] =>
  readSources(SHIPPED)
    .filter(({ path, text }) => !EXEMPT.test(path) && OPENS.test(text.replace(HANDED_IN, '')))
    .map(({ path }) => path)
    .toSorted();

it('opens connections only in the files that are named with a reason', () => {
  expect(openers()).toEqual(Object.keys(WAYS_OUT).toSorted());
});

/** How each form loses the abort of a signal when garbage is collected at the wrong moment, and the request hangs. */
const LOSES_ITS_END: Readonly<Record<string, RegExp>> = {
  'Node 20 may collect a timeout that is only part of another signal': /AbortSignal\.any\([^;]*\.timeout\(/,
  'the fetch of Node 20 and 22 may go on reading beyond the signal': /redirect: 'error'/,
};

it.each(Object.keys(LOSES_ITS_END))('ends every request in its time: %s', (why) => {
  const found = readSources(SHIPPED).filter(({ text }) => LOSES_ITS_END[why]!.test(text));
  expect(found.map(({ path }) => path)).toEqual([]);
});

it('recognises both forms', () => {
  const [joined, redirected] = Object.values(LOSES_ITS_END);
  expect(joined!.test('AbortSignal.any([signal, AbortSignal.timeout(5_000)])')).toBe(true);
  expect(redirected!.test("fetch(url, { signal, redirect: 'error' })")).toBe(true);
});
