// Screening within a backtest: each member is watched per category, and an answer is judged only by earlier ones.
import type { BacktestRow } from './backtest-table';
import { type ScreenState, screen, UNSCREENED } from './screening';

export interface ScreeningEvent {
  readonly member: string;
  readonly category: string;
  readonly reason: string;
  /** Questions seen when first flagged. */
  readonly afterForecasts: number;
  readonly flaggedNow: boolean;
}

/** What has been seen of the members so far; the walk adds to it question by question. */
export interface ScreenMemory {
  readonly screens: Map<string, ScreenState>;
  readonly reasons: Map<string, string>;
}

const screenKey = (member: string, category: string): string => `${member}\u0000${category}`;

export const newScreenMemory = (): ScreenMemory => ({ screens: new Map(), reasons: new Map() });

/** Flagged by what it answered before. */
export const isFlagged = (memory: ScreenMemory, member: string, category: string): boolean =>
  memory.screens.get(screenKey(member, category))?.flagged ?? false;

const mostlyHalf = (rows: readonly BacktestRow[], m: number): boolean =>
  2 * rows.filter((row) => row.p[m] === 0.5).length > rows.length;

/** One question's answers enter the screens after it has been decided. */
export const observeScreens = (
  rows: readonly BacktestRow[],
  members: readonly string[],
  memory: ScreenMemory,
): void => {
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

/** Members flagged at any time, with what they were flagged for. */
export const screeningEvents = (memory: ScreenMemory): ScreeningEvent[] =>
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
