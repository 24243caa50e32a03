// From questions to independent values: questions that are open at the same time share their luck, so an experiment
// counts one value per block of overlapping questions, or its bounds would promise more than they hold.
import type { IsoInstant } from '../world';
import { type Experiment, experimentEstimate, NEW_EXPERIMENT, recordPair } from './experiment';

/** One question put to both arms. */
export interface PairedAnswer {
  readonly askedAt: IsoInstant;
  /** When the answer is due. */
  readonly resolvesAt: IsoInstant;
  /** Null where an arm gave no answer: the pair counts for nothing. */
  readonly probabilityA: number | null;
  readonly probabilityB: number | null;
  /** Null while the outcome is not known. */
  readonly yes: boolean | null;
  /** There will be no outcome that counts: its block does not wait for one. Absent: there may be. */
  readonly lapsed?: boolean;
}

export interface Evaluation {
  readonly experiment: Experiment;
  /** Mean of (Brier score of a - Brier score of b) with its anytime-valid bounds; above 0 means b is better. */
  readonly estimate: readonly [number, number, number];
  /** Questions on which both arms were scored. */
  readonly scored: number;
}

interface Losses {
  readonly a: number;
  readonly b: number;
}

const lossesOf = ({ probabilityA, probabilityB, yes }: PairedAnswer): Losses | null => {
  if (probabilityA === null || probabilityB === null || yes === null) return null;
  const y = yes ? 1 : 0;
  return { a: (probabilityA - y) ** 2, b: (probabilityB - y) ** 2 };
};

/** Both arms answered, so an outcome would count. */
const isComplete = ({ probabilityA, probabilityB }: PairedAnswer): boolean =>
  probabilityA !== null && probabilityB !== null;

const byAskedAt = (x: PairedAnswer, y: PairedAnswer): number =>
  x.askedAt < y.askedAt ? -1 : x.askedAt > y.askedAt ? 1 : 0;

/**
 * Blocks in time order: all questions asked before the block's first one is due. The next block begins with the
 * first question asked once everything in this one is due; those asked in between count for nothing.
 */
export const blocksOf = (pairs: readonly PairedAnswer[]): readonly (readonly PairedAnswer[])[] => {
  const blocks: PairedAnswer[][] = [];
  let settled: IsoInstant = '';
  for (const pair of pairs.filter(isComplete).sort(byAskedAt)) {
    const block = blocks.at(-1);
    const first = block?.[0];
    if (block && first && (pair.askedAt < first.resolvesAt || pair.askedAt === first.askedAt)) {
      block.push(pair);
      if (pair.resolvesAt > settled) settled = pair.resolvesAt;
    } else if (pair.askedAt >= settled) {
      blocks.push([pair]);
      settled = pair.resolvesAt;
    }
  }
  return blocks;
};

const meanLosses = (losses: readonly Losses[]): Losses => ({
  a: losses.reduce((sum, { a }) => sum + a, 0) / losses.length,
  b: losses.reduce((sum, { b }) => sum + b, 0) / losses.length,
});

/**
 * Adds blocks in order up to the first that is not known as a whole: a block of which only the early outcomes
 * are in would favour whichever arm does well on those.
 * @param now a block is whole only when no more questions can join it
 */
export const evaluateExperiment = (
  pairs: readonly PairedAnswer[],
  { alpha, now }: { readonly alpha: number; readonly now: IsoInstant },
): Evaluation => {
  let experiment = NEW_EXPERIMENT;
  for (const block of blocksOf(pairs)) {
    const counting = block.filter(({ lapsed }) => lapsed !== true);
    const losses = counting.flatMap((pair) => lossesOf(pair) ?? []);
    if (losses.length < counting.length || block[0]!.resolvesAt > now) break;
    if (losses.length === 0) continue;
    experiment = recordPair(experiment, meanLosses(losses), alpha);
  }
  return {
    experiment,
    estimate: experimentEstimate(experiment, alpha),
    scored: pairs.filter((pair) => lossesOf(pair) !== null).length,
  };
};
