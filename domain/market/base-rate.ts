// What the past of a price alone says about "higher in h days": the as-of price of yes for equities, and the
// size of the moves that Kelly's odds are made of (requirement B8).
import type { Bar } from './bar';
import { horizonReturns, mean } from './returns';

/** Bars looked back: about a year, so that the rate follows the regime without chasing weeks. */
const LOOKBACK_BARS = 250;
/** Weight of the even prior, in independent windows: two ups and two downs. */
const PRIOR_WINDOWS = 4;

/**
 * Share of the past year's `horizonDays` windows that closed higher, shrunk to one half. Overlapping windows
 * count 1/h each, since h of them hold about one independent move; the prior is Beta(2, 2).
 * @returns a probability in (0, 1), or null when no full window exists.
 */
export const baseRateOfUp = (bars: readonly Bar[], horizonDays: number): number | null => {
  const moves = horizonReturns(bars.slice(-LOOKBACK_BARS - horizonDays), horizonDays);
  if (moves.length === 0) return null;
  const ups = moves.filter((move) => move > 0).length / horizonDays;
  return (ups + PRIOR_WINDOWS / 2) / (moves.length / horizonDays + PRIOR_WINDOWS);
};

export interface MeanMoves {
  /** Mean simple return of the windows that rose, e.g. 0.031. */
  readonly up: number;
  /** Mean loss of the windows that fell, as a positive number. */
  readonly down: number;
  /** Windows seen, overlapping. */
  readonly windows: number;
}

/** Mean up and down move over `horizonDays` in the past year; null unless both have occurred. */
export const meanMoves = (bars: readonly Bar[], horizonDays: number): MeanMoves | null => {
  const moves = horizonReturns(bars.slice(-LOOKBACK_BARS - horizonDays), horizonDays);
  const ups = moves.filter((move) => move > 0);
  const downs = moves.filter((move) => move < 0);
  if (ups.length === 0 || downs.length === 0) return null;
  return { up: mean(ups), down: -mean(downs), windows: moves.length };
};
