// Tells whether a text names a symbol, for feeds about all of the market: many symbols are words (`A`, `ON`), and
// without the suffix of their market other companies' symbols (`AI.PA`).
import { type Market, marketOfSubject } from '../domain/market/market';
import { equitySubject } from '../domain/market/subject';

/** How news name a market before a symbol, as in `(NYSE: A)`. */
const LISTED_AT: Readonly<Partial<Record<Market, string>>> = {
  XNYS: 'NYSE|NASDAQ|NYSEARCA|AMEX|CBOE|OTC',
  XETR: 'XETRA|ETR|FRA|FWB',
  XLON: 'LSE|LON|AIM',
  XPAR: 'EPA|EURONEXT|PAR',
  XTKS: 'TYO|TSE|TOKYO',
};
/** Shorter ones are words as well. */
const LEAST_NAME_CHARS = 3;

/** Class shares are written with a dot or a hyphen. */
const pattern = (name: string): string =>
  name.replace(/[^A-Z0-9]/g, (char) => (/[.-]/.test(char) ? '[.-]' : `\\${char}`));

const formsOf = (symbol: string): readonly string[] => {
  const market = marketOfSubject(equitySubject(symbol));
  const name = market === 'XNYS' ? symbol : symbol.replace(/[.-][A-Z]+$/, '');
  const plain = market === 'CRYPTO' ? [symbol, name] : [symbol];
  const listedAt = market ? LISTED_AT[market] : undefined;
  return [
    ...plain
      .filter((each) => each.length >= LEAST_NAME_CHARS)
      .map((each) => `(?<![A-Za-z0-9])${pattern(each)}`),
    ...(market === 'XNYS' || market === 'CRYPTO' ? [`\\$${pattern(name)}`] : []),
    ...(listedAt ? [`(?<![A-Za-z])(?:${listedAt})[^():]{0,20}:\\s?${pattern(name)}`] : []),
  ];
};

/**
 * Whether `text` names the symbol (in its one spelling): in full, as `$ABC`, or behind its market as `(NYSE: ABC)`. A coin
 * is named by `BTC` as well.
 */
export const namesSymbol = (text: string, symbol: string): boolean => {
  // Exchanges are written in any case, symbols in capitals.
  const told = text.replace(/\b(?:nasdaq|xetra|euronext|tokyo)\b/gi, (word) => word.toUpperCase());
  return formsOf(symbol).some((form) => new RegExp(`${form}(?![A-Za-z0-9])`).test(told));
};
