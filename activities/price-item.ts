// The line by which a dossier names its prices among its documents, and how it is told apart from news.
import type { BarSeries } from '../domain/market/bar';
import { sessionTimes } from '../domain/market/calendar';
import { marketOfSymbol } from '../domain/market/market';
import type { SourceItem } from '../domain/research/brief';
import type { IsoInstant } from '../domain/world';

/** The price feed as a source of the brief, with the instant at which its last bar was public. */
export const priceItem = (series: BarSeries, asOf: IsoInstant): SourceItem => {
  const first = series.bars[0];
  const last = series.bars.at(-1);
  return {
    source: series.source,
    title: `${series.bars.length} daily bars of ${series.symbol}, ${first?.date} to ${last?.date}`,
    publicAt: last ? sessionTimes(marketOfSymbol(series.symbol), last.date).closeUtc : asOf,
    fetchedAt: series.fetchedAt,
    ...(series.synthetic ? { synthetic: true } : {}),
  };
};

/** Whether a document is that line, whatever source the prices came from. */
export const isPriceItem = ({ title }: Pick<SourceItem, 'title'>): boolean =>
  /^\d+ daily bars of \S+, /.test(title);
