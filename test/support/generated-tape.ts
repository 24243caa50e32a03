// A small file of daily bars for tests that must run where no recorded data lie: the project's synthetic tape
// written in the form of `--prices`, with an as-of day that leaves bars after it.
import { writeFileSync } from 'node:fs';
import type { Bar } from '../../domain/market/bar';
import { syntheticBars } from '../../domain/market/synthetic-tape';

/** A Monday; its decision instant knows bars up to Friday. */
export const GENERATED_AS_OF = '2025-09-15';
const LAST_KNOWN = '2025-09-12';
const TAPE_END = '2025-10-10T22:00:00.000Z';
const BARS = 260;

const line = ({ symbol, date, open, high, low, close, volume }: Bar): string =>
  [symbol, date, open, high, low, close, volume].join(',');

/** Everything after the last known day doubled: a forecast that saw any of it would differ. */
const poisoned = (bar: Bar): Bar =>
  bar.date <= LAST_KNOWN
    ? bar
    : { ...bar, open: bar.open * 2, high: bar.high * 2, low: bar.low * 2, close: bar.close * 2 };

export interface GeneratedTape {
  /** Doubles every bar after the as-of day. */
  readonly future?: 'true' | 'doubled';
}

/** Writes a tape of these symbols to `file`. */
export const writeGeneratedTape = (
  file: string,
  symbols: readonly string[],
  { future = 'true' }: GeneratedTape = {},
): void => {
  const bars = symbols.flatMap((symbol) => syntheticBars(symbol, 'XNYS', TAPE_END).slice(-BARS));
  const rows = bars.map((bar) => line(future === 'doubled' ? poisoned(bar) : bar));
  writeFileSync(file, `symbol,time,open,high,low,close,volume\n${rows.join('\n')}\n`);
};
