// Whether an analyst's data are there. One without them would speak from a model's memory: it abstains, and nothing
// is asked or paid.
import type { Dossier } from '../db/dossier-store';
import type { Bar } from '../domain/market/bar';
import { figuresOf } from '../domain/market/figures';
import { isPriceItem } from './price-item';

/** What every dossier of a share may hold without any source of key figures: names, peers and a remark. */
const NOT_KEY_FIGURES: ReadonlySet<string> = new Set([
  'sector',
  'industry',
  'peers',
  'peerSymbols',
  'peerMedianReturn21dPercent',
  'note',
]);

export interface AnalystData {
  readonly bars: readonly Bar[];
  readonly dossier: Pick<Dossier, 'facts' | 'items'> | null;
}

const lookForKeyFigures = ({ bars, dossier }: AnalystData): boolean => {
  const fromBars = bars.length > 0 ? figuresOf(bars) : {};
  return Object.keys(dossier?.facts ?? {}).some((name) => !(name in fromBars) && !NOT_KEY_FIGURES.has(name));
};

/** Asked by each analyst of a panel about one and the same dossier, which never changes. */
const known = new WeakMap<object, { readonly bars: readonly Bar[]; readonly present: boolean }>();

const hasKeyFigures = (data: AnalystData): boolean => {
  const { bars, dossier } = data;
  if (dossier === null) return false;
  const before = known.get(dossier);
  if (before?.bars === bars) return before.present;
  const present = lookForKeyFigures(data);
  known.set(dossier, { bars, present });
  return present;
};

const PRESENT: Readonly<Record<string, (data: AnalystData) => boolean>> = {
  bars: ({ bars }) => bars.length > 0,
  facts: hasKeyFigures,
  news: ({ dossier }) => (dossier?.items ?? []).some((item) => !isPriceItem(item)),
};

/** The needs (`bars`, `facts`, `news`) of an analyst that are not met, in its own order. */
export const missingNeeds = (needs: readonly string[], data: AnalystData): readonly string[] =>
  needs.filter((need) => PRESENT[need]?.(data) === false);
