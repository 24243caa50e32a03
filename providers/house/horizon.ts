// How far ahead a proposition looks, in trading days, as the bar models need it.
import type { Bar } from '../../domain/market/bar';
import { tradingDays } from '../../domain/market/calendar';
import { marketOfSymbol } from '../../domain/market/market';
import type { Proposition } from '../../domain/market/proposition';

/**
 * Trading days of the symbol's own market from the reference close to the resolving close: every day for a coin. 0 when
 * the rule is not about a close.
 * @throws RangeError outside the market's calendar
 */
export const horizonDaysOf = (proposition: Proposition | null): number => {
  if (proposition?.rule.type !== 'close_above') return 0;
  const { symbol, referenceDate, resolveDate } = proposition.rule;
  return tradingDays(marketOfSymbol(symbol), referenceDate, resolveDate).filter((day) => day > referenceDate)
    .length;
};

/** Drops bars after the reference close, so that a caller's slip can never become look-ahead. */
export const barsUpToReference = (bars: readonly Bar[], proposition: Proposition | null): readonly Bar[] => {
  if (proposition?.rule.type !== 'close_above') return bars;
  const { referenceDate } = proposition.rule;
  return bars.filter((bar) => bar.date <= referenceDate);
};
