// All benches, round by round, each in a process of its own, so that none inherits another's heap; one that
// fails does not hide the others' figures.
import { spawn } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { nodeArguments } from '../config/package-root';
import { loadAverage } from './support/process-use';
import { type Document, type TableLine, tableOf } from './table';

const GIB = 1024 ** 3;

/** Minutes each, about other things than speed, or the same at another size. */
const NOT_IN_QUICK: readonly string[] = ['choices', 'claims', 'fairness', 'scale', 'track'];

export interface AllOptions {
  readonly names: readonly string[];
  readonly rounds: number;
  readonly quick: boolean;
  readonly say: (text: string) => void;
  /** Gets what is known after each round but the last: all rounds take an hour, and may be broken off. */
  readonly afterRound: (soFar: AllResult) => void;
}

export interface AllResult {
  readonly machine: Document;
  readonly rounds: number;
  readonly table: readonly TableLine[];
  /** Round by round: bench -> its whole document, or `{ error }`. */
  readonly benches: readonly Document[];
  readonly ok: boolean;
}

/** What it was measured on; figures of another machine or load are other figures. */
export const machine = () => ({
  node: process.versions.node,
  platform: `${process.platform} ${process.arch}`,
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / GIB),
  loadBefore: process.platform === 'linux' ? loadAverage() : null,
});

const runOne = (name: string, quick: boolean): Promise<Document> =>
  new Promise((resolve) => {
    const args = [...nodeArguments('bench/main'), name, '--json', ...(quick ? ['--quick'] : [])];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const texts = { out: '', error: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      texts.out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      texts.error = (texts.error + text).slice(-2_000);
    });
    child.once('error', (error) => resolve({ error: error.message }));
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(texts.out) as Document);
      else resolve({ error: texts.error.trim().split('\n').at(-1) ?? `ended with ${code}` });
    });
  });

const resultOf = (description: Document, benches: readonly Document[]): AllResult => ({
  machine: description,
  rounds: benches.length,
  table: tableOf(benches),
  benches: [...benches],
  ok: benches.every((round) =>
    Object.values(round).every((document) => !('error' in (document as Document))),
  ),
});

/** Runs every bench once per round and reckons the table. */
export const runAll = async ({ names, rounds, quick, say, afterRound }: AllOptions): Promise<AllResult> => {
  const description = machine();
  const chosen = quick ? names.filter((name) => !NOT_IN_QUICK.includes(name)) : names;
  const benches: Document[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const documents: Record<string, Document> = {};
    for (const name of chosen) {
      say(`round ${round} of ${rounds}: ${name}`);
      documents[name] = await runOne(name, quick);
    }
    benches.push(documents);
    if (round < rounds) afterRound(resultOf(description, benches));
  }
  return resultOf(description, benches);
};
