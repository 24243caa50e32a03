// Who writes a brief, who takes over, and who checks it: the cheap sibling of the best model at hand (A9).
import type { ModelEntry } from '../selection/model';
import { isNoDearer, topRates } from '../selection/no-dearer';
import { siblingOf } from './research-model';

/** How many language models are tried before the house writes. */
export const WRITERS = 2;

const siblings = (models: readonly ModelEntry[]): readonly ModelEntry[] => {
  const known = new Map(models.map((model) => [model.id, model]));
  return [...new Set(models.map((model) => known.get(siblingOf(model.id, models)) ?? model))];
};

/** Those with the strength first; the others stand behind them in their order. */
const suitedFirst = (models: readonly ModelEntry[]): readonly ModelEntry[] =>
  models.toSorted(
    (a, b) => Number(b.strengths.includes('research')) - Number(a.strengths.includes('research')),
  );

const noDearer = (models: readonly ModelEntry[], first: ModelEntry): readonly ModelEntry[] =>
  models.filter((model) => isNoDearer(topRates(model), topRates(first)));

/** All who may write while any of them are out of service: the first and who is no dearer (requirement E6). */
export const eligibleWriters = (models: readonly ModelEntry[]): readonly ModelEntry[] => {
  const [first, ...rest] = siblings(suitedFirst(models));
  return first ? [first, ...noDearer(rest, first)] : [];
};

/**
 * The first, and who may take over: no dearer, the best of another provider before its own.
 * @param models language models that can be called, best first; none gives none
 * @param inService who is asked before all others; where nobody is, they are asked all the same
 */
export const researchWriters = (
  models: readonly ModelEntry[],
  inService: (model: ModelEntry) => boolean = () => true,
): readonly ModelEntry[] => {
  const eligible = eligibleWriters(models);
  const serving = eligible.filter(inService);
  const [first, ...rest] = serving.length > 0 ? serving : eligible;
  if (!first) return [];
  const others = noDearer(rest, first);
  const elsewhere = others.filter(({ provider }) => provider !== first.provider);
  return [first, ...(elsewhere.length > 0 ? elsewhere : others).slice(0, WRITERS - 1)];
};

/** Who checks what they wrote: the last, so that where there are two nobody checks their own brief. */
export const researchVerifier = (writers: readonly ModelEntry[]): ModelEntry | null => writers.at(-1) ?? null;
