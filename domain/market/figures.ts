// The named figures of a brief, computed from the data feed so that no model supplies them from memory (A10).

import type { Bar } from './bar';
import { baseRateOfUp, meanMoves } from './base-rate';
import { annualVolatility, daysPerYearOf, mean, returnOver, volatilityPercentile } from './returns';

/** Trading days of a week, a month, a quarter. */
const RETURN_DAYS = [1, 5, 20, 60] as const;
const AVERAGE_DAYS = [20, 50, 200] as const;

const averageOf = (bars: readonly Bar[], days: number): number | null =>
  bars.length < days ? null : mean(bars.slice(-days).map((bar) => bar.close));

/** Largest fall from a running peak of the closes, as a positive share. */
export const maxDrawdown = (bars: readonly Bar[]): number => {
  let peak = 0;
  let worst = 0;
  for (const { close } of bars) {
    peak = Math.max(peak, close);
    worst = Math.max(worst, 1 - close / peak);
  }
  return worst;
};

/** Mean true range of the last 14 bars in price units (Wilder 1978, simple mean); null with too few bars. */
export const averageTrueRange = (bars: readonly Bar[], days = 14): number | null => {
  if (bars.length <= days) return null;
  const ranges = bars.slice(-days).map((bar, index) => {
    const before = bars.at(index - days - 1)!.close;
    return Math.max(bar.high - bar.low, Math.abs(bar.high - before), Math.abs(bar.low - before));
  });
  return mean(ranges);
};

const volumeRatio = (bars: readonly Bar[]): number | null => {
  const usual = bars.length < 21 ? Number.NaN : mean(bars.slice(-21, -1).map((bar) => bar.volume));
  return usual > 0 ? bars.at(-1)!.volume / usual : null;
};

/** Null for each while the bars do not reach a year back. */
const yearFigures = (bars: readonly Bar[]): Record<string, number | null> => {
  const days = daysPerYearOf(bars);
  const year = bars.length < days ? null : bars.slice(-days);
  return {
    highOfYear: year && Math.max(...year.map((bar) => bar.high)),
    lowOfYear: year && Math.min(...year.map((bar) => bar.low)),
    maxDrawdownOfYear: year && maxDrawdown(year),
  };
};

const candidates = (bars: readonly Bar[], horizonDays: number): Record<string, number | null> => {
  const close = bars.at(-1)!.close;
  const moves = meanMoves(bars, horizonDays);
  const figures: Record<string, number | null> = {
    lastClose: close,
    barsKnown: bars.length,
    volatility20dAnnual: annualVolatility(bars),
    volatilityPercentile: volatilityPercentile(bars),
    ...yearFigures(bars),
    averageTrueRange14d: averageTrueRange(bars),
    volumeRatio20d: volumeRatio(bars),
    baseRateOfUp: baseRateOfUp(bars, horizonDays),
    meanUpMove: moves?.up ?? null,
    meanDownMove: moves?.down ?? null,
  };
  for (const days of RETURN_DAYS) figures[`return${days}d`] = returnOver(bars, days);
  for (const days of AVERAGE_DAYS) {
    const average = averageOf(bars, days);
    figures[`average${days}d`] = average;
    figures[`distanceFromAverage${days}d`] = average === null ? null : close / average - 1;
  }
  return figures;
};

const ANY_BAR: Bar = {
  symbol: '',
  ...{ date: '2000-01-03', open: 1, high: 1, low: 1, close: 1, volume: 1 },
};

/** Whether a figure of this name is one of a series, so that its bars say the same. */
export const isSeriesFigure = (name: string): boolean => SERIES_FIGURES.has(name);

const SERIES_FIGURES: ReadonlySet<string> = new Set(Object.keys(candidates([ANY_BAR], 5)));

/**
 * Figures of a series by name (prices in its currency unit, returns and shares as fractions); those that need
 * more bars than there are, are left out. Empty for no bars.
 */
export const figuresOf = (bars: readonly Bar[], horizonDays = 5): Readonly<Record<string, number>> => {
  if (bars.length === 0) return {};
  const entries = Object.entries(candidates(bars, horizonDays));
  return Object.fromEntries(
    entries.filter((entry): entry is [string, number] => entry[1] !== null && Number.isFinite(entry[1])),
  );
};
