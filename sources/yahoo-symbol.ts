// Yahoo's spelling of symbols, at its edge alone: everything else writes a class share as `BRK.B`.

/** `BRK-B` for `BRK.B`; any other symbol as it is. */
export const yahooSymbol = (symbol: string): string => symbol.replace(/^([A-Z]+)\.([ABC])$/, '$1-$2');

/** The spelling for a feed's address: hosts other than Yahoo's get the symbol as it is. */
export const feedSymbol = (host: string, symbol: string): string =>
  /(^|\.)yahoo\.com$/.test(host) ? yahooSymbol(symbol) : symbol;
