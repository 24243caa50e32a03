// What a competition's models are asked about a symbol, in replays and live alike: one stored proposition from the bars
// of the shared brief, or the reason why there is none.
import type { Bar } from '../domain/market/bar';
import { marketOfSymbol } from '../domain/market/market';
import { equityProposition } from '../domain/market/propositions';
import type { IsoInstant } from '../domain/world';
import type { CompetitionRun, CompetitionSubject } from '../workflows/contracts/competition';
import type { BriefRef } from '../workflows/contracts/research';
import { COMPETITION_GROUP } from './competition-forecasts';
import type { Dependencies } from './dependencies';

/** A symbol that sits the day out. */
export const missingSubject = (symbol: string, why: string): CompetitionSubject => ({
  symbol,
  propositionId: null,
  briefId: null,
  seriesId: null,
  missing: why,
});

/** @throws RangeError when the bars make no proposition. */
export const competitionSubject = async (
  { propositions, forecasts }: Pick<Dependencies['stores'], 'propositions' | 'forecasts'>,
  about: {
    readonly run: CompetitionRun;
    readonly symbol: string;
    readonly bars: readonly Bar[];
    readonly brief: BriefRef;
    readonly asOf: IsoInstant;
  },
): Promise<CompetitionSubject> => {
  const { run, symbol, bars, brief, asOf } = about;
  const proposition = equityProposition({
    world: run.world,
    symbol,
    bars,
    exchange: marketOfSymbol(symbol),
    asOf,
    horizonDays: run.rules.horizonDays,
  });
  await propositions.put(proposition);
  const known = await forecasts.ofProposition(proposition.id);
  const forecastBy = known.flatMap(({ attemptGroup, model }) =>
    attemptGroup === COMPETITION_GROUP ? [model] : [],
  );
  return {
    symbol,
    propositionId: proposition.id,
    category: proposition.category,
    briefId: brief.briefId,
    seriesId: brief.seriesId,
    missing: null,
    ...(forecastBy.length === 0 ? {} : { forecastBy }),
  };
};
