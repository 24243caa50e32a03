// What a house analyst is: the statistical stand-in for one analyst of the panel when no language model is
// configured. Like every house model it is computed from data and labelled as statistics.
import type { Bar } from '../../../domain/market/bar';
import type { AnalystSignal } from '../../../domain/research/answer-forms';
import type { CallData } from '../../port';
import { abstainOf, type HouseAbstention, MIN_BARS } from '../house-model';
import { clamp, normalCdf } from '../series-statistics';

export interface HouseAnalystView {
  readonly signal: AnalystSignal | null;
  /** In [0, 1]. */
  readonly p: number;
  /** In [0, 1]. */
  readonly confidence: number;
  readonly reasons: readonly string[];
}

export interface HouseAnalyst {
  /** The panel's analyst id, as it comes in `CallData.analyst`. */
  readonly id: string;
  readonly method: string;
  readonly source: string;
  /** Abstains when its data are not there (G4). */
  view(data: CallData, horizonDays: number): HouseAnalystView | HouseAbstention;
}

/** A statistic as a standard score: above zero speaks for yes. */
export interface Reading {
  readonly z: number;
  readonly reason: string;
}

/** Slope from score to probit of P(up): small, as published effects over days are. */
const STRENGTH = 0.12;
/** No statistic may claim more than this score. */
const LARGEST_Z = 2.5;
/** Within this of even odds the signal is neutral. */
const NEUTRAL_BAND = 0.015;

const signalOf = (p: number): AnalystSignal => {
  if (Math.abs(p - 0.5) < NEUTRAL_BAND) return 'neutral';
  return p > 0.5 ? 'bullish' : 'bearish';
};

/** The view that a score stands for: P(up) = Phi(0.12 z sqrt(h / 5)), with the horizon's factor at most 1.5. */
const viewOf = ({ z, reason }: Reading, horizonDays: number, method: string): HouseAnalystView => {
  const bounded = clamp(z, -LARGEST_Z, LARGEST_Z);
  const p = normalCdf(STRENGTH * Math.min(1.5, Math.sqrt(horizonDays / 5)) * bounded);
  return {
    signal: signalOf(p),
    p: Number(p.toFixed(6)),
    confidence: Number((Math.abs(bounded) / LARGEST_Z).toFixed(3)),
    reasons: [reason, `Statistics only: ${method}`],
  };
};

/** The score whose view at five trading days is P(up) = Phi(probit), for a statistic that is a probability itself. */
export const scoreOfFiveDays = (probit: number): number => probit / STRENGTH;

export type About = Pick<HouseAnalyst, 'id' | 'method' | 'source'>;

/** Wraps a statistic of data of any kind; null means that its data are not there. */
export const dataAnalyst = (
  about: About,
  needs: string,
  read: (data: CallData) => Reading | null,
): HouseAnalyst => ({
  ...about,
  view: (data, horizonDays) => {
    if (horizonDays < 1) return abstainOf('the proposition has no horizon in trading days');
    const reading = read(data);
    if (!reading || !Number.isFinite(reading.z)) return abstainOf(`no ${needs} at hand`);
    return viewOf(reading, horizonDays, about.method);
  },
});

/** Wraps a statistic of daily bars with the checks that all of them need. */
export const barAnalyst = (about: About, read: (bars: readonly Bar[]) => Reading): HouseAnalyst => ({
  ...about,
  view: ({ bars = [] }, horizonDays) => {
    if (horizonDays < 1) return abstainOf('the proposition has no horizon in trading days');
    if (bars.length < MIN_BARS) return abstainOf(`${bars.length} daily bars known; ${MIN_BARS} needed`);
    if (bars.some((bar) => !(bar.close > 0))) return abstainOf('a close is not above zero');
    const reading = read(bars);
    if (!Number.isFinite(reading.z)) return abstainOf('the statistic is not defined for these bars');
    return viewOf(reading, horizonDays, about.method);
  },
});

/** `value / unit`, or 0 where there is nothing to measure by. */
export const inUnitsOf = (value: number, unit: number): number => (unit > 0 ? value / unit : 0);
