// Who runs the commands that the README, docs/ and the dashboard quote: the tutorial's its own test, most of the others
// test/integration/cli/documented-runs, some the tests named here, and a few nobody, for a stated reason.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { assetPath, PACKAGE_ROOT } from '../../config/package-root';
import { type DocumentedCommand, documentedCommands, printedCommands } from './documented-commands';

export const markdownUnder = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return markdownUnder(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });

const commandsOf = (path: string): readonly DocumentedCommand[] =>
  documentedCommands(relative(PACKAGE_ROOT, path), readFileSync(path, 'utf8'));

const TUTORIAL = 'docs/tutorial.md';
const DOCUMENTED_RUNS = 'test/integration/cli/documented-runs.test.ts';

/** Pattern of a command, and the test that runs it or what it does. */
const BY_OTHERS: readonly (readonly [pattern: RegExp, test: string])[] = [
  [/^(conclave (up|down|start)|npm start)$/, DOCUMENTED_RUNS],
  [/^npm start -- --once$/, DOCUMENTED_RUNS],
  [/^conclave mcp$/, 'test/integration/server/agents.test.ts'],
  [/^conclave restore /, 'test/integration/cli/backup.test.ts'],
  [/^node dist\/workers\/set-up\.js$/, 'test/integration/workers/set-up.test.ts'],
  [/^node dist\/workers\/main\.js$/, 'test/integration/stack/stack.test.ts'],
  [/^node dist\/server\/main\.js$/, 'test/integration/server/process.test.ts'],
  [/^npm run chaos .*--flaky/, 'test/chaos/flaky-provider.test.ts'],
  [/^npm run chaos /, 'test/chaos/chaos.test.ts'],
];

/** What no test runs. */
const BY_NOBODY: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^npm (test|install|link|run build)\b/, 'sets up or runs the tests themselves'],
  [/^npx jest /, 'is a test itself'],
  [/^npm run (bench|soak|upgrade|lost-region|mutation|typecheck)\b/, 'takes minutes, or judges by the clock'],
  [/^npm run screenshots$/, 'writes into the repository'],
  [/^docker /, 'needs a container engine'],
];

/** The test file that runs a command, or null with the reason why none does; undefined where nothing is known. */
export const runnerOf = ({
  file,
  words,
}: DocumentedCommand): { readonly test: string | null; readonly reason?: string } | undefined => {
  const text = words.join(' ');
  const other = BY_OTHERS.find(([pattern]) => pattern.test(text));
  if (other) return { test: other[1] };
  const left = BY_NOBODY.find(([pattern]) => pattern.test(text));
  if (left) return { test: null, reason: left[1] };
  if (words[0] !== 'conclave') return undefined;
  return { test: file === TUTORIAL ? 'test/e2e/tutorial.test.ts' : DOCUMENTED_RUNS };
};

/** Every command that a page of the dashboard prints. */
export const commandsOfPages = (): readonly DocumentedCommand[] => {
  const folder = assetPath('server', 'dashboard');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      return printedCommands(relative(PACKAGE_ROOT, path), readFileSync(path, 'utf8'));
    });
};

/** Every command of the README and docs/, in their order, then those of the pages. */
export const commandsOfDocuments = (): readonly DocumentedCommand[] => [
  ...[assetPath('README.md'), assetPath('docs', 'operations.md'), ...markdownUnder(assetPath('docs'))]
    .filter((path, index, all) => all.indexOf(path) === index)
    .flatMap(commandsOf),
  ...commandsOfPages(),
];

/** Those that documented-runs types, each once and as first written. */
export const commandsToType = (): readonly DocumentedCommand[] => {
  const seen = new Set<string>();
  return commandsOfDocuments().filter((command) => {
    const text = command.words.join(' ');
    const isNew = !seen.has(text);
    seen.add(text);
    const isOther = BY_OTHERS.some(([pattern]) => pattern.test(text));
    return isNew && !isOther && runnerOf(command)?.test === DOCUMENTED_RUNS;
  });
};
