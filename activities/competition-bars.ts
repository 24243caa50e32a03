// Bars of a competition's price file as they were public at an instant; nothing later can be read through it.
import { Context } from '@temporalio/activity';
import type { BarSeries } from '../domain/market/bar';
import type { IsoInstant } from '../domain/world';
import { SourceFailure } from '../sources/port';
import { hashPriceFile } from '../sources/price-file';
import type { CompetitionRun } from '../workflows/contracts/competition';
import type { Dependencies } from './dependencies';
import { badInput } from './failures';

/** As far back as research looks: the whole period of a competition is never asked for at once. */
const BAR_DAYS = 400;

export const createCompetitionBars = ({ sources }: Pick<Dependencies, 'sources'>) => {
  /** Null where the file has no recent bar of the symbol. @throws BadInput when the file has changed. */
  const barsAt = async (run: CompetitionRun, symbol: string, asOf: IsoInstant): Promise<BarSeries | null> => {
    if ((await hashPriceFile(run.prices.path)) !== run.prices.hash)
      throw badInput(`prices file ${run.prices.path} has changed since the competition began`);
    try {
      const signal = Context.current().cancellationSignal;
      return await sources.priceFile(run.prices.path).dailyBars({ symbol, asOf, days: BAR_DAYS, signal });
    } catch (error) {
      if (error instanceof SourceFailure && error.kind === 'stale') return null;
      throw error;
    }
  };
  return { barsAt };
};
