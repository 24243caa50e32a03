// What one contract pays on what was put into it: one rule for sizing before, growth in a backtest and profit after,
// or a record would book other amounts than were put at risk.
import type { Outcome } from '../track/scoring';

export interface ContractBet {
  /** On yes; else on no. */
  readonly yes: boolean;
  /** In [0, 1]. */
  readonly priceOfYes: number;
  /** Fees per unit of payoff, entry and exit together. */
  readonly fee: number;
}

/** Gain per unit put in when the side comes true: a unit of payoff costs price + fee, on no 1 - price + fee. */
export const contractOdds = ({ yes, priceOfYes, fee }: ContractBet): number =>
  1 / ((yes ? priceOfYes : 1 - priceOfYes) + fee) - 1;

/** Gain per unit put in; the whole unit, and no more, is lost when the other side comes true. */
export const contractReturn = (bet: ContractBet, outcome: Outcome): number =>
  (outcome === 1) === bet.yes ? contractOdds(bet) : -1;
