// Every command that the README and docs/ quote can be typed: the command exists, and its options and
// arguments are accepted. Nothing is run here; who-runs.ts says which test runs it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Command } from 'commander';
import { parse } from 'yaml';
import { benchNames } from '../../bench/main';
import { createProgram } from '../../cli/main';
import { assetPath, PACKAGE_ROOT } from '../../config/package-root';
import { type DocumentedCommand, documentedCommands, shellWords } from './documented-commands';
import { commandsOfDocuments, commandsOfPages, commandsToType, markdownUnder, runnerOf } from './who-runs';

const FILES = [
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md'].map((name) => assetPath(name)),
  ...markdownUnder(assetPath('docs')),
].map((path) => ({ path, name: relative(PACKAGE_ROOT, path), text: readFileSync(path, 'utf8') }));

const { scripts } = JSON.parse(readFileSync(assetPath('package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};
const PROJECTS = ['unit', 'integration', 'replay', 'e2e'];
const testFiles = readdirSync(assetPath('test'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => join('test', file));
const NPM_COMMANDS = ['ci', 'install', 'link', 'start', 'test'];
/** Scripts that forward what stands behind `--` to a command of `conclave`. */
const FORWARDS: Readonly<Record<string, string>> = { start: 'start' };

const silence = (command: Command): void => {
  command.exitOverride().configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  command.action(() => undefined);
  for (const inner of command.commands) silence(inner);
};

/** Parses as the program would, with actions that do nothing. @returns what is wrong, or null. */
const cliProblem = async (args: readonly string[]): Promise<string | null> => {
  const program = createProgram();
  for (const command of program.commands) silence(command);
  program.exitOverride().configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return null;
  } catch (error) {
    const { code, message } = error as { readonly code?: string; readonly message: string };
    return code === 'commander.helpDisplayed' || code === 'commander.version' ? null : message;
  }
};

const npmProblem = async (words: readonly string[]): Promise<string | null> => {
  const args = words.filter((word) => word !== '--silent' && word !== '-s');
  const name = args[0] === 'run' ? args[1] : args[0];
  if (name === undefined) return 'npm alone does nothing';
  if (args[0] !== 'run' && !NPM_COMMANDS.includes(name)) return `npm ${name} is not used here`;
  if (!['ci', 'install', 'link'].includes(name) && scripts[name] === undefined)
    return `there is no script ${name}`;
  const dashes = args.indexOf('--');
  const forwarded = dashes < 0 ? [] : args.slice(dashes + 1);
  if (FORWARDS[name]) return cliProblem([FORWARDS[name], ...forwarded]);
  const [bench] = forwarded.filter((word) => !word.startsWith('--'));
  if (name === 'bench' && bench && bench !== 'all' && !benchNames().includes(bench))
    return `there is no bench ${bench}`;
  return null;
};

const composeServices = Object.keys(
  (parse(readFileSync(assetPath('docker-compose.yml'), 'utf8'), { merge: true }) as { services: object })
    .services,
);

/** Only what is ours in it: the services that are named. */
const dockerProblem = async (words: readonly string[]): Promise<string | null> => {
  if (words[0] !== 'compose') return null;
  if (words[1] === 'run') {
    const service = words.slice(2).findIndex((word) => !word.startsWith('--'));
    const [name, ...args] = words.slice(2 + service);
    if (!composeServices.includes(name ?? '')) return `there is no service ${name}`;
    if (words.includes('--entrypoint=node')) return nodeProblem(args);
    return name === 'cli' ? cliProblem(args) : null;
  }
  const scaled = words.find((word) => /^[a-z-]+=\d+$/.test(word))?.split('=')[0];
  return scaled === undefined || composeServices.includes(scaled) ? null : `there is no service ${scaled}`;
};

/** `node FILE`: the file exists, as itself or as the source of what the build writes. */
const nodeProblem = async (words: readonly string[]): Promise<string | null> => {
  const [file = ''] = words;
  const source = file.replace(/^dist\//, '').replace(/\.js$/, '.ts');
  if (!existsSync(assetPath(file)) && !existsSync(assetPath(source))) return `there is no ${file}`;
  return file === 'bin/conclave.js' ? cliProblem(words.slice(1)) : null;
};

/** `npx jest --selectProjects PROJECT PATH`: a project that there is, and tests under the path. */
const jestProblem = async ([program, ...words]: readonly string[]): Promise<string | null> => {
  if (program !== 'jest') return `npx ${program} is not used here`;
  const project = words[words.indexOf('--selectProjects') + 1] ?? '';
  if (!PROJECTS.includes(project)) return `there is no project ${project}`;
  const paths = words.filter((word) => word.startsWith('test/'));
  const missing = paths.find((path) => !testFiles.some((file) => file.startsWith(path)));
  if (paths.length === 0) return 'no test is named';
  return missing === undefined ? null : `there is no test ${missing}`;
};

const CHECKS: Readonly<Record<string, (words: readonly string[]) => Promise<string | null>>> = {
  conclave: cliProblem,
  npm: npmProblem,
  npx: jestProblem,
  node: nodeProblem,
  docker: dockerProblem,
};

const problemOf = async ({ words }: DocumentedCommand): Promise<string | null> =>
  (await CHECKS[words[0] ?? '']?.(words.slice(1))) ?? null;

const quoted = [...FILES.flatMap(({ name, text }) => documentedCommands(name, text)), ...commandsOfPages()];

test.each(
  quoted.map((command) => [`${command.file}:${command.line}`, command.words.join(' '), command] as const),
)('%s: `%s` can be typed', async (_place, _text, command) => {
  expect(await problemOf(command)).toBeNull();
});

test('the two commands of the README are there', () => {
  const readme = quoted.filter(({ file }) => file === 'README.md').map(({ words }) => words.join(' '));
  expect(readme).toEqual(expect.arrayContaining(['npm start', 'npm test']));
});

test('every command of the README and docs/ is run by a test that there is, or says why none can', () => {
  const unknown = commandsOfDocuments().filter((command) => runnerOf(command) === undefined);
  expect(unknown.map(({ file, line, words }) => `${file}:${line} ${words.join(' ')}`)).toEqual([]);
  const runners = new Set(commandsOfDocuments().flatMap((command) => runnerOf(command)?.test ?? []));
  expect([...runners].filter((test) => !existsSync(assetPath(test)))).toEqual([]);
  expect(commandsToType().length).toBeGreaterThan(95);
});

test('the commands that the dashboard prints are among them', () => {
  const printed = commandsOfPages().map(({ words }) => words.join(' '));
  expect(printed).toEqual(
    expect.arrayContaining(['conclave doctor', 'conclave providers resume --reason WHY']),
  );
  expect(printed.length).toBeGreaterThan(12);
});

test('links between the documents lead somewhere', () => {
  const broken = FILES.flatMap(({ path, name, text }) =>
    [...text.matchAll(/\]\(([^)#\s]+)(#[^)]*)?\)/g)]
      .map(([, target]) => target ?? '')
      .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(dirname(path), target)))
      .map((target) => `${name} -> ${target}`),
  );
  expect(broken).toEqual([]);
});

test.each([
  ['a command that does not exist', 'conclave fly'],
  ['an option that does not exist', 'conclave session --wings'],
  ['a missing argument', 'conclave event'],
  ['a script that does not exist', 'npm run fly'],
  ['a bench that does not exist', 'npm run bench -- fly'],
  ['a program that does not exist', 'node dist/workers/fly.js'],
  ['a service that does not exist', 'docker compose run --rm fly'],
  ['an option behind npm start', 'npm start -- --wings'],
  ['a test that does not exist', 'npx jest --selectProjects unit test/fly'],
  ['a project that does not exist', 'npx jest --selectProjects fly test/docs'],
])('%s is found', async (_what, line) => {
  expect(await problemOf({ file: 'x.md', line: 1, words: shellWords(line) })).not.toBeNull();
});
