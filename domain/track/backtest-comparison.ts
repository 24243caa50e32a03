// A strategy beside every baseline on the same rows: means by class, and differences with cluster-bootstrap
// intervals.
import { clusterSums, METRICS, type Metric, type RowLosses } from './backtest-baselines';
import type { BacktestRow } from './backtest-table';
import { type BootstrapOptions, clusterIntervals, type Interval } from './cluster-bootstrap';
import { mean, meanOfClasses } from './scoring';

/** `overall` (mean of the classes) and each class; null where there is no row. */
export type ByClass = Readonly<Record<string, number | null>>;

/** Null without rows that have the baseline. */
export type Comparison = Readonly<Record<Metric, Interval | null>>;

const BASELINES = [
  'simpleMean',
  'expectedSinglePick',
  'bestInHindsight',
  'logOddsMean',
  'marketPrice',
] as const;
export type Baseline = (typeof BASELINES)[number];

/** Names of the classes, sorted. */
export const classesOf = (rows: readonly { readonly row: BacktestRow }[]): string[] =>
  [...new Set(rows.map(({ row }) => row.className))].sort();

/** Mean of `value` in each class and over the classes; nulls are left out. */
export const byClass = <T extends { readonly row: BacktestRow }>(
  rows: readonly T[],
  value: (row: T) => number | null,
): ByClass => {
  const found = (name: string) =>
    mean(
      rows
        .filter(({ row }) => row.className === name)
        .map(value)
        .filter((each): each is number => each !== null),
    );
  const classes = Object.fromEntries(classesOf(rows).map((name) => [name, found(name)]));
  return { overall: meanOfClasses(classes), market: null, dataset: null, ...classes };
};

const bestMember = (losses: readonly RowLosses[], members: number): number => {
  const scores = Array.from(
    { length: members },
    (_, m) => byClass(losses, (row) => row.members[m]!).overall!,
  );
  return scores.indexOf(Math.min(...scores));
};

const baselinePicker = (losses: readonly RowLosses[], members: number) => {
  const best = bestMember(losses, members);
  return (baseline: Baseline) =>
    (row: RowLosses): number | null =>
      baseline === 'bestInHindsight' ? row.members[best]! : row[baseline];
};

export type LossesByMetric = Readonly<Record<Metric, readonly RowLosses[]>>;

interface Series {
  readonly baseline: Baseline;
  readonly metric: Metric;
  /** Strategy minus baseline by row; null where the row has no such baseline. */
  readonly differences: readonly (number | null)[];
}

const seriesOf = (losses: LossesByMetric, members: number): Series[] =>
  METRICS.flatMap((metric) => {
    const baselineOf = baselinePicker(losses[metric], members);
    return BASELINES.map((baseline) => ({
      baseline,
      metric,
      differences: losses[metric].map((row) => {
        const value = baselineOf(baseline)(row);
        return value === null ? null : row.strategies[0]! - value;
      }),
    }));
  });

const sameValues = (x: readonly (number | null)[], y: readonly (number | null)[]): boolean =>
  x.every((value, i) => value === y[i]);

/** All series that cover the same rows share their resamples; equal series are resampled once. */
const intervals = (
  rows: readonly RowLosses[],
  series: readonly Series[],
  bootstrap: BootstrapOptions,
): Interval[] => {
  const distinct: Series[] = [];
  const at = series.map((each) => {
    const known = distinct.findIndex((other) => sameValues(other.differences, each.differences));
    return known < 0 ? distinct.push(each) - 1 : known;
  });
  const covered = rows.flatMap(({ row }, i) =>
    distinct[0]!.differences[i] === null
      ? []
      : [{ row, values: distinct.map((each) => each.differences[i]!) }],
  );
  if (covered.length === 0) return [];
  const estimates = distinct.map((_, k) => byClass(covered, ({ values }) => values[k]!).overall!);
  const found = clusterIntervals(clusterSums(covered), estimates, bootstrap);
  return at.map((k) => found[k]!);
};

/** Strategy minus every baseline, both metrics. */
export const comparisons = (
  losses: LossesByMetric,
  members: number,
  bootstrap: BootstrapOptions,
): Readonly<Record<Baseline, Comparison>> => {
  const found: Record<string, Record<string, Interval | null>> = {};
  const all = seriesOf(losses, members);
  const priced = (series: Series) => series.baseline === 'marketPrice';
  for (const group of [all.filter((series) => !priced(series)), all.filter(priced)]) {
    const results = intervals(losses.brier, group, bootstrap);
    group.forEach(({ baseline, metric }, k) => {
      found[baseline] = { ...found[baseline], [metric]: results[k] ?? null };
    });
  }
  return found as Readonly<Record<Baseline, Comparison>>;
};
