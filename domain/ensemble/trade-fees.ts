// What a trade costs, in sizing before and in scoring after: one figure for both, or profits would lie.

export interface TradeFees {
  /** Share of the traded value, both ways. */
  readonly equity: number;
  /** Per unit of payoff. */
  readonly contract: number;
}

/** Round trip in a liquid share: commission and half a spread each way. Entry and exit of a contract. */
export const TRADE_FEES: TradeFees = { equity: 0.002, contract: 0.01 };
