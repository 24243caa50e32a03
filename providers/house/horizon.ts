// How far ahead a proposition looks, in trading days, as the bar models need it.
import type { Bar } from '../../domain/market/bar';
import type { Proposition } from '../../domain/market/proposition';

const DAY_MS = 86_400_000;

const weekdaysBetween = (from: string, to: string): number => {
  let days = 0;
  for (let at = Date.parse(from) + DAY_MS; at <= Date.parse(to); at += DAY_MS) {
    const weekday = new Date(at).getUTCDay();
    if (weekday !== 0 && weekday !== 6) days += 1;
  }
  return days;
};

/**
 * Weekdays from the reference close to the resolving close; exchange holidays in between, at most one or
 * two, do not matter to a statistic. 0 when the rule is not about a close.
 */
export const horizonDaysOf = (proposition: Proposition | null): number =>
  proposition?.rule.type === 'close_above'
    ? weekdaysBetween(proposition.rule.referenceDate, proposition.rule.resolveDate)
    : 0;

/** Drops bars after the reference close, so that a caller's slip can never become look-ahead. */
export const barsUpToReference = (bars: readonly Bar[], proposition: Proposition | null): readonly Bar[] => {
  if (proposition?.rule.type !== 'close_above') return bars;
  const { referenceDate } = proposition.rule;
  return bars.filter((bar) => bar.date <= referenceDate);
};
