// What a sized decision earned once its proposition resolved.
import { contractReturn } from '../ensemble/contract-bet';
import type { TradeFees } from '../ensemble/trade-fees';
import type { ResolutionRule } from '../market/proposition';
import type { Outcome } from './scoring';

export interface TradedDecision {
  readonly action: 'buy' | 'sell' | 'hold';
  /** US dollars put at risk, in micro-dollars. */
  readonly sizeMicroUsd: number;
  /** Of yes, in [0, 1]; null when unknown. */
  readonly price: number | null;
}

export interface Resolution {
  readonly y: Outcome;
  /** Of the proposition: what was traded is a share where it compares closes, else a contract. */
  readonly rule: ResolutionRule['type'];
  /**
   * Of a share: the first price after the decision (entry-price.ts), and the close that resolved, under one split
   * adjustment. Null where the rule compares no closes or nobody looked them up.
   */
  readonly entryValue: number | null;
  readonly resolvingValue: number | null;
}

/** Equities earn the move from entry to resolving close, a sale its opposite; an outcome typed by hand tells neither. */
const equityProfit = (
  size: number,
  side: 1 | -1,
  { entryValue, resolvingValue }: Resolution,
  fee: number,
): number | null =>
  entryValue === null || resolvingValue === null || entryValue <= 0
    ? null
    : Math.round(size * (side * (resolvingValue / entryValue - 1) - fee));

/** Profit after fees in whole micro-dollars; null when nothing was traded or it cannot be told. */
export const tradeProfit = (
  trade: TradedDecision,
  resolution: Resolution,
  fees: TradeFees,
): number | null => {
  if (trade.action === 'hold' || trade.sizeMicroUsd === 0) return null;
  const side = trade.action === 'buy' ? 1 : -1;
  if (resolution.rule === 'close_above') {
    return equityProfit(trade.sizeMicroUsd, side, resolution, fees.equity);
  }
  if (trade.price === null || (side === 1 ? trade.price : 1 - trade.price) <= 0) return null;
  const bet = { yes: side === 1, priceOfYes: trade.price, fee: fees.contract };
  return Math.round(trade.sizeMicroUsd * contractReturn(bet, resolution.y));
};
