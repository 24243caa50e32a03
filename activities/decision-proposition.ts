// What a decision is about: the proposition of its subject, and what sizing must know of its market.
import { createHash } from 'node:crypto';
import { TRADE_FEES } from '../domain/ensemble/trade-fees';
import type { BarSeries } from '../domain/market/bar';
import { meanMoves } from '../domain/market/base-rate';
import { marketOfSymbol } from '../domain/market/market';
import type { Proposition } from '../domain/market/proposition';
import {
  type EquityPropositionInput,
  equityProposition,
  recordedQuestionProposition,
  venueProposition,
} from '../domain/market/propositions';
import type { VenueQuote } from '../domain/market/quote';
import { parseSubject } from '../domain/market/subject';
import { readsLikeInstructions } from '../domain/research/instruction-marks';
import type { IsoInstant } from '../domain/world';
import type { DecisionInput, SizingBasis } from '../workflows/contracts/decision';
import type { BriefRef } from '../workflows/contracts/research';
import type { Dependencies } from './dependencies';
import { rethrowBadInput } from './failures';
import { createVenueQuote } from './venue-quote';

export interface DecisionSubject {
  readonly proposition: Proposition;
  readonly seriesId: string | null;
  /** What sizing must know of the market; null: there is no price to compare with. */
  readonly terms: SizingBasis['terms'] | null;
  /** Why no model can be asked, where none can. */
  readonly missing: string | null;
  /** Why the price is an old one, or missing; absent: it is neither. */
  readonly stale?: string | null;
}

const CONTRACT: SizingBasis['terms'] = { kind: 'prediction_market', fee: TRADE_FEES.contract };

const equityTerms = (
  series: BarSeries,
  horizonDays: number,
  asOf: IsoInstant,
): SizingBasis['terms'] | null => {
  const moves = meanMoves(series.bars, horizonDays);
  return (
    moves && {
      kind: 'equity',
      fee: TRADE_FEES.equity,
      meanUp: moves.up,
      meanDown: moves.down,
      directionEValue: null,
      paperAccount: false,
      currency: series.currency,
      rate: null,
      asOf: asOf.slice(0, 10),
    }
  );
};

/** The proposition, or why its bars leave nothing to ask: those of a halted share end too early for the horizon. */
const askable = (input: EquityPropositionInput): Proposition | string => {
  try {
    return equityProposition(input);
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
};

/** Asked all the same: the forecasts count, only nothing can be traded. */
const noPriceText = ({ venue, contract }: VenueQuote): string =>
  `${venue} shows no price of ${contract} that could be traded near: a side of its book is empty or far away`;

export const createDecisionSubjects = ({ stores, recorded, sources }: Dependencies) => {
  const quotes = createVenueQuote({ sources });

  const equity = async (
    input: DecisionInput,
    symbol: string,
    brief: BriefRef,
    asOf: IsoInstant,
  ): Promise<DecisionSubject> => {
    const series = brief.seriesId ? await stores.series.get(brief.seriesId) : null;
    if (!series) return unanswerable(input, asOf, 'no bars are stored with the brief');
    const proposition = askable({
      world: input.world,
      symbol,
      bars: series.bars,
      exchange: marketOfSymbol(symbol),
      asOf: brief.asOf,
      horizonDays: input.horizonDays,
    });
    if (typeof proposition === 'string') return unanswerable(input, asOf, proposition);
    // The close came between the facts and the decision: who answers now could know the outcome.
    const { resolvesAt } = proposition;
    if (Date.parse(resolvesAt) <= Date.parse(asOf))
      return unanswerable(input, asOf, `the question about ${symbol} resolved at ${resolvesAt}; ask again`);
    return {
      proposition,
      seriesId: brief.seriesId,
      terms: equityTerms(series, input.horizonDays, asOf),
      missing: null,
    };
  };

  const contract = async (
    input: DecisionInput,
    brief: BriefRef,
    asOf: IsoInstant,
  ): Promise<DecisionSubject> => {
    const dossier = brief.dossierId ? await stores.dossiers.get(brief.dossierId) : null;
    if (!dossier?.quote) return unanswerable(input, asOf, 'no quote is stored with the brief');
    const { quote, stale } = await quotes.inForce(input, dossier.quote, asOf);
    // Who answers now knows the outcome: that would be no forecast, and there is nothing left to trade.
    if (quote.result !== null && quote.result !== undefined)
      return unanswerable(input, asOf, `${quote.venue} has settled ${quote.contract} already`);
    if (Date.parse(quote.closesAt) <= Date.parse(asOf))
      return unanswerable(input, asOf, `${quote.contract} closed for trading at ${quote.closesAt}`);
    // The question itself stands in every prompt, and nothing else says what is asked.
    if (readsLikeInstructions(quote.title))
      return unanswerable(input, asOf, 'the question of the venue reads like instructions to a model');
    const proposition = venueProposition({ world: input.world, quote });
    return {
      proposition,
      seriesId: null,
      terms: quote.priceOfYes === null ? null : CONTRACT,
      missing: null,
      stale: quote.priceOfYes === null ? noPriceText(quote) : stale,
    };
  };

  const recordedQuestion = async (input: DecisionInput): Promise<DecisionSubject> => {
    const { folder, rowId } = input.recorded!;
    const row = await recorded(folder, 0).loadQuestion(rowId);
    const proposition = recordedQuestionProposition({ world: input.world, row });
    const terms = proposition.priceOfYes === null ? null : CONTRACT;
    return { proposition, seriesId: null, terms, missing: null };
  };

  /** @throws ApplicationFailure BadInput when the subject's data does not make a proposition. */
  const describe = async (
    input: DecisionInput,
    brief: BriefRef | null,
    failure: string | null,
    asOf: IsoInstant,
  ): Promise<DecisionSubject> => {
    try {
      if (input.recorded) return await recordedQuestion(input);
      if (!brief) return unanswerable(input, asOf, failure ?? 'no research was asked for');
      const { kind, name } = parseSubject(input.subject);
      return kind === 'equity' ? await equity(input, name, brief, asOf) : await contract(input, brief, asOf);
    } catch (error) {
      return rethrowBadInput(error);
    }
  };
  return { describe };
};

/** A decision without data still has a row: an abstention about a statement that could not be made. */
const unanswerable = (input: DecisionInput, asOf: IsoInstant, missing: string): DecisionSubject => {
  const hash = createHash('sha256').update(`${input.subject}|${asOf}|${missing}`).digest('hex').slice(0, 12);
  return {
    proposition: {
      id: `${input.world}/${input.subject}/unanswerable/${hash}`,
      world: input.world,
      subject: input.subject,
      statement: `Nothing could be asked about ${input.subject}`,
      category: 'unanswerable',
      asOf,
      resolvesAt: asOf,
      rule: { type: 'manual' },
      priceOfYes: null,
      priceAt: null,
    },
    seriesId: null,
    terms: null,
    missing,
  };
};
