// What a cascade would have saved: every question gets the cheap members' answer, and the most uncertain
// ones also the full ensemble's, within a share of the full ensemble's cost.

import { maxUncertainty, uncertainty } from '../ensemble/disagreement';
import { extremizedLogOddsPool } from '../ensemble/pool';
import { clusterSums, lossOf, METRICS, type Metric } from './backtest-baselines';
import type { BacktestRow } from './backtest-table';
import type { Walk } from './backtest-walk';
import {
  type BootstrapOptions,
  clusterResamples,
  type Interval,
  percentileInterval,
} from './cluster-bootstrap';

export interface CascadeSettings {
  readonly cheap: readonly string[];
  readonly full: readonly string[];
  /** Largest share of the full ensemble's cost. */
  readonly costShare: number;
  readonly bootstrap: BootstrapOptions;
}

export interface CascadePoint {
  readonly costShare: number;
  readonly escalatedShare: number;
  readonly brier: number;
  readonly logLoss: number;
}

export interface CascadeReport {
  /** Share of questions that went to the full ensemble. */
  readonly escalatedShare: number;
  readonly costShare: number;
  readonly costUsd: number;
  readonly fullCostUsd: number;
  /** Cascade minus the alternative: below 0 the cascade is better. `random` escalates as much, blindly. */
  readonly versus: Readonly<
    Record<'full' | 'cheap' | 'randomEscalation', Readonly<Record<Metric, Interval>>>
  >;
  readonly curve: readonly CascadePoint[];
}

interface Question {
  readonly rows: readonly BacktestRow[];
  readonly cheap: readonly number[];
  readonly full: readonly number[];
  readonly uncertainty: number;
  readonly cheapCost: number;
  readonly fullCost: number;
}

interface Plan {
  readonly cheap: readonly number[];
  readonly full: readonly number[];
  /** Mean known cost per member, for questions whose cost was not recorded. */
  readonly meanCost: readonly number[];
}

const indicesOf = (names: readonly string[], members: readonly string[], field: string): number[] => {
  if (names.length === 0) throw new RangeError(`cascade ${field} is empty; accepted: at least one member`);
  return names.map((name) => {
    const at = members.indexOf(name);
    if (at < 0)
      throw new RangeError(`cascade ${field} names "${name}"; accepted: one of ${members.join(', ')}`);
    return at;
  });
};

const meanCosts = (rows: readonly BacktestRow[], members: number): number[] =>
  Array.from({ length: members }, (_, m) => {
    const known = rows.map((row) => row.costUsd[m]!).filter((cost) => !Number.isNaN(cost));
    return known.length === 0 ? 0 : known.reduce((sum, cost) => sum + cost, 0) / known.length;
  });

const poolOf = (row: BacktestRow, members: readonly number[]): number | null => {
  const ps = members.map((m) => row.p[m]!).filter((p) => !Number.isNaN(p));
  return ps.length === 0 ? null : extremizedLogOddsPool(ps);
};

const uncertaintyOf = (row: BacktestRow, members: readonly number[], p: number): number =>
  uncertainty(
    p,
    members.map((m) => row.p[m]!).filter((each) => !Number.isNaN(each)),
  );

const costOf = (row: BacktestRow, members: readonly number[], plan: Plan): number =>
  members.reduce((sum, m) => {
    if (Number.isNaN(row.p[m]!)) return sum;
    return sum + (Number.isNaN(row.costUsd[m]!) ? plan.meanCost[m]! : row.costUsd[m]!);
  }, 0);

const questionOf = (rows: readonly BacktestRow[], plan: Plan): Question | null => {
  const cheap = rows.map((row) => poolOf(row, plan.cheap));
  const full = rows.map((row) => poolOf(row, plan.full));
  if (cheap.includes(null) || full.includes(null)) return null;
  const extra = plan.full.filter((m) => !plan.cheap.includes(m));
  return {
    rows,
    cheap: cheap as number[],
    full: full as number[],
    uncertainty: maxUncertainty(rows.map((row, i) => uncertaintyOf(row, plan.cheap, cheap[i]!))),
    cheapCost: costOf(rows[0]!, plan.cheap, plan),
    fullCost: costOf(rows[0]!, plan.cheap, plan) + costOf(rows[0]!, extra, plan),
  };
};

/**
 * The questions to escalate: most uncertain first while the budget of their round and class pays. Only
 * answers and costs are looked at, never outcomes.
 */
const escalate = (questions: readonly Question[], costShare: number): Set<Question> => {
  const total = questions.reduce((sum, question) => sum + question.fullCost, 0);
  let left = costShare * total - questions.reduce((sum, question) => sum + question.cheapCost, 0);
  const chosen = new Set<Question>();
  const order = [...questions].sort((x, y) => y.uncertainty - x.uncertainty);
  for (const question of order) {
    const extra = question.fullCost - question.cheapCost;
    if (extra > left) continue;
    left -= extra;
    chosen.add(question);
  }
  return chosen;
};

const groupBy = <T>(items: readonly T[], keyOf: (item: T) => string): T[][] => {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return [...groups.values()];
};

const classKey = (question: Question): string =>
  `${question.rows[0]!.dueDate}|${question.rows[0]!.className}`;

const chooseAll = (questions: readonly Question[], costShare: number): Set<Question> =>
  new Set(groupBy(questions, classKey).flatMap((group) => [...escalate(group, costShare)]));

interface ScoredRow {
  readonly row: BacktestRow;
  /** Cascade, full, cheap, random; Brier then log loss. */
  readonly values: readonly number[];
}

/** Random escalation is taken in expectation: as often in each round and class as the cascade escalated. */
const scoreRows = (questions: readonly Question[], chosen: ReadonlySet<Question>): ScoredRow[] =>
  groupBy(questions, classKey).flatMap((group) => {
    const share = group.filter((question) => chosen.has(question)).length / group.length;
    return group.flatMap((question) =>
      question.rows.map((row, i) => ({
        row,
        values: METRICS.flatMap((metric) => {
          const full = lossOf[metric](question.full[i]!, row.y);
          const cheap = lossOf[metric](question.cheap[i]!, row.y);
          return [chosen.has(question) ? full : cheap, full, cheap, share * full + (1 - share) * cheap];
        }),
      })),
    );
  });

const classMean = (rows: readonly ScoredRow[], value: (row: ScoredRow) => number): number => {
  const classes = groupBy(rows, ({ row }) => row.className);
  const means = classes.map((group) => group.reduce((sum, row) => sum + value(row), 0) / group.length);
  return means.reduce((sum, each) => sum + each, 0) / means.length;
};

const ALTERNATIVES = ['full', 'cheap', 'randomEscalation'] as const;

const comparisons = (rows: readonly ScoredRow[], bootstrap: BootstrapOptions): CascadeReport['versus'] => {
  const differences = rows.map(({ row, values }) => ({
    row,
    values: METRICS.flatMap((_, k) => ALTERNATIVES.map((_a, j) => values[4 * k]! - values[4 * k + j + 1]!)),
  }));
  const resamples = clusterResamples(clusterSums(differences), bootstrap);
  const interval = (at: number): Interval =>
    percentileInterval(
      classMean(differences, (row) => row.values[at]!),
      resamples.map((sample) => sample[at]!),
    );
  return Object.fromEntries(
    ALTERNATIVES.map((name, j) => [
      name,
      Object.fromEntries(METRICS.map((metric, k) => [metric, interval(ALTERNATIVES.length * k + j)])),
    ]),
  ) as unknown as CascadeReport['versus'];
};

const sumCost = (questions: readonly Question[], cost: (question: Question) => number): number =>
  questions.reduce((sum, question) => sum + cost(question), 0);

const spentOn = (questions: readonly Question[], chosen: ReadonlySet<Question>): number =>
  sumCost(questions, (question) => (chosen.has(question) ? question.fullCost : question.cheapCost));

const CURVE_SHARES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1] as const;

const curvePoint = (questions: readonly Question[], costShare: number): CascadePoint => {
  const chosen = chooseAll(questions, costShare);
  const rows = scoreRows(questions, chosen);
  return {
    costShare: spentOn(questions, chosen) / sumCost(questions, (question) => question.fullCost),
    escalatedShare: chosen.size / questions.length,
    brier: classMean(rows, ({ values }) => values[0]!),
    logLoss: classMean(rows, ({ values }) => values[4]!),
  };
};

/**
 * Scores the cascade on the walk's rows with equal weights.
 * @throws RangeError for unknown members, a cost share outside (0, 1], or when no question can be compared.
 */
export const cascadeReport = (
  walk: Walk,
  members: readonly string[],
  settings: CascadeSettings,
): CascadeReport => {
  if (!(settings.costShare > 0 && settings.costShare <= 1))
    throw new RangeError(`cost-share is ${settings.costShare}; accepted: above 0, at most 1`);
  const rows = walk.rounds.flatMap((round) => round.rows.map(({ row }) => row));
  const plan: Plan = {
    cheap: indicesOf(settings.cheap, members, 'cheap'),
    full: indicesOf(settings.full, members, 'full'),
    meanCost: meanCosts(rows, members.length),
  };
  const questions = groupBy(rows, (row) => row.question).flatMap((group) => questionOf(group, plan) ?? []);
  if (questions.length === 0)
    throw new RangeError('cascade has no question that both stages answered; accepted: at least one');
  const chosen = chooseAll(questions, settings.costShare);
  const costUsd = spentOn(questions, chosen);
  const fullCostUsd = sumCost(questions, (question) => question.fullCost);
  return {
    escalatedShare: chosen.size / questions.length,
    costShare: costUsd / fullCostUsd,
    costUsd,
    fullCostUsd,
    versus: comparisons(scoreRows(questions, chosen), settings.bootstrap),
    curve: CURVE_SHARES.map((share) => curvePoint(questions, share)),
  };
};
