// The backtest itself: rounds in time order, each decided with what had resolved before it was due, its own
// questions held out of the training rows, and screening that has seen only earlier answers.
import { checkConsensus } from '../ensemble/consensus';
import { stdOfProbabilities } from '../ensemble/disagreement';
import type { PoolName } from '../ensemble/pool';
import type { StrategyName, StrategyThresholds } from '../ensemble/strategy';
import type { IsoDate } from '../world';
import { assertSplit, type BacktestRow, type BacktestTable } from './backtest-table';
import type { CalibratorKind } from './calibrator-fit';
import { groupInOrder } from './group-in-order';
import { fitRecord, type ResolvedForecast, type ShadowPredictions, type TrackRecord } from './record';
import {
  type CountedAnswers,
  countAnswers,
  type DecisionContext,
  decideRecordedBy,
  decisionContext,
  type GivenAnswer,
  shadowPredictions,
} from './recorded-decision';
import { type ScreenState, screen, UNSCREENED } from './screening';
import type { Weighting } from './weighting';

export interface WalkOptions {
  /** Strategies to score; the first is the one reported. */
  readonly strategies: readonly StrategyName[];
  readonly screening: boolean;
  /** Score only this round; earlier rounds are still walked, for training. Null: every round. */
  readonly testRound: IsoDate | null;
  readonly evidenceThreshold?: number;
  readonly weighting?: Weighting;
  readonly calibrator?: CalibratorKind;
  readonly pool?: PoolName;
  readonly thresholds?: Partial<StrategyThresholds>;
}

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

export interface WalkedRound {
  readonly due: IsoDate;
  readonly record: TrackRecord;
  /** Resolved before `due` and not of this round's questions, by resolution date then row id. */
  readonly training: readonly BacktestRow[];
  /** Resolved in time but held out, because their question is asked again in this round. */
  readonly heldOut: number;
  readonly rows: readonly WalkedRow[];
  /** Rows below quorum, not scored. */
  readonly belowQuorum: number;
}

export interface ScreeningEvent {
  readonly member: string;
  readonly category: string;
  readonly reason: string;
  /** Questions seen when first flagged. */
  readonly afterForecasts: number;
  readonly flaggedNow: boolean;
}

/** A row that may train later rounds, with what was predicted in its shadow. */
interface PastRow {
  readonly row: BacktestRow;
  readonly forecast: ResolvedForecast;
}

interface Memory {
  readonly screens: Map<string, ScreenState>;
  readonly reasons: Map<string, string>;
}

const screenKey = (member: string, category: string): string => `${member}\u0000${category}`;

const byResolution = ({ row: x }: PastRow, { row: y }: PastRow): number => {
  if (x.resolutionDate !== y.resolutionDate) return x.resolutionDate < y.resolutionDate ? -1 : 1;
  return x.rowId < y.rowId ? -1 : 1;
};

const present = (p: number): number | null => (Number.isNaN(p) ? null : p);

const givenAnswers = (row: BacktestRow, members: readonly string[], memory: Memory): GivenAnswer[] =>
  members.map((model, m) => ({
    model,
    p: present(row.p[m]!),
    silent: row.silent[m]!,
    flagged: memory.screens.get(screenKey(model, row.className))?.flagged ?? false,
  }));

const mostlyHalf = (rows: readonly BacktestRow[], m: number): boolean =>
  2 * rows.filter((row) => row.p[m] === 0.5).length > rows.length;

/** One question's answers enter the screens after it has been decided. */
const observeScreens = (rows: readonly BacktestRow[], members: readonly string[], memory: Memory): void => {
  for (const [m, member] of members.entries()) {
    const answered = rows.filter((row) => !Number.isNaN(row.p[m]!));
    if (answered.length === 0) continue;
    const key = screenKey(member, answered[0]!.className);
    const faults = { exact_half: mostlyHalf(answered, m), failure: false, contradiction: false };
    const next = screen(memory.screens.get(key) ?? UNSCREENED, faults);
    memory.screens.set(key, next);
    if (next.reason) memory.reasons.set(key, next.reason);
  }
};

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
  memory: Memory,
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
const contextsOf = (record: TrackRecord, options: WalkOptions): ((category: string) => DecisionContext) => {
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

const decideRound = (
  rows: readonly BacktestRow[],
  members: readonly string[],
  record: TrackRecord,
  options: WalkOptions,
  memory: Memory,
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

const fitOn = (training: readonly PastRow[], members: readonly string[], options: WalkOptions): TrackRecord =>
  fitRecord(
    training.map(({ forecast }) => forecast),
    {
      members,
      ...(options.evidenceThreshold === undefined ? {} : { evidenceThreshold: options.evidenceThreshold }),
      ...(options.weighting === undefined ? {} : { weighting: options.weighting }),
      ...(options.calibrator === undefined ? {} : { calibrator: options.calibrator }),
    },
  );

const walkRound = (
  rows: readonly BacktestRow[],
  past: readonly PastRow[],
  table: BacktestTable,
  options: WalkOptions,
  memory: Memory,
): { readonly round: WalkedRound; readonly past: readonly PastRow[] } => {
  const due = rows[0]!.dueDate;
  const clusters = new Set(rows.map((row) => row.cluster));
  const resolved = past.filter(({ row }) => row.resolutionDate < due);
  const kept = resolved.filter(({ row }) => !clusters.has(row.cluster));
  const training = kept.map(({ row }) => row);
  assertSplit(training, rows);
  const record = fitOn(kept, table.members, options);
  const decided = decideRound(rows, table.members, record, options, memory);
  const round: WalkedRound = {
    due,
    record,
    training,
    heldOut: resolved.length - training.length,
    rows: decided.walked,
    belowQuorum: rows.length - decided.walked.length,
  };
  return { round, past: decided.past };
};

const screeningEvents = (memory: Memory): ScreeningEvent[] =>
  [...memory.screens].flatMap(([key, state]) => {
    if (state.firstFlaggedAt === null) return [];
    const [member, category] = key.split('\u0000') as [string, string];
    return [
      {
        member,
        category,
        reason: memory.reasons.get(key)!,
        afterForecasts: state.firstFlaggedAt,
        flaggedNow: state.flagged,
      },
    ];
  });

export interface Walk {
  /** Scored rounds only, in time order. */
  readonly rounds: readonly WalkedRound[];
  readonly screening: readonly ScreeningEvent[];
}

/** Two lists in order of resolution as one; sorting all anew each round would cost more than deciding them. */
const merged = (x: readonly PastRow[], y: readonly PastRow[]): PastRow[] => {
  const all: PastRow[] = [];
  let i = 0;
  let j = 0;
  while (i < x.length && j < y.length) all.push(byResolution(x[i]!, y[j]!) <= 0 ? x[i++]! : y[j++]!);
  while (i < x.length) all.push(x[i++]!);
  while (j < y.length) all.push(y[j++]!);
  return all;
};

const hasForecast = (row: BacktestRow): boolean => row.p.some((p) => !Number.isNaN(p));

/**
 * Walks all rounds in time order. Rows without any member's forecast are left out.
 * @throws RangeError when the test round holds no forecast of the members.
 */
export const walkForward = (table: BacktestTable, options: WalkOptions): Walk => {
  const memory: Memory = { screens: new Map(), reasons: new Map() };
  const rows = table.rows.filter(hasForecast);
  const rounds = groupInOrder(rows, (row) => row.dueDate).filter(
    (round) => options.testRound === null || round[0]!.dueDate <= options.testRound,
  );
  const scored: WalkedRound[] = [];
  let past: PastRow[] = [];
  for (const rowsOfRound of rounds) {
    const { round, past: more } = walkRound(rowsOfRound, past, table, options, memory);
    if (options.testRound === null || round.due === options.testRound) scored.push(round);
    past = merged(past, [...more].sort(byResolution));
  }
  if (scored.length === 0) {
    const known = [...new Set(rows.map((row) => row.dueDate))].join(', ');
    throw new RangeError(`no forecast of the members in round ${options.testRound}; accepted: ${known}`);
  }
  return { rounds: scored, screening: screeningEvents(memory) };
};
