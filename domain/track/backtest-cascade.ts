// What a cascade would have saved: every question gets the cheap members' answer, and the most uncertain
// ones also the full ensemble's, within a share of the full ensemble's cost. Everything learnt comes from rows
// that had resolved before the round, and what members usually cost from earlier rounds; only a first round, which has
// none, goes by the costs recorded in it.
import type { Walk, WalkedRound } from './backtest-walk';
import { costsByRound } from './cascade-costs';
import {
  type CascadeVersus,
  classMean,
  comparisons,
  type ScoredRound,
  type StagedRound,
  scoreRound,
  shares,
  WIDTH,
} from './cascade-score';
import { fitModelWeight, type Stages, stagedQuestion } from './cascade-stages';
import { chooseCheapStage } from './cheap-stage';
import type { BootstrapOptions } from './cluster-bootstrap';
import { groupInOrder } from './group-in-order';

export interface CascadeSettings {
  /** `auto`: chosen before each round from the past (cheap-stage.ts), in a first round by the costs recorded in it. */
  readonly cheap: readonly string[] | 'auto';
  readonly full: readonly string[];
  /** Largest share of the full ensemble's cost, in (0, 1]. */
  readonly costShare: number;
  readonly bootstrap: BootstrapOptions;
  /** By member; absent: none has seen a price. */
  readonly priceAware?: readonly boolean[];
  /** Silent halves count as absent. Default on. */
  readonly screening?: boolean;
}

export interface CascadePoint {
  readonly costShare: number;
  readonly escalatedShare: number;
  readonly brier: number;
  readonly logLoss: number;
  /** The same cost spent on questions drawn blindly. */
  readonly randomBrier: number;
  readonly randomLogLoss: number;
}

export interface CascadeRound {
  readonly due: string;
  readonly questions: number;
  readonly cheap: readonly string[];
  /** Weight of the cheap members against the price where they saw it; null where they did not. */
  readonly modelWeight: number | null;
  /** Smallest u that was sent on; null when none was. */
  readonly threshold: number | null;
  readonly costShare: number;
  readonly versus: CascadeVersus;
}

export interface CascadeReport {
  /** Share of questions that went to the full ensemble. */
  readonly escalatedShare: number;
  readonly costShare: number;
  readonly costUsd: number;
  readonly fullCostUsd: number;
  readonly versus: CascadeVersus;
  readonly curve: readonly CascadePoint[];
  readonly rounds: readonly CascadeRound[];
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

const stagesOf = (
  round: WalkedRound,
  members: readonly string[],
  meanCost: readonly number[],
  settings: CascadeSettings,
): Stages => {
  const full = indicesOf(settings.full, members, 'full');
  const { costShare, screening = true } = settings;
  const cheap =
    settings.cheap === 'auto'
      ? chooseCheapStage({ full, meanCost, costShare, training: round.training })
      : indicesOf(settings.cheap, members, 'cheap');
  const priceAware = cheap.every((m) => settings.priceAware?.[m] ?? false);
  const blind = { cheap, full, priceAware, modelWeight: 1, meanCost, screening };
  return priceAware ? { ...blind, modelWeight: fitModelWeight(round.training, blind) } : blind;
};

const stagedRounds = (
  walk: Walk,
  members: readonly string[],
  settings: CascadeSettings,
): readonly StagedRound[] => {
  const costs = costsByRound(walk.rounds, members.length);
  return walk.rounds.flatMap((round, at) => {
    const stages = stagesOf(round, members, costs[at]!, settings);
    const asked = groupInOrder(
      round.rows.map(({ row }) => row),
      (row) => row.question,
    );
    const questions = asked.flatMap((group) => stagedQuestion(group, stages) ?? []);
    return questions.length === 0 ? [] : [{ due: round.due, stages, questions }];
  });
};

const CURVE_SHARES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1] as const;

const curvePoint = (staged: readonly StagedRound[], share: number): CascadePoint => {
  const rounds = staged.map((round) => scoreRound(round, share));
  const rows = rounds.flatMap((round) => round.rows);
  const { costShare, escalatedShare } = shares(rounds);
  return {
    costShare,
    escalatedShare,
    brier: classMean(rows, 0),
    logLoss: classMean(rows, WIDTH),
    randomBrier: classMean(rows, WIDTH - 1),
    randomLogLoss: classMean(rows, 2 * WIDTH - 1),
  };
};

const roundReport = (
  round: ScoredRound,
  members: readonly string[],
  bootstrap: BootstrapOptions,
): CascadeRound => ({
  due: round.due,
  questions: round.questions,
  cheap: round.stages.cheap.map((m) => members[m]!),
  modelWeight: round.stages.priceAware ? round.stages.modelWeight : null,
  threshold: round.threshold,
  costShare: shares([round]).costShare,
  versus: comparisons(round.rows, bootstrap),
});

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
  const staged = stagedRounds(walk, members, settings);
  if (staged.length === 0)
    throw new RangeError('cascade has no question that both stages answered; accepted: at least one');
  const rounds = staged.map((round) => scoreRound(round, settings.costShare));
  return {
    ...shares(rounds),
    versus: comparisons(
      rounds.flatMap((round) => round.rows),
      settings.bootstrap,
    ),
    curve: CURVE_SHARES.map((share) => curvePoint(staged, share)),
    rounds: rounds.map((round) => roundReport(round, members, settings.bootstrap)),
  };
};
