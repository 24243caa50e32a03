// What a paper account of the competition is: cash, positions, orders and the rules that are the same for all.
// Money and prices are whole micro-dollars, shares are whole, so that every figure can be recomputed exactly.
import type { MicroUsd } from '../money/micro-usd';
import type { IsoDate } from '../world';

export interface PaperRules {
  readonly startCashMicroUsd: MicroUsd;
  /** Commission per side, in hundredths of a percent of the trade's value. */
  readonly feeBps: number;
  /** How far a fill is worse than the open, per side, in hundredths of a percent. */
  readonly slippageBps: number;
  /** Most of an account's equity in one symbol when it is ordered, in (0, 1]. */
  readonly maxPositionShare: number;
  /** Trading days a position is held before its model is asked again whether to keep it. */
  readonly horizonDays: number;
}

export const DEFAULT_PAPER_RULES: PaperRules = {
  startCashMicroUsd: 100_000_000_000,
  feeBps: 5,
  slippageBps: 5,
  maxPositionShare: 0.2,
  horizonDays: 5,
};

/** Fees and slippage of a round trip as a share of its value, for sizing. */
export const roundTripShare = ({ feeBps, slippageBps }: PaperRules): number =>
  (2 * (feeBps + slippageBps)) / 10_000;

export interface PaperPosition {
  readonly symbol: string;
  /** Whole shares, above 0: accounts are long only. */
  readonly quantity: number;
  /** What the shares cost, fees included. */
  readonly costMicroUsd: MicroUsd;
  readonly enteredOn: IsoDate;
  /** Price per share at which the position is valued. */
  readonly markMicroUsd: MicroUsd;
  /** Day whose bar gave the mark; null in rows from before it was kept. */
  readonly markedOn: IsoDate | null;
  /** Why the position can no longer be traded or valued anew; null while it can. */
  readonly frozen: string | null;
}

export type OrderSide = 'buy' | 'sell';
export type OrderStatus = 'open' | 'filled' | 'rejected';

export interface PaperOrder {
  readonly symbol: string;
  readonly side: OrderSide;
  readonly quantity: number;
  readonly placedOn: IsoDate;
  readonly reason: string;
  /** The model's probability and the base rate it was compared with; null for rules without one. */
  readonly probability: number | null;
  readonly priceOfYes: number | null;
  readonly status: OrderStatus;
  readonly filledOn: IsoDate | null;
  readonly filledQuantity: number;
  readonly openMicroUsd: MicroUsd | null;
  readonly fillMicroUsd: MicroUsd | null;
  readonly feeMicroUsd: MicroUsd;
  /** Gain of a sale after all fees of both sides; null for purchases. */
  readonly realizedMicroUsd: number | null;
  /** Why it was rejected or filled in part. */
  readonly note: string | null;
}

export type NewPaperOrder = Pick<
  PaperOrder,
  'symbol' | 'side' | 'quantity' | 'placedOn' | 'reason' | 'probability' | 'priceOfYes'
>;

/** An account at the end of a day. */
export interface PaperState {
  readonly cashMicroUsd: MicroUsd;
  readonly positions: readonly PaperPosition[];
}

export const positionsValue = ({ positions }: Pick<PaperState, 'positions'>): MicroUsd =>
  positions.reduce((total, { quantity, markMicroUsd }) => total + quantity * markMicroUsd, 0);

export const equityOf = (state: PaperState): MicroUsd => state.cashMicroUsd + positionsValue(state);

/** Least price in dollars of what is bought: below it the rounding to whole micro-dollars is more than 0.05 %. */
export const LEAST_PRICE = 0.001;

/** A price in dollars as whole micro-dollars. */
export const priceMicroUsd = (price: number): MicroUsd => Math.round(price * 1e6);

/** Price paid or received: the open moved against the trader by the slippage. */
export const fillPrice = (openMicroUsd: MicroUsd, side: OrderSide, { slippageBps }: PaperRules): MicroUsd =>
  Math.round((openMicroUsd * (10_000 + (side === 'buy' ? slippageBps : -slippageBps))) / 10_000);

/** Commission of a trade, rounded up to a whole micro-dollar. */
export const tradeFee = (valueMicroUsd: MicroUsd, { feeBps }: PaperRules): MicroUsd =>
  Math.ceil((valueMicroUsd * feeBps) / 10_000);

/** @throws RangeError naming the rule that is out of range. */
export const checkRules = (rules: PaperRules): PaperRules => {
  const whole = (value: number, low: number, high: number, field: string): void => {
    if (!Number.isInteger(value) || value < low || value > high)
      throw new RangeError(`${field} is ${value}; accepted: a whole number from ${low} to ${high}`);
  };
  whole(rules.startCashMicroUsd, 1_000_000, 1e15, 'startCashMicroUsd');
  whole(rules.feeBps, 0, 1_000, 'feeBps');
  whole(rules.slippageBps, 0, 1_000, 'slippageBps');
  whole(rules.horizonDays, 1, 60, 'horizonDays');
  if (!(rules.maxPositionShare > 0 && rules.maxPositionShare <= 1))
    throw new RangeError(`maxPositionShare is ${rules.maxPositionShare}; accepted: above 0 and at most 1`);
  return rules;
};
