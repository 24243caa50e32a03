// `npm run bench [-- NAME] [--quick] [--rounds N] [--json]`: one bench, or all of them in one table. A bench is a
// file of this folder that exports `run()`; its name is the file's.
import { readdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { type AllResult, runAll } from './all';
import type { BenchSize } from './support/size';
import { type Document, shownTable } from './table';

export interface Bench {
  /** Measures once and returns one document: numbers with their unit in the name. */
  run(size?: BenchSize): Promise<Record<string, unknown>>;
}

const SOURCE = /^(?!(main|all|table)\.)[a-z][a-z0-9-]*\.(js|ts)$/;
const ROUNDS = 3;

/** Names of the benches, in the order in which `all` runs them. */
export const benchNames = (folder: string = __dirname): readonly string[] =>
  readdirSync(folder)
    .filter((file) => SOURCE.test(file))
    .map((file) => basename(file, extname(file)))
    .sort();

const runBench = async (name: string, quick: boolean): Promise<Document> => {
  const bench = require(join(__dirname, name)) as Bench;
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  return bench.run({ quick });
};

const rows = (document: unknown, prefix = ''): readonly string[] =>
  typeof document === 'object' && document !== null
    ? Object.entries(document).flatMap(([key, value]) => rows(value, prefix ? `${prefix}.${key}` : key))
    : [`${prefix.padEnd(44)} ${typeof document === 'number' ? Number(document.toPrecision(4)) : document}`];

const failures = ({ benches }: AllResult): readonly string[] =>
  benches.flatMap((round) =>
    Object.entries(round).flatMap(([name, document]) => {
      const { error } = document as { readonly error?: string };
      return error === undefined ? [] : [`${name} failed: ${error}`];
    }),
  );

const shownAll = (result: AllResult): string => {
  const { node, platform, cpu, cores, memoryGiB, loadBefore } = result.machine;
  const head = `Node ${node}, ${platform}, ${cores} x ${cpu}, ${memoryGiB} GiB, load ${loadBefore} before; ${result.rounds} round(s)`;
  return [head, '', shownTable(result.table), ...failures(result)].join('\n');
};

const usage = (known: readonly string[]): string =>
  `usage: npm run bench -- [NAME] [--quick] [--rounds N] [--json], where NAME is all or one of: ${known.join(', ')}\n`;

interface Wish {
  readonly name: string;
  readonly json: boolean;
  readonly quick: boolean;
  readonly rounds: number;
}

/** @returns null for what is not understood. */
const readArguments = (args: readonly string[], known: readonly string[]): Wish | null => {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        rounds: { type: 'string' },
      },
    });
    const { json, quick } = values;
    const [name = 'all', ...more] = positionals;
    const rounds = Number(values.rounds ?? (quick ? 1 : ROUNDS));
    const isKnown = more.length === 0 && (name === 'all' || known.includes(name));
    return isKnown && Number.isInteger(rounds) && rounds > 0 ? { name, json, quick, rounds } : null;
  } catch {
    return null;
  }
};

/** Runs what `args` name and prints it. @returns the exit code: 2 for what is not understood. */
export const main = async (args: readonly string[]): Promise<number> => {
  const known = benchNames();
  const wish = readArguments(args, known);
  if (wish === null) {
    process.stderr.write(usage(known));
    return 2;
  }
  const { name, json, quick, rounds } = wish;
  const printJson = (document: unknown) => process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  if (name !== 'all') {
    const document = await runBench(name, quick);
    if (json) printJson(document);
    else process.stdout.write(`${rows(document).join('\n')}\n`);
    return 0;
  }
  const say = (text: string) => void process.stderr.write(`${text}\n`);
  const { ok, ...result } = await runAll({
    ...{ names: known, rounds, quick, say },
    afterRound: (soFar) => say(shownAll(soFar)),
  });
  if (json) printJson(result);
  else process.stdout.write(`${shownAll({ ok, ...result })}\n`);
  return ok ? 0 : 1;
};

if (require.main === module) {
  main(process.argv.slice(2)).then(
    // A bench may leave native handles open; what it measured is printed.
    (code) => process.exit(code),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exit(1);
    },
  );
}
