// What a paper account orders before the open: sized by its own model's probability, or once by buy-and-hold.
// A single model is not pulled to the price and needs no e-value: the competition is where it earns a record.
import { sizePosition } from '../ensemble/sizing';
import type { MicroUsd } from '../money/micro-usd';
import type { IsoDate } from '../world';
import {
  equityOf,
  fillPrice,
  LEAST_PRICE,
  type NewPaperOrder,
  type PaperPosition,
  type PaperRules,
  type PaperState,
  priceMicroUsd,
  roundTripShare,
} from './paper-account';

/** What was known of a symbol before the open. */
export interface PaperQuote {
  readonly symbol: string;
  readonly lastClose: number;
  /** As-of base rate of a rise over the horizon. */
  readonly priceOfYes: number | null;
  readonly meanUp: number;
  readonly meanDown: number;
  /** Why the symbol is not traded today; null when it is. */
  readonly suspended: string | null;
}

export interface OrderPlan {
  readonly rules: PaperRules;
  readonly date: IsoDate;
  /** The account at the end of the day before. */
  readonly state: PaperState;
  readonly quotes: readonly PaperQuote[];
  /** The account's probability of a rise by symbol; absent where its model failed or abstained. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** Symbols with an order that still waits for a bar. */
  readonly waiting: ReadonlySet<string>;
  /** Trading days since a day. */
  readonly daysSince: (date: IsoDate) => number;
}

interface Wish {
  readonly quote: PaperQuote;
  readonly probability: number;
  readonly budgetMicroUsd: MicroUsd;
  readonly why: string;
}

/** Shares that a budget buys at the last close with costs; none where that is too little to be valued. */
const sharesFor = (budgetMicroUsd: MicroUsd, lastClose: number, rules: PaperRules): number => {
  if (lastClose < LEAST_PRICE) return 0;
  const price = fillPrice(priceMicroUsd(lastClose), 'buy', rules);
  return Math.floor(budgetMicroUsd / (price * (1 + rules.feeBps / 10_000)));
};

/** Half Kelly at the model's own probability against the as-of base rate, within the limit per position. */
const wishFor = (plan: OrderPlan, quote: PaperQuote): Wish | null => {
  const probability = plan.probabilities[quote.symbol];
  if (probability === undefined || quote.priceOfYes === null) return null;
  const equity = equityOf(plan.state);
  const cap = Math.floor(equity * plan.rules.maxPositionShare);
  const sizing = sizePosition({
    probability,
    memberProbabilities: [probability],
    priceOfYes: quote.priceOfYes,
    terms: {
      kind: 'equity',
      fee: roundTripShare(plan.rules),
      meanUp: quote.meanUp,
      meanDown: quote.meanDown,
      directionEValue: null,
      paperAccount: true,
      currency: 'USD',
      rate: null,
      asOf: plan.date,
    },
    bankrollMicroUsd: equity,
    stakeMicroUsd: equity,
    caps: {
      positionMicroUsd: cap,
      clusterMicroUsd: equity,
      heldPositionMicroUsd: 0,
      heldClusterMicroUsd: 0,
    },
    modelWeight: 1,
    pastSpreadVariance: 0,
  });
  if (sizing.action !== 'buy') return null;
  return { quote, probability, budgetMicroUsd: sizing.sizeMicroUsd, why: sizing.why[0] ?? 'Edge above fees' };
};

/** Due for another look: its horizon has run, and it can be traded. */
const isDue = (plan: OrderPlan, position: PaperPosition): boolean =>
  position.frozen === null &&
  !plan.waiting.has(position.symbol) &&
  plan.daysSince(position.enteredOn) >= plan.rules.horizonDays;

/** A model that failed or abstained has not turned against what it bought: its bet has run its time all the same. */
const saleReason = ({ rules, probabilities }: OrderPlan, { symbol, priceOfYes }: PaperQuote): string => {
  const run = `Horizon of ${rules.horizonDays} trading days has run`;
  if (probabilities[symbol] === undefined) return `${run} and no forecast of the day says to hold on`;
  return priceOfYes === null
    ? `${run} and there is no base rate to hold the forecast of the day against`
    : `${run} and the model no longer buys`;
};

const sales = (plan: OrderPlan): readonly NewPaperOrder[] =>
  plan.state.positions.flatMap((position) => {
    const quote = plan.quotes.find(({ symbol }) => symbol === position.symbol);
    if (!quote || quote.suspended !== null || !isDue(plan, position) || wishFor(plan, quote)) return [];
    return [
      {
        symbol: position.symbol,
        side: 'sell' as const,
        quantity: position.quantity,
        placedOn: plan.date,
        reason: saleReason(plan, quote),
        probability: plan.probabilities[position.symbol] ?? null,
        priceOfYes: quote.priceOfYes,
      },
    ];
  });

/** The largest wishes first, while the cash at hand lasts; proceeds of today's sales are not counted on. */
const purchases = (plan: OrderPlan): readonly NewPaperOrder[] => {
  const held = new Set(plan.state.positions.map(({ symbol }) => symbol));
  const wishes = plan.quotes
    .filter(({ symbol, suspended }) => suspended === null && !held.has(symbol) && !plan.waiting.has(symbol))
    .flatMap((quote) => wishFor(plan, quote) ?? [])
    .sort((a, b) => b.budgetMicroUsd - a.budgetMicroUsd || (a.quote.symbol < b.quote.symbol ? -1 : 1));
  let cash = plan.state.cashMicroUsd;
  return wishes.flatMap(({ quote, probability, budgetMicroUsd, why }) => {
    const budget = Math.min(cash, budgetMicroUsd);
    const quantity = sharesFor(budget, quote.lastClose, plan.rules);
    if (quantity < 1) return [];
    cash -= budget;
    return [
      {
        symbol: quote.symbol,
        side: 'buy' as const,
        quantity,
        placedOn: plan.date,
        reason: why,
        probability,
        priceOfYes: quote.priceOfYes,
      },
    ];
  });
};

/** Orders of a model's account before the open of `date`: sales first, then purchases by size. */
export const planOrders = (plan: OrderPlan): readonly NewPaperOrder[] => [...sales(plan), ...purchases(plan)];

/**
 * Buy-and-hold: an equal part of the cash for every symbol of the competition, ordered once each, on the first
 * day on which it has a price.
 */
export const planBuyAndHold = (
  plan: Pick<OrderPlan, 'rules' | 'date' | 'state' | 'quotes' | 'waiting'> & {
    readonly symbols: readonly string[];
  },
): readonly NewPaperOrder[] => {
  const held = new Set(plan.state.positions.map(({ symbol }) => symbol));
  const unbought = plan.symbols.filter((symbol) => !held.has(symbol));
  const budget = Math.floor(plan.state.cashMicroUsd / Math.max(1, unbought.length));
  return plan.quotes.flatMap((quote) => {
    const quantity = sharesFor(budget, quote.lastClose, plan.rules);
    if (held.has(quote.symbol) || plan.waiting.has(quote.symbol)) return [];
    if (quote.suspended !== null || quantity < 1) return [];
    return [
      {
        symbol: quote.symbol,
        side: 'buy' as const,
        quantity,
        placedOn: plan.date,
        reason: 'Buy and hold: an equal part of the cash, once',
        probability: null,
        priceOfYes: null,
      },
    ];
  });
};
