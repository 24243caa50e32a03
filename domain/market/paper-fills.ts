// A day of a paper account: its orders meet the day's open, its positions the day's close. A jump that looks
// like a split is refused, not guessed, be it in the bars or between them and the books; dividends are not in
// daily bars and are ignored.
import type { MicroUsd } from '../money/micro-usd';
import type { IsoDate } from '../world';
import type { Bar } from './bar';
import { addTradingDays } from './calendar';
import type { Market } from './market';
import {
  fillPrice,
  type PaperOrder,
  type PaperPosition,
  type PaperRules,
  type PaperState,
  priceMicroUsd,
  tradeFee,
} from './paper-account';

/**
 * Overnight factor from which a jump may be a split (3:2 is the smallest that is common). A real move of this
 * size is refused too: which of the two it is cannot be told from prices of the day.
 */
const SPLIT_FACTOR = 1.45;
/**
 * Factor between a mark and the same day's close as given later, from which the past was rewritten. No move of the market
 * can be in it, so that it lies below the smallest stock dividends that are common (5 %), far below a split of 5:4, and
 * above what a source corrects in a close of the day. Bars are adjusted for splits alone: no cash dividend is in it.
 */
const REWRITTEN_FACTOR = 1.04;
const isBeyond = (limit: number, factor: number): boolean => factor >= limit || factor <= 1 / limit;

/** Begins what a jump in the bars says. */
const JUMP = 'split-like jump on';

/** Why the step from a close to the next open cannot be trusted; null when it can. */
export const splitLikeJump = (previousClose: number, bar: Pick<Bar, 'date' | 'open'>): string | null => {
  if (!isBeyond(SPLIT_FACTOR, bar.open / previousClose)) return null;
  return `${JUMP} ${bar.date}: open ${bar.open} after a close of ${previousClose}`;
};

/** The first split-like jump into a day from `from` on among bars that are oldest first; null without one. */
export const firstJump = (bars: readonly Bar[], from: IsoDate): string | null => {
  for (const [index, bar] of bars.entries()) {
    const before = bars[index - 1];
    if (!before || bar.date < from) continue;
    const jump = splitLikeJump(before.close, bar);
    if (jump) return jump;
  }
  return null;
};

/** Trading days from a jump on by which a source that adjusts for splits has rewritten its past, had it been one. */
const JUMP_DAYS = 5;

/** From which day on jumps suspend a symbol where such a source is read anew each day: an older one was a real move. */
export const unsettledFrom = (market: Market, date: IsoDate, from: IsoDate): IsoDate => {
  const first = addTradingDays(market, date, 1 - JUMP_DAYS);
  return first < from ? from : first;
};

/** A symbol on the day that is settled. */
export interface DayQuote {
  readonly symbol: string;
  /** The day's bar; null when the symbol did not trade. */
  readonly bar: Pick<Bar, 'open' | 'close'> | null;
  /** What came before this day, in the same series. */
  readonly past: readonly Pick<Bar, 'date' | 'close'>[];
  /** Why it is refused; null when it is not. */
  readonly suspended: string | null;
}

export interface DaySettlement {
  readonly rules: PaperRules;
  readonly date: IsoDate;
  readonly state: PaperState;
  /** Orders that wait, oldest first. */
  readonly orders: readonly PaperOrder[];
  readonly quotes: readonly DayQuote[];
  /** Quotes are read anew each day from a source that adjusts for splits, so that time tells a jump from a split. */
  readonly adjusts?: boolean;
}

export interface SettledDay {
  readonly state: PaperState;
  readonly orders: readonly PaperOrder[];
  /** Value of all fills. */
  readonly tradedMicroUsd: MicroUsd;
  readonly feesMicroUsd: MicroUsd;
}

/**
 * Why shares cannot be counted by these prices: a source that adjusts for splits rewrites its past, so that the
 * series shows no jump while what is held still counts the old shares.
 */
const rescaled = ({ markMicroUsd, markedOn }: PaperPosition, { past }: DayQuote): string | null => {
  // Of another day, whose bar may have been late for the mark, a close differs by what really happened too.
  const close = past.find(({ date }) => date === markedOn)?.close;
  if (close === undefined || !isBeyond(REWRITTEN_FACTOR, markMicroUsd / priceMicroUsd(close))) return null;
  return `split-like change of past prices: valued at ${markMicroUsd / 1e6}, now given as ${close}`;
};

/** The jump that froze a position was a real move: the past is still given as the position was valued by it. */
const isSettled = ({ frozen, markedOn }: PaperPosition, { past }: DayQuote): boolean =>
  (frozen?.startsWith(JUMP) ?? false) && past.some(({ date }) => date === markedOn);

/** The quotes as this account may use them: refused too where they no longer fit what it holds. */
const quotesFor = ({ state, quotes, adjusts = false }: DaySettlement): readonly DayQuote[] =>
  quotes.map((quote) => {
    const position = state.positions.find(({ symbol }) => symbol === quote.symbol);
    if (quote.suspended !== null || !position) return quote;
    const frozen = adjusts && isSettled(position, quote) ? null : position.frozen;
    return { ...quote, suspended: frozen ?? rescaled(position, quote) };
  });

const rejected = (order: PaperOrder, note: string): PaperOrder => ({ ...order, status: 'rejected', note });

/** Most shares that `cash` pays for with their fee. */
const affordable = (cash: MicroUsd, price: MicroUsd, wanted: number, rules: PaperRules): number => {
  // By the fee's rate before its rounding; one more, as the division is not exact.
  const paidFor = Math.floor(cash / (price * (1 + rules.feeBps / 10_000))) + 1;
  let quantity = Math.min(wanted, Math.floor(cash / price), paidFor);
  while (quantity > 0 && quantity * price + tradeFee(quantity * price, rules) > cash) quantity -= 1;
  return quantity;
};

interface Book {
  cash: MicroUsd;
  readonly positions: Map<string, PaperPosition>;
}

const buy = (book: Book, order: PaperOrder, openMicroUsd: MicroUsd, day: DaySettlement): PaperOrder => {
  const price = fillPrice(openMicroUsd, 'buy', day.rules);
  const quantity = affordable(book.cash, price, order.quantity, day.rules);
  if (quantity === 0) return rejected(order, 'cash does not pay for one share at the open');
  const value = quantity * price;
  const fee = tradeFee(value, day.rules);
  book.cash -= value + fee;
  book.positions.set(order.symbol, {
    symbol: order.symbol,
    quantity,
    costMicroUsd: value + fee,
    enteredOn: day.date,
    markMicroUsd: openMicroUsd,
    markedOn: day.date,
    frozen: null,
  });
  return filled(order, { date: day.date, quantity, openMicroUsd, price, fee, realized: null });
};

const sell = (book: Book, order: PaperOrder, openMicroUsd: MicroUsd, day: DaySettlement): PaperOrder => {
  const position = book.positions.get(order.symbol);
  if (!position) return rejected(order, 'no position to sell');
  const price = fillPrice(openMicroUsd, 'sell', day.rules);
  const value = position.quantity * price;
  const fee = tradeFee(value, day.rules);
  book.cash += value - fee;
  book.positions.delete(order.symbol);
  const realized = value - fee - position.costMicroUsd;
  return filled(order, { date: day.date, quantity: position.quantity, openMicroUsd, price, fee, realized });
};

const filled = (
  order: PaperOrder,
  fill: {
    readonly date: IsoDate;
    readonly quantity: number;
    readonly openMicroUsd: MicroUsd;
    readonly price: MicroUsd;
    readonly fee: MicroUsd;
    readonly realized: number | null;
  },
): PaperOrder => ({
  ...order,
  status: 'filled',
  filledOn: fill.date,
  filledQuantity: fill.quantity,
  openMicroUsd: fill.openMicroUsd,
  fillMicroUsd: fill.price,
  feeMicroUsd: fill.fee,
  realizedMicroUsd: fill.realized,
  note: fill.quantity < order.quantity ? `cash paid for ${fill.quantity} of ${order.quantity} shares` : null,
});

const meetOpen = (book: Book, order: PaperOrder, day: DaySettlement): PaperOrder => {
  const quote = day.quotes.find(({ symbol }) => symbol === order.symbol);
  if (quote && quote.suspended !== null) return rejected(order, quote.suspended);
  if (!quote?.bar) return order;
  return (order.side === 'buy' ? buy : sell)(book, order, priceMicroUsd(quote.bar.open), day);
};

/** Valued at the close, no lower than the least that an account can hold; at the last mark where there is no bar, or while the symbol is refused. */
const marked = (position: PaperPosition, { date, quotes }: DaySettlement): PaperPosition => {
  const quote = quotes.find(({ symbol }) => symbol === position.symbol);
  if (quote && quote.suspended !== null) return { ...position, frozen: position.frozen ?? quote.suspended };
  if (!quote?.bar) return position;
  return {
    ...position,
    markMicroUsd: Math.max(1, priceMicroUsd(quote.bar.close)),
    markedOn: date,
    frozen: null,
  };
};

/**
 * Sales meet the open before purchases, each in the order in which they were placed. An order placed on a later
 * day, while this one was still to be settled, knew more than this day's open: it waits for its own.
 */
export const settleDay = (given: DaySettlement): SettledDay => {
  const day = { ...given, quotes: quotesFor(given) };
  const book: Book = {
    cash: day.state.cashMicroUsd,
    positions: new Map(day.state.positions.map((position) => [position.symbol, position])),
  };
  const waiting = day.orders.filter(({ status, placedOn }) => status === 'open' && placedOn <= day.date);
  const inOrder = [
    ...waiting.filter(({ side }) => side === 'sell'),
    ...waiting.filter(({ side }) => side === 'buy'),
  ];
  const orders = inOrder.map((order) => meetOpen(book, order, day));
  const fills = orders.filter(({ status }) => status === 'filled');
  return {
    orders,
    state: {
      cashMicroUsd: book.cash,
      positions: [...book.positions.values()]
        .map((position) => marked(position, day))
        .sort((a, b) => (a.symbol < b.symbol ? -1 : 1)),
    },
    tradedMicroUsd: fills.reduce((sum, order) => sum + order.filledQuantity * (order.fillMicroUsd ?? 0), 0),
    feesMicroUsd: fills.reduce((sum, order) => sum + order.feeMicroUsd, 0),
  };
};
