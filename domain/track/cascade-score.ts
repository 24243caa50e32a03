// Scores of the two stages of a cascade: what it lost against the full ensemble, against the cheap stage and
// against spending as much blindly.
import { clusterSums, lossOf, METRICS, type Metric } from './backtest-baselines';
import type { BacktestRow } from './backtest-table';
import { escalateWithin, type StagedQuestion, type Stages } from './cascade-stages';
import { type BootstrapOptions, clusterIntervals, type Interval } from './cluster-bootstrap';
import { groupInOrder } from './group-in-order';

/** Cascade minus the alternative: below 0 the cascade is better. `randomEscalation` spends as much, blindly. */
export type CascadeVersus = Readonly<
  Record<'full' | 'cheap' | 'randomEscalation', Readonly<Record<Metric, Interval>>>
>;

export interface StagedRound {
  readonly due: string;
  readonly stages: Stages;
  readonly questions: readonly StagedQuestion[];
}

const sumCost = (questions: readonly StagedQuestion[], cost: (question: StagedQuestion) => number): number =>
  questions.reduce((sum, question) => sum + cost(question), 0);

interface ScoredRow {
  readonly row: BacktestRow;
  /** Cascade, full, cheap, random; Brier then log loss. */
  readonly values: readonly number[];
}

export interface ScoredRound {
  readonly due: string;
  readonly stages: Stages;
  readonly rows: readonly ScoredRow[];
  readonly questions: number;
  readonly escalated: number;
  readonly threshold: number | null;
  readonly costUsd: number;
  readonly fullCostUsd: number;
}

/** Random escalation is taken in expectation: every question with the same chance, for the same cost. */
export const scoreRound = ({ due, stages, questions }: StagedRound, costShare: number): ScoredRound => {
  const { chosen, threshold } = escalateWithin(questions, costShare);
  const costUsd = sumCost(questions, (each) => (chosen.has(each) ? each.fullCost : each.cheapCost));
  const fullCostUsd = sumCost(questions, (each) => each.fullCost);
  const cheapCostUsd = sumCost(questions, (each) => each.cheapCost);
  const extra = fullCostUsd - cheapCostUsd;
  const chance = extra > 0 ? (costUsd - cheapCostUsd) / extra : chosen.size / questions.length;
  const valuesOf = (question: StagedQuestion, i: number): number[] =>
    METRICS.flatMap((metric) => {
      const full = lossOf[metric](question.full[i]!, question.rows[i]!.y);
      const cheap = lossOf[metric](question.cheap[i]!, question.rows[i]!.y);
      return [chosen.has(question) ? full : cheap, full, cheap, chance * full + (1 - chance) * cheap];
    });
  const rows = questions.flatMap((question) =>
    question.rows.map((row, i) => ({ row, values: valuesOf(question, i) })),
  );
  return {
    due,
    stages,
    rows,
    questions: questions.length,
    escalated: chosen.size,
    threshold,
    costUsd,
    fullCostUsd,
  };
};

export const classMean = (rows: readonly ScoredRow[], at: number): number => {
  const classes = groupInOrder(rows, ({ row }) => row.className);
  const means = classes.map((group) => group.reduce((sum, row) => sum + row.values[at]!, 0) / group.length);
  return means.reduce((sum, each) => sum + each, 0) / means.length;
};

const ALTERNATIVES = ['full', 'cheap', 'randomEscalation'] as const;
export const WIDTH = 1 + ALTERNATIVES.length;

export const comparisons = (rows: readonly ScoredRow[], bootstrap: BootstrapOptions): CascadeVersus => {
  const differences = rows.map(({ row, values }) => ({
    row,
    values: METRICS.flatMap((_, k) =>
      ALTERNATIVES.map((_a, j) => values[WIDTH * k]! - values[WIDTH * k + j + 1]!),
    ),
  }));
  const estimates = Array.from({ length: METRICS.length * ALTERNATIVES.length }, (_, at) =>
    classMean(differences, at),
  );
  const intervals = clusterIntervals(clusterSums(differences), estimates, bootstrap);
  return Object.fromEntries(
    ALTERNATIVES.map((name, j) => [
      name,
      Object.fromEntries(METRICS.map((metric, k) => [metric, intervals[ALTERNATIVES.length * k + j]!])),
    ]),
  ) as unknown as CascadeVersus;
};

const total = (rounds: readonly ScoredRound[], part: (round: ScoredRound) => number): number =>
  rounds.reduce((sum, round) => sum + part(round), 0);

export const shares = (rounds: readonly ScoredRound[]) => {
  const costUsd = total(rounds, (round) => round.costUsd);
  const fullCostUsd = total(rounds, (round) => round.fullCostUsd);
  return {
    escalatedShare: total(rounds, (round) => round.escalated) / total(rounds, (round) => round.questions),
    costShare: fullCostUsd > 0 ? costUsd / fullCostUsd : 1,
    costUsd,
    fullCostUsd,
  };
};
