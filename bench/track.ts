// Bench of the track record: the whole backtest beside a plain loop over the same rows, which is the floor.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readBacktestTable } from '../client/backtest-files';
import { STRATEGY_NAMES } from '../domain/ensemble/strategy';
import { backtestReport } from '../domain/track/backtest-report';
import type { BacktestTable } from '../domain/track/backtest-table';
import { walkForward } from '../domain/track/backtest-walk';
import { sigmoid } from '../domain/track/log-odds';
import { seededRandom } from '../domain/track/random';

const BOOTSTRAP = { resamples: 2000, seed: 1 };
const MEMBERS = 7;
const ROUNDS = 12;
const QUESTIONS_PER_ROUND = 150;

/** Made-up rows in the shape of recorded ones, for machines without the recorded set. */
const syntheticTable = (): BacktestTable => {
  const random = seededRandom(5);
  const members = Array.from({ length: MEMBERS }, (_, m) => `member-${m}`);
  const rows = Array.from({ length: ROUNDS * QUESTIONS_PER_ROUND }, (_, i) => {
    const month = String(1 + Math.floor(i / QUESTIONS_PER_ROUND)).padStart(2, '0');
    const belief = 3 * random() - 1.5;
    return {
      rowId: `q${i}`,
      source: 'made-up',
      baseId: `q${i}`,
      cluster: `q${i}`,
      question: `q${i}`,
      dueDate: `2025-${month}-01`,
      resolutionDate: `2025-${month}-15`,
      y: random() < sigmoid(belief) ? (1 as const) : (0 as const),
      marketPrice: null,
      duePrice: null,
      className: i % 3 === 0 ? 'market' : 'dataset',
      category: 'unknown',
      p: members.map(() => sigmoid(belief + random() - 0.5)),
      silent: members.map(() => false),
      costUsd: members.map(() => 0.01),
    };
  });
  return { members, priceAware: members.map(() => false), rows, repeatedRows: 0 };
};

const POOL = [
  'flash-high-brave-c0-t1',
  'gpt5-high-brave-c0-t1',
  'sonnet-high-brave-c0-t1',
  'pro-high-brave-c0-t1',
  'kimi-k2.5-high-brave-c0-t1',
  'kimi-k2t-high-brave-c0-t1',
  'kimi-k2.5-high-brave-c0-t1-nobelief',
];

const recordedTable = async (): Promise<BacktestTable | null> => {
  const folder = join(process.cwd(), '..', 'shared', 'data', 'forecasts');
  if (!existsSync(join(folder, 'forecasts.csv.gz'))) return null;
  return readBacktestTable({
    questions: [join(folder, 'questions.csv.gz')],
    forecasts: [join(folder, 'forecasts.csv.gz')],
    members: POOL,
  });
};

const plainLoop = (table: BacktestTable): number => {
  let total = 0;
  for (const row of table.rows)
    for (const p of row.p) if (!Number.isNaN(p)) total += (p - row.y) * (p - row.y);
  return total;
};

const secondsOf = (work: () => unknown): number => {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
};

const measure = (table: BacktestTable) => {
  const rows = table.rows.filter((row) => row.p.some((p) => !Number.isNaN(p))).length;
  const strategies = STRATEGY_NAMES;
  const options = { strategies, screening: true, testRound: null };
  plainLoop(table);
  const loopSeconds = secondsOf(() => plainLoop(table));
  const start = performance.now();
  const walk = walkForward(table, options);
  const walkSeconds = (performance.now() - start) / 1000;
  const reportSeconds = secondsOf(() =>
    backtestReport(walk, {
      members: table.members,
      strategies,
      screening: true,
      bootstrap: BOOTSTRAP,
      contractFee: 0.01,
    }),
  );
  return {
    rows,
    members: table.members.length,
    bootstraps: BOOTSTRAP.resamples,
    walkSeconds,
    reportSeconds,
    rowsPerSecond: rows / (walkSeconds + reportSeconds),
    plainLoopRowsPerSecond: rows / loopSeconds,
  };
};

/** Rows per second of a backtest with 2,000 bootstraps and exact Shapley values for seven members. */
export const run = async (): Promise<Record<string, unknown>> => {
  const start = performance.now();
  const recorded = await recordedTable();
  const readSeconds = (performance.now() - start) / 1000;
  return {
    synthetic: measure(syntheticTable()),
    recorded: recorded === null ? 'recorded forecasts not present' : { readSeconds, ...measure(recorded) },
  };
};
