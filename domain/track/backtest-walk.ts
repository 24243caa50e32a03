// The backtest itself: rounds in time order, each decided with what had resolved before it was due, its own
// questions held out of the training rows, and screening that has seen only earlier answers.
import type { IsoDate } from '../world';
import { decideRound, type PastRow, type RoundOptions, type WalkedRow } from './backtest-round';
import { newScreenMemory, type ScreeningEvent, type ScreenMemory, screeningEvents } from './backtest-screens';
import { assertSplit, type BacktestRow, type BacktestTable } from './backtest-table';
import type { CalibratorKind } from './calibrator-fit';
import { groupInOrder } from './group-in-order';
import { fitRecord, type TrackRecord } from './record';
import type { Weighting } from './weighting';

export interface WalkOptions extends RoundOptions {
  /** Score only this round; earlier rounds are still walked, for training. Null: every round. */
  readonly testRound: IsoDate | null;
  readonly evidenceThreshold?: number;
  readonly weighting?: Weighting;
  readonly calibrator?: CalibratorKind;
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

const byResolution = ({ row: x }: PastRow, { row: y }: PastRow): number => {
  if (x.resolutionDate !== y.resolutionDate) return x.resolutionDate < y.resolutionDate ? -1 : 1;
  return x.rowId < y.rowId ? -1 : 1;
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
  memory: ScreenMemory,
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
  const memory = newScreenMemory();
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
