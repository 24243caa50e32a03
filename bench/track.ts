// Bench of the track record: the whole backtest beside a plain loop over the same rows, which is the floor.
import { extremizedLogOddsPool } from '../domain/ensemble/pool';
import { TRADE_FEES } from '../domain/ensemble/trade-fees';
import { backtestReport } from '../domain/track/backtest-report';
import { allReporting } from '../domain/track/backtest-round';
import type { BacktestTable } from '../domain/track/backtest-table';
import { walkForward } from '../domain/track/backtest-walk';
import { sigmoid } from '../domain/track/log-odds';
import { seededRandom } from '../domain/track/random';
import { brier, logLoss } from '../domain/track/scoring';
import { recordedPools } from './support/recorded-pools';

const BOOTSTRAP = { resamples: 2000, seed: 1 };
const STRATEGIES = allReporting('calibrated_confidence');
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

/** The floor: pools and scores every row once, with nothing learnt, resampled or attributed. */
const plainLoop = (tables: readonly BacktestTable[]): number => {
  let total = 0;
  for (const { rows } of tables)
    for (const row of rows) {
      const p = extremizedLogOddsPool(row.p.filter((each) => !Number.isNaN(each)));
      total += brier(p, row.y) + logLoss(p, row.y);
    }
  return total;
};

const LOOPS = 20;
const RUNS = 3;

const secondsOf = (work: () => unknown): number => {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
};

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

const backtest = (table: BacktestTable): void => {
  const walk = walkForward(table, { strategies: STRATEGIES, screening: true, testRound: null });
  backtestReport(walk, {
    members: table.members,
    strategies: STRATEGIES,
    screening: true,
    weighting: 'exponential',
    calibrator: 'platt',
    pool: 'log_odds',
    bootstrap: BOOTSTRAP,
    contractFee: TRADE_FEES.contract,
  });
};

/** Processor time of this process, which other work on the machine does not lengthen as it does the clock. */
const cpuSecondsOf = (work: () => unknown): number => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
};

const measure = (tables: readonly BacktestTable[]) => {
  const rows = tables.reduce((sum, table) => sum + table.rows.length, 0);
  const given = (row: BacktestTable['rows'][number]) => row.p.filter((p) => !Number.isNaN(p)).length;
  const forecasts = tables.reduce(
    (sum, table) => sum + table.rows.reduce((count, row) => count + given(row), 0),
    0,
  );
  plainLoop(tables);
  const loops = () => Array.from({ length: LOOPS }, () => plainLoop(tables));
  const loopSeconds = secondsOf(loops) / LOOPS;
  const loopCpuSeconds = cpuSecondsOf(loops) / LOOPS;
  const seconds = median(Array.from({ length: RUNS }, () => secondsOf(() => tables.forEach(backtest))));
  const cpuSeconds = cpuSecondsOf(() => tables.forEach(backtest));
  return {
    pools: tables.length,
    rows,
    forecasts,
    mostMembers: Math.max(...tables.map((table) => table.members.length)),
    strategies: STRATEGIES.length,
    bootstraps: BOOTSTRAP.resamples,
    seconds,
    rowsPerSecond: rows / seconds,
    forecastsPerSecond: forecasts / seconds,
    plainLoopRowsPerSecond: rows / loopSeconds,
    rowsPerCpuSecond: rows / cpuSeconds,
    plainLoopRowsPerCpuSecond: rows / loopCpuSeconds,
    timesThePlainLoop: cpuSeconds / loopCpuSeconds,
  };
};

/** Rows per second of a backtest with 2,000 bootstraps and exact Shapley values for up to seven members. */
export const run = async (): Promise<Record<string, unknown>> => {
  const start = performance.now();
  const recorded = await recordedPools(MEMBERS);
  const readSeconds = (performance.now() - start) / 1000;
  return {
    madeUp: measure([syntheticTable()]),
    recorded: recorded === null ? 'recorded forecasts not present' : { readSeconds, ...measure(recorded) },
  };
};
