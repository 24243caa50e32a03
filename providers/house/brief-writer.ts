// Writes a brief from data alone: no model, no memory, every figure from the bars and facts at hand. It is
// what keyless research is made of, and says so in its thesis.
import { isSeriesFigure } from '../../domain/market/figures';
import type { BriefContent, SourceItem } from '../../domain/research/brief';
import { figuresOfKind, materialOf } from '../../domain/research/kind-material';
import type { CallData } from '../port';
import { briefFigures } from './brief-figures';

type Figures = Readonly<Record<string, number>>;

const signed = (value: number): string => `${value >= 0 ? '+' : ''}${value} %`;

const HEADLINES_CITED = 5;
const FACTS_CITED = 12;

/** Facts beside the prices: what the bars say stands in the thesis, under names of its own. */
const numericFacts = (facts: CallData['facts']): Figures =>
  Object.fromEntries(
    Object.entries(facts ?? {}).filter(
      (entry): entry is [string, number] => Number.isFinite(entry[1]) && !isSeriesFigure(entry[0]),
    ),
  );

/** Compared in a sentence of their own. */
const isPeerFigure = (name: string): boolean => name === 'peers' || name.startsWith('peerMedian');

/** `trailingPE` as `trailing PE`, `revenueGrowth` as `revenue growth`. */
const inWords = (name: string): string =>
  name.replace(/([a-z])([A-Z0-9])/g, '$1 $2').replace(/\b[A-Z](?=[a-z])/g, (letter) => letter.toLowerCase());

/** Without an exponent, which neither people nor the checker of numbers read. */
const written = (value: number): string =>
  value.toLocaleString('en-US', { useGrouping: false, maximumSignificantDigits: 15 });

const sixDigits = (value: number): string => written(Number(value.toPrecision(6)));

const trendWord = (month: number): string => {
  if (month > 3) return 'rising';
  return month < -3 ? 'falling' : 'moving sideways';
};

/** What goes before the full stop after the last close: as much of a trend as the prices reach back for. */
const trendOf = ({ return5dPercent: week, return21dPercent: month }: Figures): string => {
  if (week === undefined) return '; the prices at hand are too few to tell a trend';
  if (month === undefined) return `: ${signed(week)} over five days`;
  return ` and has been ${trendWord(month)}: ${signed(week)} over five days, ${signed(month)} over a month of trading`;
};

const thesisOf = (name: string, figures: Figures, question: string | undefined): string => {
  const about = question ? ` The question: ${question}` : '';
  if (figures.lastClose === undefined)
    return `Written from data by the house, without a language model. No price history of ${name} is at hand.${about}`;
  const gap =
    figures.sma20 === undefined || figures.gapToSma20Percent === undefined
      ? ''
      : ` The close is ${signed(figures.gapToSma20Percent)} from its 20-day mean of ${written(figures.sma20)}.`;
  return `Written from data by the house, without a language model. ${name} last closed at ${written(figures.lastClose)}${trendOf(figures)}.${gap}${about}`;
};

const LONG_TRENDS = [63, 21] as const;

const driversOf = (figures: Figures, news: readonly SourceItem[], facts: Figures): readonly string[] => {
  const drivers: string[] = [];
  const long = LONG_TRENDS.find((days) => figures[`return${days}dPercent`] !== undefined);
  if (long !== undefined)
    drivers.push(`Trend: ${signed(figures[`return${long}dPercent`]!)} over ${long} trading days.`);
  if (figures.volumeRatio !== undefined)
    drivers.push(`Volume of the last day was ${figures.volumeRatio} times its monthly mean.`);
  const told = Object.entries(facts).filter(([name]) => !isPeerFigure(name));
  for (const [name, value] of told.slice(0, FACTS_CITED))
    drivers.push(`${inWords(name)}: ${sixDigits(value)}.`);
  for (const item of news.slice(0, HEADLINES_CITED))
    drivers.push(`${item.publicAt.slice(0, 10)}, ${item.source}: ${item.title.trim() || 'untitled'}`);
  return drivers.length > 0 ? drivers : ['No driver can be told from the data at hand.'];
};

const risksOf = (
  figures: Figures,
  news: readonly SourceItem[],
  upcoming: readonly string[],
): readonly string[] => {
  const risks: string[] = [];
  if ((figures.volatility20dPercentile ?? 0) >= 67)
    risks.push(
      `Volatility is in the upper third of its own history (percentile ${figures.volatility20dPercentile}).`,
    );
  if (Math.abs(figures.gapToSma20Percent ?? 0) >= 5)
    risks.push(`The close is stretched: ${signed(figures.gapToSma20Percent!)} from its 20-day mean.`);
  if (upcoming.length > 0) risks.push('An event ahead can move the price by more than its usual range.');
  if (news.length === 0) risks.push('No news was at hand; anything reported lately is missing here.');
  risks.push('Statistics of the past may not hold.');
  return risks;
};

const peersOf = (figures: Figures): string =>
  figures.peerMedianReturn21dPercent === undefined || figures.return21dPercent === undefined
    ? 'No peers were at hand for comparison.'
    : `Median of ${figures.peers} peers over a month: ${signed(figures.peerMedianReturn21dPercent)}, against ${signed(figures.return21dPercent)} here.`;

const rankText = ({ volatility20dPercentile: rank }: Figures): string =>
  rank === undefined ? '' : `; percentile ${rank} of its own history`;

const volatilityOf = (figures: Figures): string =>
  figures.volatility20dPercent === undefined
    ? 'No volatility can be computed.'
    : `20-day volatility is ${figures.volatility20dPercent} % a year, against ${figures.volatilityAllPercent} % over ${figures.days} days${rankText(figures)}.`;

/**
 * Fills a brief's content from bars, peers, news and facts, as far as its kind reads them.
 * @param name what the subject is called in the text
 */
export const writeHouseBrief = (data: CallData, name: string): BriefContent => {
  const kind = data.researchKind ?? 'complete';
  const material = materialOf(kind);
  const prices = material.prices || (data.news === undefined && data.facts === undefined);
  const news = material.news ? (data.news ?? []) : [];
  const facts = numericFacts(figuresOfKind(kind, data.facts ?? {}));
  const figures = prices ? briefFigures(data.bars ?? [], data.peers ?? {}) : {};
  const upcoming = data.upcoming ?? [];
  const question = data.proposition?.rule.type === 'close_above' ? undefined : data.proposition?.statement;
  const price = data.proposition?.rule.type === 'close_above' ? null : data.proposition?.priceOfYes;
  return {
    thesis: thesisOf(name, figures, question),
    drivers: driversOf(figures, news, facts),
    risks: risksOf(figures, news, upcoming),
    peers: peersOf({ ...facts, ...figures }),
    volatility: volatilityOf(figures),
    upcoming,
    figures: {
      ...figures,
      ...facts,
      ...(price === null || price === undefined ? {} : { marketPrice: price }),
    },
  };
};
