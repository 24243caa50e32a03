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
  /** Closes under one split adjustment; null where the rule compares none or nobody looked them up. */
  readonly referenceValue: number | null;
  readonly resolvingValue: number | null;
}

/** Equities earn the move between the two closes, a sale its opposite; an outcome typed by hand tells no closes. */
const equityProfit = (
  size: number,
  side: 1 | -1,
  { referenceValue, resolvingValue }: Resolution,
  fee: number,
): number | null =>
  referenceValue === null || resolvingValue === null || referenceValue <= 0
    ? null
    : Math.round(size * (side * (resolvingValue / referenceValue - 1) - fee));

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
