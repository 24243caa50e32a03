// How alike members' errors are: few of many alike are as good as all of them.
import { pearson } from './rank-correlation';
import type { Outcome } from './scoring';

export interface ErrorRow {
  /** By member order; NaN where absent. */
  readonly p: readonly number[];
  readonly y: Outcome;
}

/**
 * Mean over pairs of members of the correlation of their errors p - y, on the rows that all answered, in [0, 1]:
 * what is below 0 by chance counts as 0. Null below two members or three such rows, or where errors never vary.
 */
export const errorCorrelation = (rows: readonly ErrorRow[], members: number): number | null => {
  const full = rows.filter(({ p }) => !p.some(Number.isNaN));
  if (members < 2 || full.length < 3) return null;
  const errors = Array.from({ length: members }, (_, m) => full.map(({ p, y }) => p[m]! - y));
  const pairs = errors.flatMap((x, i) => errors.slice(i + 1).map((y) => pearson(x, y)));
  const known = pairs.filter((pair) => pair !== null);
  if (known.length === 0) return null;
  return Math.min(1, Math.max(0, known.reduce((sum, pair) => sum + pair, 0) / known.length));
};
