// A disputed trade as it stands when a person approves it, up to a day after it was sized: nothing is traded on a
// question that is answered, and a contract costs what it costs now.
import { ApplicationFailure } from '@temporalio/common';
import type { DecisionRecord } from '../db/decision-record';
import type { TradePrice } from '../db/decision-store';
import { haltedText } from '../domain/ensemble/at-recording';
import { sizePosition } from '../domain/ensemble/sizing';
import type { Proposition, ResolutionRule } from '../domain/market/proposition';
import { type IsoInstant, LIVE_WORLD } from '../domain/world';
import type { DisputedTrade, SizingBasis } from '../workflows/contracts/decision';
import type { Dependencies } from './dependencies';
import { haltedWhy } from './trade-halt';
import { createVenueQuote } from './venue-quote';

/** What may be traded after all, or why nothing is. */
export type ApprovedTrade =
  | { readonly refused: string }
  | {
      readonly refused: null;
      readonly trade: DisputedTrade;
      /** Null: as it was when the members answered. */
      readonly priced: TradePrice | null;
    };

interface Moment {
  readonly now: IsoInstant;
  /** Until when the review would have waited for a person. */
  readonly dueAt: IsoInstant;
}

const refuse = (why: string): ApprovedTrade => ({ refused: `${why}; nothing is traded` });

const OUTCOME = new Map([
  [true, 'yes'],
  [false, 'no'],
  [null, 'void'],
]);

/** As short as a price is quoted. */
export const priceText = (price: number): string => String(Number(price.toFixed(3)));

export const createApprovedTrades = ({ stores, sources }: Pick<Dependencies, 'stores' | 'sources'>) => {
  const quotes = createVenueQuote({ sources });

  const answeredWhy = async ({ id, resolvesAt }: Proposition, now: IsoInstant): Promise<string | null> => {
    const outcome = await stores.outcomes.current(id);
    if (outcome) return `Its outcome is known by now (${OUTCOME.get(outcome.yes)})`;
    return Date.parse(resolvesAt) <= Date.parse(now) ? `Its question was open until ${resolvesAt}` : null;
  };

  /** By the rule that sized it, at another price: never more than the person has approved. */
  const sizedAnew = (
    decision: DecisionRecord,
    trade: DisputedTrade,
    price: { readonly priceOfYes: number | null; readonly quotedAt: IsoInstant },
  ): ApprovedTrade => {
    const basis = (decision.details.reviewBasis ?? null) as SizingBasis | null;
    if (basis === null) return refuse('It was parked before its size could be worked out anew');
    const { priceOfYes, quotedAt } = price;
    const sizing = sizePosition({
      ...basis,
      probability: trade.probability,
      memberProbabilities: decision.members.flatMap(({ probability }) => probability ?? []),
      priceOfYes,
      stakeMicroUsd: decision.stakeMicroUsd,
    });
    if (priceOfYes === null) return refuse('The venue shows no price now that could be traded near');
    if (sizing.action !== trade.action)
      return refuse(
        `At the price of now, ${priceText(priceOfYes)}, the edge is gone (${sizing.action === 'hold' ? sizing.why[0] : `it says to ${sizing.action}`})`,
      );
    return {
      refused: null,
      trade: { ...trade, sizeMicroUsd: Math.min(trade.sizeMicroUsd, sizing.sizeMicroUsd) },
      priced: { price: priceOfYes, at: quotedAt, sizing },
    };
  };

  /** The approval waits for the price of now as long as the review would have waited for a person. */
  const atVenue = async (
    decision: DecisionRecord,
    trade: DisputedTrade,
    { venue, contract }: Extract<ResolutionRule, { type: 'venue_settlement' }>,
    { now, dueAt }: Moment,
  ): Promise<ApprovedTrade> => {
    const { quote, failure } = await quotes.ask({ venue, contract }, now);
    if (quote === null) {
      if (failure === 'not_found') return refuse(`${venue} does not know ${contract} any more`);
      throw ApplicationFailure.retryable(
        `${venue} does not answer (${failure}): the approval waits for its price of now until ${dueAt}`,
        'NoPriceYet',
      );
    }
    if (quote.result !== null) return refuse(`${venue} has settled ${contract} by now`);
    if (Date.parse(quote.closesAt) <= Date.parse(now)) return refuse(`${contract} is closed for trading`);
    return sizedAnew(decision, trade, quote);
  };

  /** @throws ApplicationFailure worth a retry while the venue does not answer and the review is not due. */
  return async (
    decision: DecisionRecord,
    trade: DisputedTrade,
    dueAt: IsoInstant,
  ): Promise<ApprovedTrade> => {
    const [proposition, now] = await Promise.all([
      stores.propositions.get(decision.propositionId),
      stores.worlds.now(decision.world),
    ]);
    const answered = proposition && (await answeredWhy(proposition, now));
    if (answered) return refuse(answered);
    if (Date.parse(now) >= Date.parse(dueAt))
      return refuse('The review was due before the approval could be carried out');
    const halted = haltedWhy(await stores.modes.current());
    if (halted !== null) return { refused: haltedText(halted) };
    const rule = proposition?.rule;
    return rule?.type === 'venue_settlement' && decision.world === LIVE_WORLD
      ? atVenue(decision, trade, rule, { now, dueAt })
      : { refused: null, trade, priced: null };
  };
};
