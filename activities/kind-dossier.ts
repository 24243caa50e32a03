// A dossier as a brief of one kind is written and verified from it.
import type { Dossier } from '../db/dossier-store';
import type { ResearchKind } from '../domain/research/brief';
import { figuresOfKind, materialOf } from '../domain/research/kind-material';
import { isPriceItem } from './price-item';

/** The events ahead go with every kind. A contract has little more than title and price: all kinds get both. */
export const dossierOfKind = (dossier: Dossier, kind: ResearchKind): Dossier => {
  if (kind === 'complete' || dossier.quote !== null) return dossier;
  const { prices, news } = materialOf(kind);
  return {
    ...dossier,
    facts: figuresOfKind(kind, dossier.facts),
    items: dossier.items.filter((item) => (isPriceItem(item) ? prices : news)),
  };
};
