// Makes propositions: from bars, from a venue's quote, from a recorded question. Ids are readable and depend
// only on world, subject, rule and dates, so that every process makes the same one.
import type { IsoDate, IsoInstant, WorldId } from '../world';
import { knownBars } from './as-of';
import type { Bar } from './bar';
import { baseRateOfUp } from './base-rate';
import { addTradingDays, sessionTimes, tradingDays } from './calendar';
import { CALENDAR_FIRST_DAY, CALENDAR_LAST_DAY } from './exchange-calendars';
import { addDays, instantAt } from './iso-date';
import { isAlwaysOpen, type Market } from './market';
import type { Proposition, ResolutionRule } from './proposition';
import type { RecordedQuestion, VenueQuote } from './quote';
import { equitySubject, normaliseSymbol } from './subject';

const DEFAULT_HORIZON_DAYS = 5;

export interface EquityPropositionInput {
  readonly world: WorldId;
  readonly symbol: string;
  /** Oldest first; those not known at `asOf` are ignored. */
  readonly bars: readonly Bar[];
  readonly exchange: Market;
  readonly asOf: IsoInstant;
  /** Trading days ahead; 5 when absent. */
  readonly horizonDays?: number;
}

const checkedHorizon = (days: number): number => {
  if (!Number.isInteger(days) || days < 1 || days > 250) {
    throw new RangeError(`horizonDays is ${days}; accepted: a whole number of trading days from 1 to 250`);
  }
  return days;
};

/** @throws RangeError when the question would already be answered: the bars end too long before the as-of. */
const assertOpen = (symbol: string, lastDate: string, resolvesAt: IsoInstant, asOf: IsoInstant): void => {
  if (Date.parse(resolvesAt) > Date.parse(asOf)) return;
  throw new RangeError(
    `bars of ${symbol} end on ${lastDate}, too long before the as-of ${asOf}: the question would have resolved at ${resolvesAt}`,
  );
};

type CloseAbove = Extract<ResolutionRule, { readonly type: 'close_above' }>;

const closeAboveText = (rule: Omit<CloseAbove, 'type'>): string =>
  `The close of ${rule.symbol} on ${rule.resolveDate} is above its close of ${rule.referenceClose} on ${rule.referenceDate}`;

/**
 * The same question in the prices of these bars. It is stored once, and a split since then moves every bar that whoever
 * answers sees, but not the close that the statement names.
 */
export const inPricesOf = (proposition: Proposition, bars: readonly Bar[]): Proposition => {
  const { rule } = proposition;
  if (rule.type !== 'close_above') return proposition;
  const close = bars.find(({ date }) => date === rule.referenceDate)?.close;
  if (close === undefined || close === rule.referenceClose) return proposition;
  const restated = { ...rule, referenceClose: close };
  return { ...proposition, statement: closeAboveText(restated), rule: restated };
};

/**
 * "The close h trading days after the last known close is above it", priced at the as-of base rate.
 * @throws RangeError when no bar is known at the as-of, when the bars end so early that the question has
 * resolved, or when it would resolve beyond the calendar.
 */
export const equityProposition = (input: EquityPropositionInput): Proposition => {
  const horizonDays = checkedHorizon(input.horizonDays ?? DEFAULT_HORIZON_DAYS);
  const symbol = normaliseSymbol(input.symbol);
  const bars = knownBars(input.bars, input.exchange, input.asOf);
  const last = bars.at(-1);
  if (!last) throw new RangeError(`no bar of ${symbol} was known at ${input.asOf}`);
  const resolveDate = addTradingDays(input.exchange, last.date, horizonDays);
  const resolvesAt = sessionTimes(input.exchange, resolveDate).closeUtc;
  const knownAt = sessionTimes(input.exchange, last.date).closeUtc;
  assertOpen(symbol, last.date, resolvesAt, input.asOf);
  const priceOfYes = baseRateOfUp(bars, horizonDays);
  const subject = equitySubject(symbol);
  return {
    id: `${input.world}/${subject}/close-above/${last.date}/${resolveDate}`,
    world: input.world,
    subject,
    statement: closeAboveText({
      ...{ symbol, resolveDate },
      ...{ referenceDate: last.date, referenceClose: last.close },
    }),
    category: isAlwaysOpen(input.exchange) ? 'crypto' : 'equity',
    asOf: knownAt,
    resolvesAt,
    rule: {
      type: 'close_above',
      symbol,
      referenceDate: last.date,
      referenceClose: last.close,
      resolveDate,
    },
    priceOfYes,
    priceAt: priceOfYes === null ? null : knownAt,
  };
};

/** Calendar days that cover so many trading days, with the longest closures of any market. */
const calendarDaysOf = (tradingDayCount: number): number => 2 * tradingDayCount + 14;

const withinCalendars = (date: IsoDate): IsoDate => {
  if (date < CALENDAR_FIRST_DAY) return CALENDAR_FIRST_DAY;
  return date > CALENDAR_LAST_DAY ? CALENDAR_LAST_DAY : date;
};

/**
 * First and last day of each equity proposition of a horizon that may be asked in a period: the bars known then may end
 * any time before it from which the question is still open.
 */
export const questionSpans = (
  market: Market,
  { from, to, horizonDays }: { readonly from: IsoDate; readonly to: IsoDate; readonly horizonDays: number },
): readonly (readonly [reference: IsoDate, resolve: IsoDate])[] => {
  const reach = calendarDaysOf(checkedHorizon(horizonDays));
  const known = (date: IsoDate): IsoDate => (isAlwaysOpen(market) ? date : withinCalendars(date));
  const days = tradingDays(market, known(addDays(from, -reach)), known(addDays(to, reach)));
  return days.flatMap((reference, index) => {
    const resolve = days[index + horizonDays];
    return reference <= to && resolve !== undefined ? [[reference, resolve] as const] : [];
  });
};

/** "The venue settles the contract to yes", priced at the venue's price where it has one. */
export const venueProposition = (input: {
  readonly world: WorldId;
  readonly quote: VenueQuote;
}): Proposition => {
  const { world, quote } = input;
  const subject = `market:${quote.venue}/${quote.contract}`;
  return {
    id: `${world}/${subject}/settlement`,
    world,
    subject,
    statement: quote.title,
    category: quote.category || 'prediction_market',
    asOf: quote.quotedAt,
    resolvesAt: quote.closesAt,
    rule: { type: 'venue_settlement', venue: quote.venue, contract: quote.contract },
    priceOfYes: quote.priceOfYes,
    priceAt: quote.quotedAt,
  };
};

/** Price and its instant as known on the due date: that day's, else the frozen one. */
const recordedPrice = (row: RecordedQuestion): Pick<Proposition, 'priceOfYes' | 'priceAt'> => {
  if (row.marketValueDue !== null) {
    return { priceOfYes: row.marketValueDue, priceAt: instantAt(row.forecastDueDate, 0) };
  }
  if (row.marketValueFreeze === null) return { priceOfYes: null, priceAt: null };
  return {
    priceOfYes: row.marketValueFreeze,
    priceAt: instantAt(row.marketDate ?? row.forecastDueDate, 0),
  };
};

/** A recorded question as a proposition whose outcome is imported; resolves at the end of its UTC day. */
export const recordedQuestionProposition = (input: {
  readonly world: WorldId;
  readonly row: RecordedQuestion;
}): Proposition => {
  const { world, row } = input;
  const subject = `question:${row.rowId}`;
  return {
    id: `${world}/${subject}`,
    world,
    subject,
    statement: row.question || `Recorded question ${row.rowId}`,
    category: row.category || row.source,
    asOf: instantAt(row.forecastDueDate, 0),
    resolvesAt: instantAt(row.resolutionDate, 24 * 60),
    rule: { type: 'manual' },
    ...recordedPrice(row),
  };
};
