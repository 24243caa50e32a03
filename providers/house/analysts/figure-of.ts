// Reads one figure of the facts under any of the names that the sources give it.
import type { CallData } from '../../port';

/** The first finite number under one of these names, or null. */
export const figureOf = ({ facts }: CallData, ...names: readonly string[]): number | null => {
  for (const name of names) {
    const value = facts?.[name];
    if (typeof value === 'number' && Number.isFinite(value)) return value;
  }
  return null;
};
