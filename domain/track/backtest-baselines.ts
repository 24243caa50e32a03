// What a strategy has to beat on the same rows: the simple mean, the log-odds mean, the market price, and
// single members, both the one a user would have picked from the past and the best in hindsight.
// Baselines use all given members, unscreened.
import { linearPool, logOddsPool } from '../ensemble/pool';
import type { BacktestRow } from './backtest-table';
import type { WalkedRound } from './backtest-walk';
import { type BootstrapOptions, type ClusterSums, clusterResamples } from './cluster-bootstrap';
import { brier, logLoss } from './scoring';

export const METRICS = ['brier', 'logLoss'] as const;
export type Metric = (typeof METRICS)[number];

export const lossOf: Readonly<Record<Metric, (p: number, y: 0 | 1) => number>> = { brier, logLoss };

/** Losses of one scored row, per metric. */
export interface RowLosses {
  readonly row: BacktestRow;
  readonly strategies: readonly number[];
  readonly simpleMean: number;
  readonly logOddsMean: number;
  readonly marketPrice: number | null;
  readonly expectedSinglePick: number;
  /** Absent members count as the simple mean: an absent pick leaves a user with the others. */
  readonly members: readonly number[];
}

/** Chance of each member to be picked, from the training rows of one round. */
export type PickChances = Readonly<Record<Metric, readonly number[]>>;

const fullRows = (rows: readonly BacktestRow[]): BacktestRow[] =>
  rows.filter((row) => row.p.every((p) => !Number.isNaN(p)));

/** Sums of `values` by cluster and class, in order of first appearance. */
export const clusterSums = (
  rows: readonly { readonly row: BacktestRow; readonly values: readonly number[] }[],
): ClusterSums[] => {
  const found = new Map<string, { className: string; n: number; sums: number[] }>();
  for (const { row, values } of rows) {
    const key = `${row.className}|${row.cluster}`;
    const entry = found.get(key);
    if (entry === undefined) found.set(key, { className: row.className, n: 1, sums: [...values] });
    else {
      entry.n += 1;
      values.forEach((value, k) => {
        entry.sums[k]! += value;
      });
    }
  }
  return [...found.values()];
};

/** Draws per set of resamples: with so many training rows the winner is certain long before. */
const MAX_PICK_DRAWS = 1e7;
const MIN_PICK_RESAMPLES = 200;

const pickBootstrap = (bootstrap: BootstrapOptions, clusters: number, width: number): BootstrapOptions => {
  const affordable = Math.max(MIN_PICK_RESAMPLES, Math.floor(MAX_PICK_DRAWS / (clusters * width)));
  return { ...bootstrap, resamples: Math.min(bootstrap.resamples, affordable) };
};

const winnerShares = (resamples: readonly Float64Array[], from: number, members: number): number[] => {
  const wins = new Array<number>(members).fill(0);
  for (const sample of resamples) {
    let best = 0;
    for (let m = 1; m < members; m += 1) if (sample[from + m]! < sample[from + best]!) best = m;
    wins[best]! += 1 / resamples.length;
  }
  return wins;
};

/**
 * How often each member wins on bootstrap resamples of the training rows that all members answered; every
 * member equally often without such rows.
 */
export const pickChances = (
  training: readonly BacktestRow[],
  members: number,
  bootstrap: BootstrapOptions,
): PickChances => {
  const rows = fullRows(training);
  const equal = new Array<number>(members).fill(1 / members);
  if (rows.length === 0 || members === 1) return { brier: equal, logLoss: equal };
  const sums = clusterSums(
    rows.map((row) => ({ row, values: METRICS.flatMap((m) => row.p.map((p) => lossOf[m](p, row.y))) })),
  );
  const resamples = clusterResamples(sums, pickBootstrap(bootstrap, sums.length, 2 * members));
  return {
    brier: winnerShares(resamples, 0, members),
    logLoss: winnerShares(resamples, members, members),
  };
};

/** Losses of all rows of a round under one metric. */
export const roundLosses = (round: WalkedRound, metric: Metric, chances: PickChances): RowLosses[] => {
  const loss = lossOf[metric];
  return round.rows.map(({ row, p }) => {
    const given = row.p.filter((value) => !Number.isNaN(value));
    const simpleMean = loss(linearPool(given), row.y);
    const members = row.p.map((value) => (Number.isNaN(value) ? simpleMean : loss(value, row.y)));
    return {
      row,
      strategies: p.map((value) => loss(value, row.y)),
      simpleMean,
      logOddsMean: loss(logOddsPool(given), row.y),
      marketPrice: row.marketPrice === null ? null : loss(row.marketPrice, row.y),
      expectedSinglePick: members.reduce((sum, value, m) => sum + chances[metric][m]! * value, 0),
      members,
    };
  });
};
