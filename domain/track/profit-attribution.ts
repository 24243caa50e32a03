// Splits a decision's profit among the members that pushed it there, so that P&L can be read by member.

export interface AttributedDecision {
  /** Profit after fees, micro-dollars; negative for a loss. */
  readonly profitMicroUsd: number;
  /** +1 when yes was bought, -1 when no was bought. */
  readonly side: 1 | -1;
  /** Price of yes at the decision. */
  readonly price: number;
  readonly members: readonly { readonly member: string; readonly p: number; readonly weight: number }[];
}

/**
 * Shares of one profit: in proportion to weight x push, push being how far the member's p stood from the
 * price on the side taken. Members against the trade get the opposite sign; all shares add up to the
 * profit. Shares by weight when pushes cancel out, equal ones where no member has any weight.
 */
export const attributeProfit = (decision: AttributedDecision): Readonly<Record<string, number>> => {
  const pushes = decision.members.map(
    (member) => member.weight * decision.side * (member.p - decision.price),
  );
  const total = pushes.reduce((sum, push) => sum + push, 0);
  const weights = decision.members.reduce((sum, member) => sum + member.weight, 0);
  const scale = pushes.reduce((sum, push) => sum + Math.abs(push), 0);
  const usable = total > 0.1 * scale && total > 0;
  const shareOf = (i: number): number => {
    if (usable) return pushes[i]! / total;
    return weights > 0 ? decision.members[i]!.weight / weights : 1 / decision.members.length;
  };
  return Object.fromEntries(
    decision.members.map(({ member }, i) => [member, decision.profitMicroUsd * shareOf(i)]),
  );
};
