// Bars of a competition's price file as they were public at an instant, or of the sources for
// one that trades day by day; nothing later can be read through it.
import { Context } from '@temporalio/activity';
import type { BarSeries } from '../domain/market/bar';
import { type IsoInstant, SYNTHETIC_WORLD } from '../domain/world';
import { type BarsRequest, SourceFailure, type SourceFailureKind } from '../sources/port';
import { hashPriceFile } from '../sources/price-file';
import type { CompetitionRun } from '../workflows/contracts/competition';
import type { Dependencies } from './dependencies';
import { badInput } from './failures';

/** As far back as research looks: the whole period of a competition is never asked for at once. */
const BAR_DAYS = 400;

export const createCompetitionBars = ({ sources }: Pick<Dependencies, 'sources'>) => {
  /** The bars, or null for failures of these kinds: another try would find none either. */
  const orNone = async (
    work: Promise<BarSeries>,
    kinds: readonly SourceFailureKind[],
  ): Promise<BarSeries | null> => {
    try {
      return await work;
    } catch (error) {
      if (error instanceof SourceFailure && kinds.includes(error.kind)) return null;
      throw error;
    }
  };

  /** A live competition never trades made-up bars, whatever else may stand in for missing prices. */
  const liveBars = async (run: CompetitionRun, request: BarsRequest): Promise<BarSeries> => {
    const source = run.world === SYNTHETIC_WORLD ? sources.synthetic.prices : sources.prices;
    const series = await source.dailyBars(request);
    if (series.synthetic && run.world !== SYNTHETIC_WORLD)
      throw new SourceFailure('prices', 'unreachable', `no real prices of ${request.symbol} can be reached`);
    return series;
  };

  /**
   * Null where file or sources have no recent bar of the symbol.
   * @throws BadInput when the file has changed, SourceFailure when the sources cannot be asked.
   */
  const barsAt = async (run: CompetitionRun, symbol: string, asOf: IsoInstant): Promise<BarSeries | null> => {
    const signal = Context.current().cancellationSignal;
    const request = { symbol, asOf, days: BAR_DAYS, signal };
    if (run.prices === null) return orNone(liveBars(run, request), ['stale', 'not_found']);
    if ((await hashPriceFile(run.prices.path)) !== run.prices.hash)
      throw badInput(`prices file ${run.prices.path} has changed since the competition began`);
    return orNone(sources.priceFile(run.prices.path).dailyBars(request), ['stale']);
  };
  return { barsAt };
};
