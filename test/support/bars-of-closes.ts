// Daily bars of one symbol whose closes are all that matters.
import type { Bar } from '../../domain/market/bar';

/** One bar a calendar day from 2025-01-01, without a range; a volume of 1,000 unless told. */
export const barsOfCloses = (
  closes: readonly number[],
  { symbol = 'X', volumes = [] }: { readonly symbol?: string; readonly volumes?: readonly number[] } = {},
): readonly Bar[] =>
  closes.map((close, day) => ({
    symbol,
    date: new Date(Date.UTC(2025, 0, 1 + day)).toISOString().slice(0, 10),
    ...{ open: close, high: close, low: close, close },
    volume: volumes[day] ?? 1_000,
  }));
