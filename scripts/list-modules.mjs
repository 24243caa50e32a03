// Writes the lists of what is added by adding one file: ensemble strategies and kinds of providers. A list of
// imports, rather than a look into the folder at run time, as workflows are bundled and must not read files.
// Run by the build and the tests; `test/architecture/module-lists.test.ts` holds the stored lists against the folders.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const LINE_WIDTH = 110;

/** `weighted-vote` and the separator `_` make `weighted_vote`. */
const joined = (file, separator) => file.split('-').join(separator);

const camelCase = (file) => file.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase());

const filesOf = (folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.slice(0, -'.ts'.length))
    .sort();

/** An array literal as the formatter writes it. */
const list = (head, items, tail) => {
  const line = `${head}[${items.join(', ')}]${tail}`;
  return line.length <= LINE_WIDTH
    ? line
    : `${head}[\n${items.map((item) => `  ${item},\n`).join('')}]${tail}`;
};

const headOf = (folder) =>
  `// Made by scripts/list-modules.mjs: one line a file of ${folder}/. Not edited by hand.\n`;

const imports = (names, folder) =>
  names.map((name) => `import { ${camelCase(name)} } from './${folder}/${name}';`).join('\n');

/** Path below the root and text of every list. */
const moduleLists = (root) => {
  const strategies = filesOf(join(root, 'domain', 'ensemble', 'strategies'));
  const kinds = filesOf(join(root, 'providers', 'kinds'));
  return [
    {
      path: 'domain/ensemble/strategy-names.ts',
      text: `${headOf('strategies')}${list(
        'export const STRATEGY_NAMES = ',
        strategies.map((name) => `'${joined(name, '_')}'`),
        ' as const;',
      )}\n`,
    },
    {
      path: 'domain/ensemble/strategy-list.ts',
      text: `${headOf('strategies')}${imports(strategies, 'strategies')}
import type { Strategy } from './strategy';

${list('export const STRATEGIES: readonly Strategy[] = ', strategies.map(camelCase), ';')}\n`,
    },
    {
      path: 'providers/kind-list.ts',
      text: `${headOf('kinds')}${imports(kinds, 'kinds')}
import type { ProviderKind } from './provider-kind';

${list('export const PROVIDER_KINDS: readonly ProviderKind[] = ', kinds.map(camelCase), ';')}\n`,
    },
  ];
};

/** Writes only what has changed, so that a build without news touches nothing. */
export const writeModuleLists = (root) => {
  for (const { path, text } of moduleLists(root)) {
    const file = join(root, path);
    if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
  }
};

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  writeModuleLists(dirname(dirname(fileURLToPath(import.meta.url))));
