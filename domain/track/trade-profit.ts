// What a sized decision earned once its proposition resolved.
import { contractReturn } from '../ensemble/contract-bet';
import type { TradeFees } from '../ensemble/trade-fees';
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
  /** Closes under one split adjustment; null where the rule compares none. */
  readonly referenceValue: number | null;
  readonly resolvingValue: number | null;
}

/** Equities earn the move between the two closes; a sale earns its opposite. */
const equityProfit = (size: number, side: 1 | -1, move: number, fee: number): number =>
  size * (side * move - fee);

/** Profit after fees in whole micro-dollars; null when nothing was traded or it cannot be told. */
export const tradeProfit = (
  trade: TradedDecision,
  resolution: Resolution,
  fees: TradeFees,
): number | null => {
  if (trade.action === 'hold' || trade.sizeMicroUsd === 0) return null;
  const side = trade.action === 'buy' ? 1 : -1;
  const { referenceValue, resolvingValue, y } = resolution;
  if (referenceValue !== null && resolvingValue !== null && referenceValue > 0) {
    return Math.round(
      equityProfit(trade.sizeMicroUsd, side, resolvingValue / referenceValue - 1, fees.equity),
    );
  }
  if (trade.price === null || (side === 1 ? trade.price : 1 - trade.price) <= 0) return null;
  const bet = { yes: side === 1, priceOfYes: trade.price, fee: fees.contract };
  return Math.round(trade.sizeMicroUsd * contractReturn(bet, y));
};
