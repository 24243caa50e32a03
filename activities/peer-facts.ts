// Sector and peers of a symbol as facts of its dossier, so that a brief compares from the feed and not from
// memory. A peer whose prices cannot be had is left out; none is worth a failed brief.
import { knownBars } from '../domain/market/as-of';
import type { Bar } from '../domain/market/bar';
import { marketOfSymbol } from '../domain/market/market';
import { peersOf, sectorOf } from '../domain/market/sectors';
import type { IsoInstant } from '../domain/world';
import { peerFigures } from '../providers/house/brief-figures';
import { type PriceSource, SourceFailure } from '../sources/port';

/** Few, because each is one more question to the price source. */
const PEERS = 3;
/** A month of bars and room for holidays. */
const BAR_DAYS = 30;

export interface PeerQuestion {
  readonly symbol: string;
  readonly asOf: IsoInstant;
  readonly signal: AbortSignal;
  readonly prices: PriceSource;
  /** As its fundamentals say; null takes the project's own list. */
  readonly sector: string | null;
  readonly industry: string | null;
}

const barsOf = async (
  { asOf, signal, prices }: PeerQuestion,
  peer: string,
): Promise<readonly (readonly [string, readonly Bar[]])[]> => {
  try {
    const { bars } = await prices.dailyBars({ symbol: peer, asOf, signal, days: BAR_DAYS });
    return [[peer, knownBars(bars, marketOfSymbol(peer), asOf)]];
  } catch (error) {
    if (error instanceof SourceFailure) return [];
    throw error;
  }
};

/** `sector`, `industry`, `peers` (how many), `peerSymbols` and `peerMedianReturn21dPercent`, as far as known. */
export const peerFacts = async (
  question: PeerQuestion,
): Promise<Readonly<Record<string, number | string>>> => {
  const { symbol, industry } = question;
  const sector = question.sector ?? sectorOf(symbol);
  const found = (await Promise.all(peersOf(symbol, PEERS).map((peer) => barsOf(question, peer)))).flat();
  const figures = peerFigures(Object.fromEntries(found));
  return {
    ...(sector === null ? {} : { sector }),
    ...(industry === null ? {} : { industry }),
    ...figures,
    ...(figures.peers === undefined ? {} : { peerSymbols: found.map(([peer]) => peer).join(', ') }),
  };
};
