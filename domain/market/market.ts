// Where a symbol trades: five exchanges with a calendar, and two kinds of market that never close.
import { EXCHANGE_CALENDARS } from './exchange-calendars';
import { normaliseSymbol, parseSubject, type Subject } from './subject';

export const EXCHANGES = ['XETR', 'XNYS', 'XLON', 'XPAR', 'XTKS'] as const;
export type Exchange = (typeof EXCHANGES)[number];

/** Always open: a day is a UTC day, its "close" is the following midnight. */
const ALWAYS_OPEN_MARKETS = ['CRYPTO', 'PREDICTION'] as const;
export type AlwaysOpenMarket = (typeof ALWAYS_OPEN_MARKETS)[number];

export type Market = Exchange | AlwaysOpenMarket;
export const MARKETS: readonly Market[] = [...EXCHANGES, ...ALWAYS_OPEN_MARKETS];

export const isAlwaysOpen = (market: Market): market is AlwaysOpenMarket =>
  ALWAYS_OPEN_MARKETS.includes(market as AlwaysOpenMarket);

/**
 * Reads a market's code, case aside.
 * @throws RangeError naming the accepted codes.
 */
export const parseMarket = (text: string, field = 'market'): Market => {
  const code = text.trim().toUpperCase() as Market;
  if (!MARKETS.includes(code)) {
    throw new RangeError(`${field} "${text}" is unknown; accepted: ${MARKETS.join(', ')}`);
  }
  return code;
};

/** IANA zone of the market's local time; UTC for those that never close. */
export const zoneOf = (market: Market): string =>
  isAlwaysOpen(market) ? 'UTC' : EXCHANGE_CALENDARS[market].zone;

const SYMBOL = /^[A-Z0-9^][A-Z0-9.^=&-]{0,19}$/;

/**
 * Reads a symbol, case and spaces aside.
 * @throws RangeError unless it could be one: letters, digits and `. - ^ = &`, at most 20.
 */
export const parseSymbol = (text: string, field = 'symbol'): string => {
  const symbol = normaliseSymbol(text);
  if (!SYMBOL.test(symbol)) {
    throw new RangeError(
      `${field} "${text}" is not a symbol; accepted: up to 20 letters, digits and . - ^ = &, such as AAPL, SAP.DE, BTC-USD or ^GSPC`,
    );
  }
  return symbol;
};

const SUFFIXES: Readonly<Record<string, Exchange>> = { DE: 'XETR', L: 'XLON', PA: 'XPAR', T: 'XTKS' };
const SUFFIX = /\.([A-Z]+)$/;
const CRYPTO = /-USD$/;

const suffixOf = (symbol: string): string | undefined => SUFFIX.exec(normaliseSymbol(symbol))?.[1];

/** Null for a suffix of an exchange without a calendar. */
const knownMarket = (name: string): Market | null => {
  if (CRYPTO.test(name)) return 'CRYPTO';
  const suffix = suffixOf(name);
  if (suffix === undefined || /^[ABC]$/.test(suffix)) return 'XNYS';
  return SUFFIXES[suffix] ?? null;
};

/** Of an exchange; the usual convention for annualising daily returns. */
export const TRADING_DAYS_PER_YEAR = 252;

/** Days of a year on which a market trades, for annualising: 365 where every day trades, else 252. */
export const tradingDaysPerYear = (market: Market): number =>
  isAlwaysOpen(market) ? 365 : TRADING_DAYS_PER_YEAR;

/** The same by symbol; 252 also on an exchange without a calendar. */
export const tradingDaysPerYearOfSymbol = (symbol: string): number =>
  tradingDaysPerYear(knownMarket(normaliseSymbol(symbol)) ?? 'XNYS');

/**
 * The market a symbol trades on, by Yahoo's spelling: `.DE` XETR, `.L` XLON, `.PA` XPAR, `.T` XTKS,
 * `-USD` CRYPTO, no suffix XNYS. Class shares such as `BRK.B` count as having none.
 * @throws RangeError for a suffix of an exchange without a calendar.
 */
export const marketOfSymbol = (symbol: string): Market => {
  const market = knownMarket(normaliseSymbol(symbol));
  if (market === null) {
    const accepted = Object.keys(SUFFIXES).map((key) => `.${key}`);
    throw new RangeError(
      `symbol "${symbol}" has the suffix .${suffixOf(symbol)}, whose exchange has no calendar here; accepted: ${accepted.join(', ')}, -USD or none`,
    );
  }
  return market;
};

/** Null for what trades nowhere, or on an exchange without a calendar. */
export const marketOfSubject = (subject: Subject): Market | null => {
  const { kind, name } = parseSubject(subject);
  if (kind === 'equity') return knownMarket(name);
  return kind === 'market' ? 'PREDICTION' : null;
};

/** The currency unit a market's symbols are quoted in: ISO 4217, or `GBp` for London's pence. */
export const currencyOfMarket = (market: Market): string =>
  isAlwaysOpen(market) ? 'USD' : EXCHANGE_CALENDARS[market].currency;
