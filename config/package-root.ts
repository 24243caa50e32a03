// Finds the package's own folder, whether the code runs from dist/ or from source, so that assets
// (migrations, prompts, data) are read from one place and never copied.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const findRoot = (from: string): string => {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (dirname(folder) === folder)
      throw new Error(`no package.json above ${from}: the installation is incomplete`);
  }
};

/** Absolute path of the folder that holds package.json. */
export const PACKAGE_ROOT: string = findRoot(__dirname);

/** True when the code runs compiled, from dist/; false under a TypeScript loader (tests). */
const RUNS_COMPILED: boolean = __dirname.startsWith(join(PACKAGE_ROOT, 'dist'));

/**
 * True when processes are started compiled: by compiled code, and by tests under `npm test`, which has just built.
 * Jest on its own starts them from source, and needs no build.
 */
export const STARTS_COMPILED: boolean = RUNS_COMPILED || process.env.CONCLAVE_TESTS_USE === 'build';

/** Absolute path of an asset that lies at `parts` under the package's folder. */
export const assetPath = (...parts: readonly string[]): string => join(PACKAGE_ROOT, ...parts);

/** Absolute path of compiled code: `compiledPath('workers/main')` is dist/workers/main.js. */
export const compiledPath = (name: string): string => assetPath('dist', `${name}.js`);

/** Absolute path of compiled or source code: `codePath('workers/main')` is dist/workers/main.js or workers/main.ts. */
export const codePath = (name: string): string =>
  RUNS_COMPILED ? compiledPath(name) : assetPath(`${name}.ts`);

/** Arguments to `node` that run the program `name`, as in `codePath`; from source they load the TypeScript hook first. */
export const nodeArguments = (name: string): readonly string[] =>
  STARTS_COMPILED
    ? [compiledPath(name)]
    : ['-r', assetPath('scripts', 'typescript-hook.cjs'), codePath(name)];
