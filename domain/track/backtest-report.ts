// Turns a walk into the document that `conclave backtest` prints: scores by class, differences to every
// baseline, calibration, what sized positions would have earned, and what the numbers were trained on.

import type { PoolName } from '../ensemble/pool';
import type { RankedUncertainty } from './auc';
import { type Metric, type PickChances, pickChances, roundLosses } from './backtest-baselines';
import {
  type Baseline,
  type ByClass,
  byClass,
  type Comparison,
  comparisons,
  type LossesByMetric,
} from './backtest-comparison';
import { type GrowthReport, growthReport } from './backtest-growth';
import { type LearningReport, learningReport } from './backtest-learning';
import { type MemberReport, memberScores } from './backtest-members';
import type { ScreeningEvent } from './backtest-screens';
import type { BacktestRow } from './backtest-table';
import { agreements, uncertaintyRanking } from './backtest-uncertainty';
import type { Walk, WalkedRound } from './backtest-walk';
import { type CalibrationError, calibrationError } from './calibration-error';
import type { CalibratorKind } from './calibrator-fit';
import type { BootstrapOptions } from './cluster-bootstrap';
import {
  type CalibrationBin,
  calibrationCurve,
  type MurphyDecomposition,
  murphyDecomposition,
} from './murphy';
import type { AgreementQuality } from './rank-correlation';
import type { Scored } from './scoring';
import type { Weighting } from './weighting';

export interface BacktestReport {
  readonly n: number;
  readonly clusters: number;
  readonly brier: ByClass;
  readonly logLoss: ByClass;
  /**
   * Strategy minus baseline: [difference, low, high], 95 % intervals; below 0 the strategy is better. Low and high are
   * null where a class has fewer than five questions.
   */
  readonly versus: Readonly<Record<Baseline, Comparison>>;
  /** All given members' recorded cost on the scored questions. */
  readonly costUsd: number;
  readonly costUnknown: number;
  readonly calibration: CalibrationReport | null;
  readonly trainedOn: TrainedOn;
  readonly learning: LearningReport;
  readonly strategy: string;
  readonly pool: PoolName;
  readonly members: readonly string[];
  /** Rows where the strategy gave no answer of its own; scored at the nearest one that exists. */
  readonly abstained: number;
  /** Rows with fewer than half of the members; not scored. */
  readonly belowQuorum: number;
  readonly strategies: Readonly<Record<string, Readonly<Record<Metric, ByClass>>>>;
  readonly memberScores: Readonly<Record<string, MemberReport>>;
  /** AUC of u = p(1 - p) + std of p for answers on the wrong side, per class. */
  readonly uncertaintyAuc: Readonly<Record<string, number | null>>;
  /** The same with standard errors and the numbers of wrong and right answers. */
  readonly uncertaintyRanking: Readonly<Record<string, RankedUncertainty | null>>;
  /** Log growth after fees of positions sized at the price of the due day. */
  readonly sizing: GrowthReport;
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

export interface ReportOptions {
  readonly members: readonly string[];
  readonly strategies: readonly string[];
  readonly screening: boolean;
  readonly weighting: Weighting;
  readonly calibrator: CalibratorKind;
  readonly pool: PoolName;
  readonly bootstrap: BootstrapOptions;
  /** Fees of a contract per unit of payoff. */
  readonly contractFee: number;
}

/** Losses of every scored row under both metrics. */
const walkLosses = (walk: Walk, members: number, bootstrap: BootstrapOptions): LossesByMetric => {
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
  const ranking = uncertaintyRanking(rows);
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
    learning: learningReport(walk.rounds.at(-1)!, options),
    strategy: options.strategies[0]!,
    pool: options.pool,
    members: options.members,
    abstained: rows.filter((row) => row.abstained).length,
    belowQuorum: walk.rounds.reduce((sum, round) => sum + round.belowQuorum, 0),
    strategies: Object.fromEntries(options.strategies.map((name, k) => [name, score(k)])),
    memberScores: memberScores(losses, options.members),
    uncertaintyAuc: Object.fromEntries(
      Object.entries(ranking).map(([name, ranked]) => [name, ranked?.auc ?? null]),
    ),
    uncertaintyRanking: ranking,
    sizing: growthReport(rows, options.contractFee),
    agreement: agreements(rows),
    screening: { on: options.screening, flagged: walk.screening },
    bootstrap: options.bootstrap,
  };
};
