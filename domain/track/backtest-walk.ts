// The backtest itself: rounds in time order, each decided with what had resolved before it was due, its own
// questions held out of the training rows, and screening that has seen only earlier answers.
import type { StrategyName, StrategyThresholds } from '../ensemble/strategy';
import type { IsoDate } from '../world';
import { assertSplit, type BacktestRow, type BacktestTable } from './backtest-table';
import { fitRecord, type ResolvedForecast, type ShadowPredictions, type TrackRecord } from './record';
import {
  type CountedAnswers,
  countAnswers,
  type DecisionContext,
  decideRecorded,
  type GivenAnswer,
  shadowPredictions,
} from './recorded-decision';
import { type ScreenState, screen, UNSCREENED } from './screening';

export interface WalkOptions {
  /** Strategies to score; the first is the one reported. */
  readonly strategies: readonly StrategyName[];
  readonly screening: boolean;
  /** Score only this round; earlier rounds are still walked, for training. Null: every round. */
  readonly testRound: IsoDate | null;
  readonly evidenceThreshold?: number;
  readonly thresholds?: Partial<StrategyThresholds>;
}

/** A decided test row. */
export interface WalkedRow {
  readonly row: BacktestRow;
  /** By strategy, in the order asked for. */
  readonly p: readonly number[];
  readonly abstained: boolean;
  readonly answers: CountedAnswers;
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

interface Memory {
  readonly shadows: Map<string, ShadowPredictions>;
  readonly weights: Map<string, number>;
  readonly screens: Map<string, ScreenState>;
  readonly reasons: Map<string, string>;
}

const screenKey = (member: string, category: string): string => `${member}\u0000${category}`;

const byResolution = (x: BacktestRow, y: BacktestRow): number =>
  x.resolutionDate < y.resolutionDate
    ? -1
    : x.resolutionDate > y.resolutionDate
      ? 1
      : x.rowId < y.rowId
        ? -1
        : 1;

const groupInOrder = <T>(items: readonly T[], keyOf: (item: T) => string): T[][] => {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return [...groups.values()];
};

const present = (p: number): number | null => (Number.isNaN(p) ? null : p);

const resolvedForecast = (row: BacktestRow, memory: Memory): ResolvedForecast => ({
  rowId: row.rowId,
  category: row.className,
  y: row.y,
  weight: memory.weights.get(row.question) ?? 1,
  p: row.p.map(present),
  shadow: memory.shadows.get(row.rowId) ?? null,
});

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

const decideRow = (
  row: BacktestRow,
  members: readonly string[],
  options: WalkOptions,
  memory: Memory,
  record: TrackRecord,
): WalkedRow | null => {
  const given = givenAnswers(row, members, memory);
  const answers = countAnswers(given, options.screening);
  if (answers === null) return null;
  const context: DecisionContext = {
    category: row.className,
    record,
    screening: options.screening,
    ...(options.thresholds === undefined ? {} : { thresholds: options.thresholds }),
  };
  memory.shadows.set(row.rowId, shadowPredictions(given, answers, context));
  const decisions = options.strategies.map((strategy) => decideRecorded(strategy, answers, context));
  return { row, p: decisions.map((d) => d.p), abstained: decisions[0]?.abstained ?? false, answers };
};

const walkRound = (
  rows: readonly BacktestRow[],
  past: readonly BacktestRow[],
  table: BacktestTable,
  options: WalkOptions,
  memory: Memory,
): WalkedRound => {
  const due = rows[0]!.dueDate;
  const clusters = new Set(rows.map((row) => row.cluster));
  const resolved = past.filter((row) => row.resolutionDate < due);
  const training = resolved.filter((row) => !clusters.has(row.cluster));
  assertSplit(training, rows);
  const record = fitRecord(
    training.map((row) => resolvedForecast(row, memory)),
    {
      members: table.members,
      ...(options.evidenceThreshold === undefined ? {} : { evidenceThreshold: options.evidenceThreshold }),
    },
  );
  const walked: WalkedRow[] = [];
  for (const question of groupInOrder(rows, (row) => row.question)) {
    memory.weights.set(question[0]!.question, 1 / question.length);
    for (const row of question) {
      const decided = decideRow(row, table.members, options, memory, record);
      if (decided) walked.push(decided);
    }
    observeScreens(question, table.members, memory);
  }
  return {
    due,
    record,
    training,
    heldOut: resolved.length - training.length,
    rows: walked,
    belowQuorum: rows.length - walked.length,
  };
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

const hasForecast = (row: BacktestRow): boolean => row.p.some((p) => !Number.isNaN(p));

/**
 * Walks all rounds in time order. Rows without any member's forecast are left out.
 * @throws RangeError when the test round holds no forecast of the members.
 */
export const walkForward = (table: BacktestTable, options: WalkOptions): Walk => {
  const memory: Memory = { shadows: new Map(), weights: new Map(), screens: new Map(), reasons: new Map() };
  const rows = table.rows.filter(hasForecast);
  const rounds = groupInOrder(rows, (row) => row.dueDate).filter(
    (round) => options.testRound === null || round[0]!.dueDate <= options.testRound,
  );
  const scored: WalkedRound[] = [];
  let past: BacktestRow[] = [];
  for (const round of rounds) {
    const walked = walkRound(round, past, table, options, memory);
    if (options.testRound === null || walked.due === options.testRound) scored.push(walked);
    past = [...past, ...round].sort(byResolution);
  }
  if (scored.length === 0) {
    const known = [...new Set(rows.map((row) => row.dueDate))].join(', ');
    throw new RangeError(`no forecast of the members in round ${options.testRound}; accepted: ${known}`);
  }
  return { rounds: scored, screening: screeningEvents(memory) };
};
