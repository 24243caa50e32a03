// What a first run looks at when no watchlist has been made: large, liquid names of each market.

export const DEFAULT_WATCHLISTS: Readonly<Record<string, readonly string[]>> = {
  XNYS: ['equity:AAPL', 'equity:MSFT', 'equity:NVDA', 'equity:AMZN'],
  XETR: ['equity:SAP.DE', 'equity:SIE.DE', 'equity:ALV.DE', 'equity:DTE.DE'],
  XLON: ['equity:AZN.L', 'equity:SHEL.L', 'equity:HSBA.L', 'equity:ULVR.L'],
  XPAR: ['equity:MC.PA', 'equity:TTE.PA', 'equity:SAN.PA', 'equity:AIR.PA'],
  XTKS: ['equity:7203.T', 'equity:6758.T', 'equity:8306.T', 'equity:9984.T'],
  CRYPTO: ['equity:BTC-USD', 'equity:ETH-USD'],
};
