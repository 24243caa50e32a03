// What a competition's models are asked about a symbol, in replays and live alike: one stored proposition from the bars
// of the shared brief, or the reason why there is none.
import type { Bar } from '../domain/market/bar';
import { marketOfSymbol } from '../domain/market/market';
import { equityProposition } from '../domain/market/propositions';
import type { IsoInstant } from '../domain/world';
import type { CompetitionRun, CompetitionSubject } from '../workflows/contracts/competition';
import type { BriefRef } from '../workflows/contracts/research';
import { COMPETITION_GROUP } from './competition-forecasts';
import type { ActivityOptions, Dependencies } from './dependencies';

/** A symbol that sits the day out. */
export const missingSubject = (symbol: string, why: string): CompetitionSubject => ({
  symbol,
  propositionId: null,
  briefId: null,
  seriesId: null,
  missing: why,
});

/** Of the providers of a run's models: the workers alone know it, and neither the client nor the workflow does. */
const deadlinesOf = (
  { models }: CompetitionRun,
  { callDeadlines }: Pick<ActivityOptions, 'callDeadlines'>,
): Pick<CompetitionSubject, 'deadlinesMs'> => {
  const providers = new Set(models.map(({ provider }) => provider));
  const own = [...(callDeadlines ?? [])].filter(([provider]) => providers.has(provider));
  return own.length === 0 ? {} : { deadlinesMs: Object.fromEntries(own) };
};

/** @throws RangeError when the bars make no proposition. */
export const competitionSubject = async (
  { stores: { propositions, forecasts }, options }: Pick<Dependencies, 'stores' | 'options'>,
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
    ...deadlinesOf(run, options),
  };
};
