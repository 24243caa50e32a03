// Who writes a brief, who takes over, and who checks it: the cheap sibling of the best model at hand (A9).
import type { ModelEntry } from '../selection/model';
import { isNoDearer, topRates } from '../selection/no-dearer';
import { siblingOf } from './research-model';

/** How many language models are tried before the house writes. */
const WRITERS = 2;

const siblings = (models: readonly ModelEntry[]): readonly ModelEntry[] => {
  const known = new Map(models.map((model) => [model.id, model]));
  return [...new Set(models.map((model) => known.get(siblingOf(model.id, models)) ?? model))];
};

/** Those with the strength first; the others stand behind them in their order. */
const suitedFirst = (models: readonly ModelEntry[]): readonly ModelEntry[] =>
  models.toSorted(
    (a, b) => Number(b.strengths.includes('research')) - Number(a.strengths.includes('research')),
  );

/**
 * The first, and who may take over: no dearer (requirement E6), the best of another provider before its own.
 * @param models language models that can be called, best first; none gives none
 */
export const researchWriters = (models: readonly ModelEntry[]): readonly ModelEntry[] => {
  const [first, ...rest] = siblings(suitedFirst(models));
  if (!first) return [];
  const others = rest.filter((model) => isNoDearer(topRates(model), topRates(first)));
  const elsewhere = others.filter(({ provider }) => provider !== first.provider);
  return [first, ...(elsewhere.length > 0 ? elsewhere : others).slice(0, WRITERS - 1)];
};

/** Who checks what they wrote: the last, so that where there are two nobody checks their own brief. */
export const researchVerifier = (writers: readonly ModelEntry[]): ModelEntry | null => writers.at(-1) ?? null;
