// Sector of well-known symbols, so that a brief can compare a subject with its peers without asking anyone.
// Sectors are named in the usual eleven-sector manner; assigned by the project, checked by no vendor.
import { normaliseSymbol } from './subject';

const SYMBOLS_BY_SECTOR: Readonly<Record<string, string>> = {
  'Information Technology':
    'AAPL MSFT NVDA AVGO AMD INTC QCOM TXN AMAT ADI LRCX KLAC MU MRVL NXPI ON ARM ASML MCHP GFS CSCO ADBE CRM ORCL IBM NOW INTU PANW CRWD FTNT ZS DDOG SNPS CDNS ADSK WDAY TEAM PLTR MSTR APP SHOP CTSH ROP CDW SAP.DE IFX.DE CAP.PA DSY.PA STMPA.PA SGE.L 6758.T 8035.T 6861.T 6857.T',
  'Communication Services':
    'GOOGL GOOG META NFLX DIS TMUS CMCSA CHTR WBD EA TTWO TTD T VZ DTE.DE ORA.PA PUB.PA VOD.L BT-A.L WPP.L 9432.T 9433.T 9434.T 9984.T 7974.T',
  'Consumer Discretionary':
    'AMZN TSLA BKNG SBUX MAR ABNB MELI PDD ORLY ROST LULU DASH HD MCD NKE LOW BMW.DE MBG.DE VOW3.DE P911.DE ADS.DE CON.DE ZAL.DE MC.PA RMS.PA KER.PA RNO.PA STLAP.PA NXT.L CPG.L 7203.T 7267.T 7201.T 9983.T',
  'Consumer Staples':
    'COST PEP KDP MDLZ MNST KHC CCEP WMT PG KO PM BEI.DE HEN3.DE OR.PA BN.PA RI.PA CA.PA ULVR.L DGE.L BATS.L TSCO.L SBRY.L 2914.T 2502.T',
  'Health Care':
    'AMGN GILD VRTX REGN ISRG AZN BIIB IDXX DXCM GEHC MRNA LLY JNJ UNH PFE MRK ABBV TMO BAYN.DE FRE.DE MRK.DE SHL.DE QIA.DE SAN.PA EL.PA AZN.L GSK.L HLN.L SN.L 4502.T 4568.T 4519.T',
  Financials:
    'PYPL JPM BAC WFC GS MS C V MA AXP BRK.B BLK ALV.DE MUV2.DE DBK.DE CBK.DE DB1.DE HNR1.DE BNP.PA GLE.PA ACA.PA CS.PA HSBA.L BARC.L LLOY.L NWG.L STAN.L PRU.L LSEG.L 8306.T 8316.T 8411.T 8766.T',
  Industrials:
    'HON CSX PCAR ODFL FAST CPRT CTAS PAYX ADP VRSK AXON TRI CAT GE BA UPS RTX DE SIE.DE AIR.DE ENR.DE RHM.DE MTX.DE DHL.DE DTG.DE AIR.PA SAF.PA SU.PA DG.PA HO.PA SGO.PA RR.L BA.L REL.L EXPN.L 6501.T 6503.T 7011.T 8058.T 8031.T 8001.T',
  Energy: 'FANG BKR XOM CVX COP SLB TTE.PA SHEL.L BP.L 5020.T 1605.T',
  Utilities: 'AEP EXC XEL CEG NEE DUK SO RWE.DE EOAN.DE ENGI.PA VIE.PA NG.L SSE.L CNA.L 9501.T 9503.T',
  Materials:
    'LIN FCX SHW NEM BAS.DE HEI.DE SY1.DE BNR.DE AI.PA MT.PA RIO.L AAL.L GLEN.L ANTO.L 4063.T 5401.T',
  'Real Estate': 'CSGP PLD AMT EQIX SPG VNA.DE URW.PA SGRO.L LAND.L 8801.T 8802.T',
  Crypto: 'BTC-USD ETH-USD SOL-USD XRP-USD ADA-USD AVAX-USD DOT-USD LINK-USD LTC-USD SUI-USD',
};

const SECTORS = new Map(
  Object.entries(SYMBOLS_BY_SECTOR).map(([sector, symbols]) => [sector, symbols.split(' ')]),
);
const SECTOR_OF = new Map([...SECTORS].flatMap(([sector, all]) => all.map((symbol) => [symbol, sector])));

/** Sector of a symbol, or null for one that is not listed here. */
export const sectorOf = (symbol: string): string | null => SECTOR_OF.get(normaliseSymbol(symbol)) ?? null;

const suffixOf = (symbol: string): string => /(\.(DE|L|PA|T)|-USD)$/.exec(symbol)?.[0] ?? '';

/**
 * Up to `limit` symbols of the same sector and the same exchange suffix, in the listed order, itself left out;
 * empty for a symbol that is not listed.
 */
export const peersOf = (symbol: string, limit = 5): readonly string[] => {
  const name = normaliseSymbol(symbol);
  const sector = SECTOR_OF.get(name);
  const all = sector === undefined ? [] : SECTORS.get(sector)!;
  const suffix = suffixOf(name);
  return all.filter((peer) => peer !== name && suffixOf(peer) === suffix).slice(0, limit);
};
