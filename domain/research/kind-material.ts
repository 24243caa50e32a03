// What a brief of each kind is made from (A1): the one rule for the house's writer and for the prompts of language
// models, so that a technical brief is one whoever writes it.
import { PRICE_CURRENCY } from '../market/currency';
import { isSeriesFigure } from '../market/figures';
import type { ResearchKind } from './brief';

interface KindMaterial {
  readonly prices: boolean;
  /** What is known beside the prices: fundamentals, sector, peers. */
  readonly facts: boolean;
  readonly news: boolean;
}

const MATERIAL: Readonly<Record<ResearchKind, KindMaterial>> = {
  complete: { prices: true, facts: true, news: true },
  technical: { prices: true, facts: false, news: false },
  financial: { prices: false, facts: true, news: false },
  web: { prices: false, facts: false, news: true },
};

export const materialOf = (kind: ResearchKind): KindMaterial => MATERIAL[kind];

/** The figures, by name, that a brief of `kind` is made from; those of a series count as its prices, and so does their unit. */
export const figuresOfKind = <Value>(
  kind: ResearchKind,
  figures: Readonly<Record<string, Value>>,
): Readonly<Record<string, Value>> => {
  const { prices, facts } = MATERIAL[kind];
  return Object.fromEntries(
    Object.entries(figures).filter(([name]) =>
      isSeriesFigure(name) || name === PRICE_CURRENCY ? prices : facts,
    ),
  );
};
