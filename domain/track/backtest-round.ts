// One round of a backtest: its rows decided question by question with the record of what had resolved before.
import { checkConsensus } from '../ensemble/consensus';
import { stdOfProbabilities } from '../ensemble/disagreement';
import type { PoolName } from '../ensemble/pool';
import { STRATEGY_NAMES, type StrategyName, type StrategyThresholds } from '../ensemble/strategy';
import { isFlagged, observeScreens, type ScreenMemory } from './backtest-screens';
import type { BacktestRow } from './backtest-table';
import { groupInOrder } from './group-in-order';
import type { ResolvedForecast, ShadowPredictions, TrackRecord } from './record';
import {
  type CountedAnswers,
  countAnswers,
  type DecisionContext,
  decideRecordedBy,
  decisionContext,
  type GivenAnswer,
  shadowPredictions,
} from './recorded-decision';

/** How the rows of a round are decided. */
export interface RoundOptions {
  /** Strategies to score; the first is the one reported. */
  readonly strategies: readonly StrategyName[];
  readonly screening: boolean;
  readonly pool?: PoolName;
  readonly thresholds?: Partial<StrategyThresholds>;
}

/** Every strategy, the one to report before the others. */
export const allReporting = (reported: StrategyName): readonly StrategyName[] => [
  reported,
  ...STRATEGY_NAMES.filter((name) => name !== reported),
];

/** A decided test row. */
export interface WalkedRow {
  readonly row: BacktestRow;
  /** By strategy, in the order asked for. */
  readonly p: readonly number[];
  readonly abstained: boolean;
  /** The counted members' p, for sizing; empty where there is no price on the due day. */
  readonly counted: readonly number[];
  /** Population standard deviation of the counted members' p. */
  readonly spread: number;
  /** The counted members agree by the default consensus rule. */
  readonly inConsensus: boolean;
}

/** A row that may train later rounds, with what was predicted in its shadow. */
export interface PastRow {
  readonly row: BacktestRow;
  readonly forecast: ResolvedForecast;
}

const present = (p: number): number | null => (Number.isNaN(p) ? null : p);

const givenAnswers = (row: BacktestRow, members: readonly string[], memory: ScreenMemory): GivenAnswer[] =>
  members.map((model, m) => ({
    model,
    p: present(row.p[m]!),
    silent: row.silent[m]!,
    flagged: isFlagged(memory, model, row.className),
  }));

const NONE: readonly number[] = [];

interface DecidedRow {
  readonly walked: WalkedRow | null;
  readonly shadow: ShadowPredictions | null;
}

const decideRow = (
  row: BacktestRow,
  members: readonly string[],
  strategies: readonly StrategyName[],
  context: DecisionContext,
  memory: ScreenMemory,
): DecidedRow => {
  const given = givenAnswers(row, members, memory);
  const answers = countAnswers(given, context.screening);
  if (answers === null) return { walked: null, shadow: null };
  const decisions = decideRecordedBy(strategies, answers, context);
  const counted = answers.valid.map((answer) => answer.p);
  const walked: WalkedRow = {
    row,
    p: decisions.map((decision) => decision.p),
    abstained: decisions[0]?.abstained ?? false,
    counted: row.duePrice === null ? NONE : counted,
    spread: stdOfProbabilities(counted),
    inConsensus: agree(answers),
  };
  return { walked, shadow: shadowPredictions(given, answers, context) };
};

const agree = (answers: CountedAnswers): boolean =>
  checkConsensus(
    answers.valid.map(({ model, p }) => ({ model, status: 'answered' as const, probability: p })),
  ).reached;

/** One context per category of a round: weights and calibrators are looked up once. */
const contextsOf = (record: TrackRecord, options: RoundOptions): ((category: string) => DecisionContext) => {
  const known = new Map<string, DecisionContext>();
  return (category) => {
    const found =
      known.get(category) ??
      decisionContext(record, category, {
        screening: options.screening,
        ...(options.thresholds === undefined ? {} : { thresholds: options.thresholds }),
        ...(options.pool === undefined ? {} : { pool: options.pool }),
      });
    known.set(category, found);
    return found;
  };
};

interface DecidedRound {
  readonly walked: readonly WalkedRow[];
  readonly past: readonly PastRow[];
}

/** The round's decisions, and its rows as they may train later rounds; its answers enter the screens. */
export const decideRound = (
  rows: readonly BacktestRow[],
  members: readonly string[],
  record: TrackRecord,
  options: RoundOptions,
  memory: ScreenMemory,
): DecidedRound => {
  const contextOf = contextsOf(record, options);
  const walked: WalkedRow[] = [];
  const past: PastRow[] = [];
  for (const question of groupInOrder(rows, (row) => row.question)) {
    for (const row of question) {
      const decided = decideRow(row, members, options.strategies, contextOf(row.className), memory);
      if (decided.walked) walked.push(decided.walked);
      past.push({
        row,
        forecast: {
          rowId: row.rowId,
          category: row.className,
          cluster: `${row.cluster} ${row.resolutionDate}`,
          y: row.y,
          weight: 1 / question.length,
          p: row.p,
          shadow: decided.shadow,
        },
      });
    }
    observeScreens(question, members, memory);
  }
  return { walked, past };
};
