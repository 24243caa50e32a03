// What sizing needs to know and what it says; the rule itself is in sizing.ts.
import type { MicroUsd } from '../money/micro-usd';
import type { ExchangeRate } from './currency';

/** Yes costs its price and pays one unit. */
export interface ContractTerms {
  readonly kind: 'prediction_market';
  /** Fees per unit of payoff, entry and exit together, e.g. .01. */
  readonly fee: number;
}

/** A long or short position held for the proposition's horizon; the "price" is the base rate of a rise. */
export interface EquityTerms {
  readonly kind: 'equity';
  /** Fees and slippage of a round trip as a share of its value, e.g. .002. */
  readonly fee: number;
  /** Mean gain of the horizon's windows that rose, e.g. .031; above 0. */
  readonly meanUp: number;
  /** Mean loss of those that fell, as a positive number; above 0. */
  readonly meanDown: number;
  /** e-value of the direction's record against the base rate; null without a record. */
  readonly directionEValue: number | null;
  /** Resolved outcomes behind that e-value. Absent: not counted. */
  readonly directionOutcomes?: number;
  /** Paper accounts of the competition trade without that evidence. */
  readonly paperAccount: boolean;
  /** What the price is quoted in, with the recorded rate; USD needs none. */
  readonly currency: string;
  readonly rate: ExchangeRate | null;
  /** Day of the decision. */
  readonly asOf: string;
}

export interface SizingCaps {
  /** Most in one position. */
  readonly positionMicroUsd: MicroUsd;
  /** Most in all positions on one event or its cluster. */
  readonly clusterMicroUsd: MicroUsd;
  /** Already in this position and its cluster, as absolute amounts. */
  readonly heldPositionMicroUsd: MicroUsd;
  readonly heldClusterMicroUsd: MicroUsd;
}

export interface SizingInput {
  /** The ensemble's probability of yes; null without a decision. */
  readonly probability: number | null;
  /** Of the members the decision is made of. */
  readonly memberProbabilities: readonly number[];
  /** How many the decision has; fewer answers mean that members are missing. Absent, as in older plans: all answered. */
  readonly membersPlanned?: number;
  /** Market price of yes, or for equities the as-of base rate, in (0, 1); null when unknown. */
  readonly priceOfYes: number | null;
  readonly terms: ContractTerms | EquityTerms;
  /** The account's equity, or the setting `desk_equity_usd` without an account. */
  readonly bankrollMicroUsd: MicroUsd;
  /** Never more than this. */
  readonly stakeMicroUsd: MicroUsd;
  readonly caps: SizingCaps;
  /** Weight w of the members against the price. Default .25 until learnt. */
  readonly modelWeight?: number;
  /** Correlation of members' errors. Default .9. */
  readonly correlation?: number;
  /** v of past decisions, used with a single member and as the least where members are missing; null or absent: a prior. */
  readonly pastSpreadVariance?: number | null;
  /** Above 1 while providers are out: multiplies v, so that fewer opinions never look like more agreement. Default 1. */
  readonly varianceFactor?: number;
}

/** `buy`: yes, or long. `sell`: no, or short. `hold`: nothing, size 0. */
export type TradeAction = 'buy' | 'sell' | 'hold';

export interface Sizing {
  readonly action: TradeAction;
  /** What is put into the position, whole micro-dollars; 0 when held. */
  readonly sizeMicroUsd: MicroUsd;
  /** p' after the pull to the price; null without a decision or price. */
  readonly pulledProbability: number | null;
  /** p' - price; null likewise. */
  readonly edge: number | null;
  /** v of p'; null likewise. */
  readonly spreadVariance: number | null;
  /** Baker-McHale factor in [0, 1]; null likewise. */
  readonly shrink: number | null;
  /** Full Kelly fraction at p' after fees; null likewise. */
  readonly kelly: number | null;
  /** Short sentences: why nothing is traded, or what bounds the size. */
  readonly why: readonly string[];
}
