// Reads a recorded tape of daily bars for tests.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Bar } from '../../domain/market/bar';

/** Bars by symbol, oldest first, of a `symbol,time,open,high,low,close,volume` file. */
export const readTape = (path: string): ReadonlyMap<string, readonly Bar[]> => {
  const tape = new Map<string, Bar[]>();
  for (const line of gunzipSync(readFileSync(path)).toString('utf8').trim().split('\n').slice(1)) {
    const [symbol, date, open, high, low, close, volume] = line.split(',') as [string, string, ...string[]];
    const bars = tape.get(symbol) ?? [];
    bars.push({
      symbol,
      date,
      open: Number(open),
      high: Number(high),
      low: Number(low),
      close: Number(close),
      volume: Number(volume),
    });
    tape.set(symbol, bars);
  }
  return tape;
};
