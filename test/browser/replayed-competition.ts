// A competition over a past period of the made-up tape: the quickest way to forecasts that have resolved.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { syntheticBars } from '../../domain/market/synthetic-tape';
import { conclave } from '../support/conclave-cli';
import type { StackPlace } from '../support/running-stack';

export interface ReplayedCompetition {
  readonly name: string;
  readonly symbols: readonly string[];
  readonly models: readonly string[];
  readonly from: string;
  readonly to: string;
}

const TAPE_END = '2025-12-31T22:00:00.000Z';
/** Two years before the end: enough history for every house model on the first day. */
const BARS = 520;

const tapeCsv = (symbols: readonly string[]): string => {
  const bars = symbols.flatMap((symbol) => syntheticBars(symbol, 'XNYS', TAPE_END).slice(-BARS));
  const lines = bars.map(({ symbol, date, open, high, low, close, volume }) =>
    [symbol, date, open, high, low, close, volume].join(','),
  );
  return `symbol,time,open,high,low,close,volume\n${lines.join('\n')}\n`;
};

/** Runs it to its end. @returns its world, the one with a track record. */
export const replayCompetition = async (place: StackPlace, plan: ReplayedCompetition): Promise<string> => {
  const { name, symbols, models, from, to } = plan;
  const prices = join(place.home, `${name}.csv`);
  writeFileSync(prices, tapeCsv(symbols));
  const result = await conclave(
    [
      ...['competition', 'replay', name, '--prices', prices, '--from', from, '--to', to],
      ...['--symbols', symbols.join(','), '--models', models.join(','), '--json'],
    ],
    place,
  );
  if (result.code !== 0) throw new Error(result.stderr);
  return result.json<{ world: string }>().world;
};
