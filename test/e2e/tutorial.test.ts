// The tutorial, done: its files are written into a copy of the sources, which must type-check, pass the tests of every
// strategy, and then run the tutorial's own commands with the new analyst, provider and strategy.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { documentedCommands } from '../docs/documented-commands';
import { type ProviderServer, startProviderServer } from '../support/provider-server/provider-server';
import { endStack, type StackPlace, stackPlace } from '../support/running-stack';
import { PROJECT_ROOT } from '../support/source-files';

jest.setTimeout(240_000);

const TUTORIAL = readFileSync(join(PROJECT_ROOT, 'docs', 'tutorial.md'), 'utf8');
/** What is compiled and run; the rest of the checkout is not needed. */
const { include } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'tsconfig.json'), 'utf8')) as {
  readonly include: readonly string[];
};
const COPIED = [...include, 'data', 'scripts', 'package.json', 'tsconfig.json', 'jest.config.js'];
const HOME_PREFIX = '~/.conclave/';

const folder = mkdtempSync(join(tmpdir(), 'conclave-tutorial-'));
const copy = join(folder, 'sources');
const home = join(folder, 'home');
let server: ProviderServer;
let place: StackPlace;

interface TutorialFile {
  readonly path: string;
  readonly text: string;
}

const files: readonly TutorialFile[] = [
  ...TUTORIAL.matchAll(/^File `([^`]+)`:\n\n```\w+\n([\s\S]*?)\n```$/gm),
].map(([, path = '', text = '']) => ({ path, text: `${text}\n` }));

const commands = documentedCommands('docs/tutorial.md', TUTORIAL).filter(
  ({ words, line }) =>
    words[0] === 'conclave' && (TUTORIAL.split('\n')[line - 1] ?? '').startsWith('conclave'),
);

const writeFile = ({ path, text }: TutorialFile): void => {
  const file = path.startsWith(HOME_PREFIX) ? join(home, path.slice(HOME_PREFIX.length)) : join(copy, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
};

/** Runs a program in the copy to its end. @returns its output, with the exit code in front where that is not 0 */
const inCopy = (...args: readonly string[]): string => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8' });
  return status === 0 ? stdout : `exit ${status}\n${stdout}\n${stderr}`;
};

/** The command line of the copy, from source. */
const conclave = (args: readonly string[]): Promise<{ code: number | null; out: string }> =>
  new Promise((resolve, reject) => {
    const hook = ['-r', join(copy, 'scripts', 'typescript-hook.cjs')];
    const child = spawn(process.execPath, [...hook, join(copy, 'test', 'support', 'run-cli.ts'), ...args], {
      env: place.env,
      cwd: home,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    child.stdout.on('data', (text) => {
      out += String(text);
    });
    child.stderr.on('data', (text) => {
      out += String(text);
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out }));
  });

beforeAll(async () => {
  server = await startProviderServer();
  for (const name of COPIED)
    cpSync(join(PROJECT_ROOT, name), join(copy, name), {
      recursive: true,
      filter: (path) => !/\/(node_modules|dist|histories)$/.test(path),
    });
  symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(copy, 'node_modules'));
  place = stackPlace(home, {
    env: { ACME_API_KEY: 'sk-tutorial', ACME_BASE_URL: `${server.url}/v1` },
    lingerSeconds: 60,
  });
  for (const file of files) writeFile(file);
}, 120_000);

afterAll(async () => {
  await endStack(place);
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

test('one file each: an analyst, a provider and a strategy', () => {
  expect(files.map(({ path }) => path)).toEqual([
    '~/.conclave/analysts/contrarian.md',
    'providers/kinds/acme.ts',
    'domain/ensemble/strategies/median-vote.ts',
  ]);
});

test('the files type-check in a copy of the sources', () => {
  expect(inCopy('scripts/list-modules.mjs')).toBe('');
  expect(inCopy('node_modules/typescript/bin/tsc', '--noEmit')).toBe('');
});

test('the new strategy passes the tests that every strategy passes', () => {
  const jest = ['node_modules/jest/bin/jest.js', '--selectProjects', 'unit', '--silent'];
  expect(inCopy(...jest, 'test/ensemble/strategies.test.ts')).not.toContain('exit ');
});

test('every command of the tutorial works, with what was added', async () => {
  const said: string[] = [];
  for (const { words } of commands) {
    const { code, out } = await conclave(words.slice(1));
    expect(`${words.join(' ')} ends with ${code}: ${out}`).toContain(' ends with 0: ');
    said.push(out);
  }
  const [listed, panel, models, decided, setting, voted] = said;
  expect(listed).toContain('contrarian');
  expect(panel).toContain('contrarian');
  expect(models).toContain('acme-small');
  expect(decided).toMatch(/acme-small +0\.\d+/);
  expect(setting).toContain('true');
  expect(voted).toMatch(/median_vote · .* · 3 of 3 members/);
  expect(server.calls().filter(({ model }) => model === 'small-1').length).toBeGreaterThanOrEqual(3);
  expect(place.networkTries()).toEqual([]);
});

test('the same file in prompts/analysts/ is an analyst for everyone', async () => {
  const text = files[0]!.text.replace('id: contrarian', 'id: dissenter');
  writeFile({ path: 'prompts/analysts/dissenter.md', text });
  const { out } = await conclave(['panel', '--list-analysts']);
  expect(out).toMatch(/^dissenter .* built in$/m);
});
