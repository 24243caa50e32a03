// Whether an analyst's data are there. One without them would speak from a model's memory: it abstains, and nothing
// is asked or paid.
import type { Dossier } from '../db/dossier-store';
import type { Bar } from '../domain/market/bar';
import { PRICE_CURRENCY } from '../domain/market/currency';
import { isSeriesFigure } from '../domain/market/figures';
import { isPriceItem } from './price-item';

/** What a dossier may hold without any source of key figures: names, peers and a remark, or a contract's own price. */
const NOT_KEY_FIGURES: ReadonlySet<string> = new Set([
  'sector',
  'industry',
  'peers',
  'peerSymbols',
  'peerMedianReturn21dPercent',
  'note',
  PRICE_CURRENCY,
  'accountsCurrency',
  'priceOfYes',
]);

export interface AnalystData {
  readonly bars: readonly Bar[];
  readonly dossier: Pick<Dossier, 'facts' | 'items' | 'quote'> | null;
}

/** What was reported: neither the line that names the prices nor the question that a contract's venue asks. */
export const reportedNews = ({ items, quote }: Pick<Dossier, 'items' | 'quote'>): Dossier['items'] =>
  items.filter((item) => !isPriceItem(item) && item.source !== quote?.venue);

/** For panels to say of contracts, which no source of an analyst's data knows. */
export const NO_CONTRACT_DATA =
  'Contracts of prediction markets have no bars, key figures or news: analysts that need them abstain';

const hasKeyFigures = ({ dossier }: AnalystData): boolean =>
  Object.keys(dossier?.facts ?? {}).some((name) => !isSeriesFigure(name) && !NOT_KEY_FIGURES.has(name));

const PRESENT: Readonly<Record<string, (data: AnalystData) => boolean>> = {
  bars: ({ bars }) => bars.length > 0,
  facts: hasKeyFigures,
  news: ({ dossier }) => dossier !== null && reportedNews(dossier).length > 0,
};

/** The needs (`bars`, `facts`, `news`) of an analyst that are not met, in its own order. */
export const missingNeeds = (needs: readonly string[], data: AnalystData): readonly string[] =>
  needs.filter((need) => PRESENT[need]?.(data) === false);
