// Turns a walk into the document that `conclave backtest` prints: scores by class, differences to every
// baseline with cluster-bootstrap intervals, calibration, and what the numbers were trained on.

import { areaUnderCurve } from './auc';
import {
  clusterSums,
  METRICS,
  type Metric,
  type PickChances,
  pickChances,
  type RowLosses,
  roundLosses,
} from './backtest-baselines';
import type { BacktestRow } from './backtest-table';
import type { ScreeningEvent, Walk, WalkedRound, WalkedRow } from './backtest-walk';
import { type CalibrationError, calibrationError } from './calibration-error';
import {
  type BootstrapOptions,
  clusterResamples,
  type Interval,
  percentileInterval,
} from './cluster-bootstrap';
import {
  type CalibrationBin,
  calibrationCurve,
  type MurphyDecomposition,
  murphyDecomposition,
} from './murphy';
import { type AgreementQuality, type AgreementRow, agreementQuality } from './rank-correlation';
import { brier, mean, meanOfClasses, type Scored } from './scoring';
import { type Contribution, contributions, leaveOneOut, poolValue, sampledShapley } from './shapley';

/** `overall` (mean of the classes) and each class; null where there is no row. */
export type ByClass = Readonly<Record<string, number | null>>;

export type Comparison = Readonly<Record<Metric, Interval | null>>;

export const BASELINES = [
  'simpleMean',
  'expectedSinglePick',
  'bestInHindsight',
  'logOddsMean',
  'marketPrice',
] as const;
export type Baseline = (typeof BASELINES)[number];

export interface MemberReport {
  readonly brier: number | null;
  readonly logLoss: number | null;
  readonly shapley: number;
  readonly shapleyStandardError: number;
  readonly leaveOneOut: number;
}

export interface BacktestReport {
  readonly n: number;
  readonly clusters: number;
  readonly brier: ByClass;
  readonly logLoss: ByClass;
  /** Strategy minus baseline: [difference, low, high], 95 % intervals; below 0 the strategy is better. */
  readonly versus: Readonly<Record<Baseline, Comparison>>;
  /** All given members' recorded cost on the scored questions. */
  readonly costUsd: number;
  readonly costUnknown: number;
  readonly calibration: CalibrationReport | null;
  readonly trainedOn: TrainedOn;
  readonly strategy: string;
  readonly members: readonly string[];
  /** Rows where the strategy gave no answer of its own; scored at the nearest one that exists. */
  readonly abstained: number;
  /** Rows with fewer than half of the members; not scored. */
  readonly belowQuorum: number;
  readonly strategies: Readonly<Record<string, Readonly<Record<Metric, ByClass>>>>;
  readonly memberScores: Readonly<Record<string, MemberReport>>;
  /** AUC of u = p(1 - p) + std of p for answers on the wrong side, per class. */
  readonly uncertaintyAuc: ByClass;
  readonly agreement: Readonly<Record<string, AgreementQuality>>;
  readonly screening: { readonly on: boolean; readonly flagged: readonly ScreeningEvent[] };
  readonly bootstrap: BootstrapOptions;
}

export interface CalibrationReport extends CalibrationError {
  readonly murphy: MurphyDecomposition | null;
  readonly curve: readonly CalibrationBin[];
}

export interface TrainedOn {
  /** Of the last scored round. */
  readonly rows: number;
  readonly clusters: number;
  readonly lastResolution: string | null;
  readonly heldOut: number;
  readonly rounds: readonly { readonly due: string; readonly trained: number; readonly scored: number }[];
}

const classesOf = (rows: readonly { readonly row: BacktestRow }[]): string[] =>
  [...new Set(rows.map(({ row }) => row.className))].sort();

const byClass = <T extends { readonly row: BacktestRow }>(
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

type LossesByMetric = Readonly<Record<Metric, readonly RowLosses[]>>;

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

/** All series that cover the same rows share their resamples. */
const intervals = (
  rows: readonly RowLosses[],
  series: readonly Series[],
  bootstrap: BootstrapOptions,
): Interval[] => {
  const covered = rows.flatMap(({ row }, i) =>
    series[0]!.differences[i] === null ? [] : [{ row, values: series.map((each) => each.differences[i]!) }],
  );
  if (covered.length === 0) return [];
  const resamples = clusterResamples(clusterSums(covered), bootstrap);
  return series.map((_, k) =>
    percentileInterval(
      byClass(covered, ({ values }) => values[k]!).overall!,
      resamples.map((sample) => sample[k]!),
    ),
  );
};

const comparisons = (
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

const totalCost = (rows: readonly BacktestRow[]): { costUsd: number; costUnknown: number } => {
  const seen = new Set<string>();
  let costUsd = 0;
  let costUnknown = 0;
  for (const row of rows) {
    if (seen.has(row.question)) continue;
    seen.add(row.question);
    row.p.forEach((p, m) => {
      if (Number.isNaN(p)) return;
      if (Number.isNaN(row.costUsd[m]!)) costUnknown += 1;
      else costUsd += row.costUsd[m]!;
    });
  }
  return { costUsd: Math.round(costUsd * 1e6) / 1e6, costUnknown };
};

const calibrationReport = (scored: readonly Scored[]): CalibrationReport | null => {
  const error = calibrationError(scored);
  return error && { ...error, murphy: murphyDecomposition(scored), curve: calibrationCurve(scored) };
};

const trainedOn = (rounds: readonly WalkedRound[]): TrainedOn => {
  const last = rounds.at(-1)!;
  return {
    rows: last.training.length,
    clusters: new Set(last.training.map((row) => row.cluster)).size,
    lastResolution: last.training.at(-1)?.resolutionDate ?? null,
    heldOut: last.heldOut,
    rounds: rounds.map((round) => ({
      due: round.due,
      trained: round.training.length,
      scored: round.rows.length,
    })),
  };
};

const wrongSide = (p: number, y: 0 | 1): boolean => p > 0.5 !== (y === 1);

const uncertaintyAuc = (rows: readonly WalkedRow[]): ByClass => {
  const auc = (name: string) =>
    areaUnderCurve(
      rows
        .filter(({ row }) => row.className === name)
        .map(({ row, p, spread }) => ({
          value: p[0]! * (1 - p[0]!) + spread,
          positive: wrongSide(p[0]!, row.y),
        })),
    );
  return Object.fromEntries(classesOf(rows).map((name) => [name, auc(name)]));
};

const agreementRow = ({ row, p, spread, inConsensus }: WalkedRow): AgreementRow => ({
  cluster: row.cluster,
  agreement: -spread,
  quality: -brier(p[0]!, row.y),
  inConsensus,
  wrongSide: wrongSide(p[0]!, row.y),
});

const agreements = (rows: readonly WalkedRow[]): Readonly<Record<string, AgreementQuality>> =>
  Object.fromEntries(
    classesOf(rows).map((name) => [
      name,
      agreementQuality(rows.filter(({ row }) => row.className === name).map(agreementRow)),
    ]),
  );

/** Above this many row visits the exact values would take minutes and are sampled instead. */
const MAX_SHAPLEY_VISITS = 5e9;
const SAMPLED_ORDERS = 100;

const memberScores = (
  losses: LossesByMetric,
  members: readonly string[],
): Readonly<Record<string, MemberReport>> => {
  const rows = losses.brier.map(({ row }) => ({
    className: row.className,
    y: row.y,
    p: row.p.map((p) => (Number.isNaN(p) ? null : p)),
  }));
  const value = poolValue(rows, members.length);
  const tooMany = rows.length * 2 ** members.length * members.length > MAX_SHAPLEY_VISITS;
  const shapley: readonly Contribution[] = tooMany
    ? sampledShapley(value, members.length, { orders: SAMPLED_ORDERS, seed: 1 })
    : contributions(rows, members.length);
  const without = leaveOneOut(value, members.length);
  return Object.fromEntries(
    members.map((member, m) => [
      member,
      {
        brier: byClass(losses.brier, (row) => row.members[m]!).overall ?? null,
        logLoss: byClass(losses.logLoss, (row) => row.members[m]!).overall ?? null,
        shapley: shapley[m]!.value,
        shapleyStandardError: shapley[m]!.standardError,
        leaveOneOut: without[m]!,
      },
    ]),
  );
};

export interface ReportOptions {
  readonly members: readonly string[];
  readonly strategies: readonly string[];
  readonly screening: boolean;
  readonly bootstrap: BootstrapOptions;
}

/** Losses of every scored row under both metrics. */
export const walkLosses = (walk: Walk, members: number, bootstrap: BootstrapOptions): LossesByMetric => {
  const chances: readonly PickChances[] = walk.rounds.map((round) =>
    pickChances(round.training, members, bootstrap),
  );
  const losses = (metric: Metric) =>
    walk.rounds.flatMap((round, i) => roundLosses(round, metric, chances[i]!));
  return { brier: losses('brier'), logLoss: losses('logLoss') };
};

export const backtestReport = (walk: Walk, options: ReportOptions): BacktestReport => {
  const rows = walk.rounds.flatMap((round) => round.rows);
  const losses = walkLosses(walk, options.members.length, options.bootstrap);
  const score = (k: number) => ({
    brier: byClass(losses.brier, (row) => row.strategies[k]!),
    logLoss: byClass(losses.logLoss, (row) => row.strategies[k]!),
  });
  return {
    n: rows.length,
    clusters: new Set(rows.map(({ row }) => row.cluster)).size,
    ...score(0),
    versus: comparisons(losses, options.members.length, options.bootstrap),
    ...totalCost(rows.map(({ row }) => row)),
    calibration: calibrationReport(rows.map(({ row, p }) => ({ p: p[0]!, y: row.y }))),
    trainedOn: trainedOn(walk.rounds),
    strategy: options.strategies[0]!,
    members: options.members,
    abstained: rows.filter((row) => row.abstained).length,
    belowQuorum: walk.rounds.reduce((sum, round) => sum + round.belowQuorum, 0),
    strategies: Object.fromEntries(options.strategies.map((name, k) => [name, score(k)])),
    memberScores: memberScores(losses, options.members),
    uncertaintyAuc: uncertaintyAuc(rows),
    agreement: agreements(rows),
    screening: { on: options.screening, flagged: walk.screening },
    bootstrap: options.bootstrap,
  };
};
