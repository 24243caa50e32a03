// `npm run bench -- NAME --json`: runs one bench, or all of them. A bench is a file of this folder that exports
// `run()`; its name is the file's.
import { readdirSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { basename, extname, join } from 'node:path';

export interface Bench {
  /** Measures once and returns one flat document: numbers with their unit in the name. */
  run(): Promise<Record<string, unknown>>;
}

const SOURCE = /^(?!main\.)[a-z][a-z0-9-]*\.(js|ts)$/;
const GIB = 1024 ** 3;

/** Names of the benches, in the order in which `all` runs them. */
export const benchNames = (folder: string = __dirname): readonly string[] =>
  readdirSync(folder)
    .filter((file) => SOURCE.test(file))
    .map((file) => basename(file, extname(file)))
    .sort();

const machine = () => ({
  node: process.versions.node,
  platform: `${process.platform} ${process.arch}`,
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / GIB),
});

const runBench = async (name: string): Promise<Record<string, unknown>> => {
  const bench = require(join(__dirname, name)) as Bench;
  return bench.run();
};

/** One bench that fails must not hide the figures of the others. */
const runAll = async (): Promise<{ readonly document: Record<string, unknown>; readonly ok: boolean }> => {
  const benches: Record<string, unknown> = {};
  let ok = true;
  for (const name of benchNames()) {
    process.stderr.write(`${name}\n`);
    benches[name] = await runBench(name).catch((error: unknown) => {
      ok = false;
      return { error: error instanceof Error ? error.message : String(error) };
    });
  }
  return { document: { machine: machine(), benches }, ok };
};

const rows = (document: unknown, prefix = ''): readonly string[] =>
  typeof document === 'object' && document !== null
    ? Object.entries(document).flatMap(([key, value]) => rows(value, prefix ? `${prefix}.${key}` : key))
    : [`${prefix.padEnd(44)} ${typeof document === 'number' ? Number(document.toPrecision(4)) : document}`];

const print = (document: Record<string, unknown>, json: boolean): void => {
  process.stdout.write(`${json ? JSON.stringify(document, null, 2) : rows(document).join('\n')}\n`);
};

/** Runs what `args` name and prints it. @returns the exit code: 2 for an unknown name. */
export const main = async (args: readonly string[]): Promise<number> => {
  const json = args.includes('--json');
  const [name = 'all', ...more] = args.filter((arg) => arg !== '--json');
  const known = benchNames();
  if (more.length > 0 || (name !== 'all' && !known.includes(name))) {
    process.stderr.write(
      `usage: npm run bench -- [NAME] [--json], where NAME is all or one of: ${known.join(', ')}\n`,
    );
    return 2;
  }
  if (name !== 'all') {
    print(await runBench(name), json);
    return 0;
  }
  const { document, ok } = await runAll();
  print(document, json);
  return ok ? 0 : 1;
};

if (require.main === module) {
  main(process.argv.slice(2)).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = 1;
    },
  );
}
