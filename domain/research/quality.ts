// The rule-based quality of a brief, 0-100 (A1, A10): is it complete, do the numbers in its text come from the
// data feed, are its sources present and fresh? It costs nothing, so that it runs on every brief.
import type { IsoInstant } from '../world';
import type { BriefContent, ResearchKind, SourceItem } from './brief';
import { isSupported, numbersIn } from './text-numbers';
import { knownUpcoming } from './upcoming';

export interface QualityQuestion {
  readonly content: BriefContent;
  readonly sources: readonly SourceItem[];
  readonly kind: ResearchKind;
  /** Everything the data feed knows, by name; null when the feed had nothing to check against. */
  readonly feed: Readonly<Record<string, number>> | null;
  readonly asOf: IsoInstant;
  /** Events ahead that the sources know; absent: the days that the brief names are not compared. */
  readonly upcoming?: readonly string[];
}

export interface QualityPart {
  readonly part: 'structure' | 'numbers' | 'sources' | 'freshness';
  readonly points: number;
  readonly of: number;
}

export interface QualityVerdict {
  /** 0-100. */
  readonly quality: number;
  readonly parts: readonly QualityPart[];
  readonly problems: readonly string[];
  /** Numbers in the text that neither feed nor sources know. */
  readonly unsupported: readonly string[];
  /** Figures that contradict the feed. */
  readonly contradicted: readonly string[];
}

/** At most this much is what a brief with wrong or future facts is worth, and what is said to be of low quality. */
const LOW_QUALITY = 40;

/** One sentence for whatever rests on such a brief; null where its quality, 0-100, is not low. */
export const lowQualityText = (quality: number): string | null =>
  quality <= LOW_QUALITY ? `The brief it rests on is of low quality: ${Math.round(quality)} of 100` : null;

/** Wrong numbers weigh as much as a missing half: readers bet on numbers. */
const POINTS = { structure: 35, numbers: 35, sources: 15, freshness: 15 } as const;

interface Missing {
  readonly problem: string;
  readonly points: number;
  readonly holds: boolean;
}

const structure = ({ content, kind }: QualityQuestion): readonly Missing[] => {
  const needsPrices = kind === 'complete' || kind === 'technical';
  return [
    {
      problem: 'the thesis is shorter than 60 characters',
      points: 10,
      holds: content.thesis.trim().length >= 60,
    },
    {
      problem: 'fewer than two drivers',
      points: 7,
      holds: content.drivers.filter((one) => one.trim()).length >= 2,
    },
    { problem: 'no risk is named', points: 7, holds: content.risks.some((one) => one.trim() !== '') },
    { problem: 'no sector or peer comparison', points: 4, holds: content.peers.trim().length >= 10 },
    {
      problem: 'no volatility context',
      points: 4,
      holds: !needsPrices || content.volatility.trim().length >= 10,
    },
    { problem: 'no figure from the data feed', points: 3, holds: Object.keys(content.figures).length > 0 },
  ];
};

const textOf = (content: BriefContent): string =>
  [
    content.thesis,
    ...content.drivers,
    ...content.risks,
    content.peers,
    content.volatility,
    ...content.upcoming,
  ].join('\n');

/** The room that rounding needs: half a per cent of the figure, and a hundredth of a per cent of a share. */
const ROUNDING = 0.005;
const ROUNDING_OF_SHARES = 1e-4;

/** Rounding leaves the sign as it is. */
const agrees = (told: number, known: number): boolean =>
  told * known >= 0 &&
  Math.abs(told - known) <= Math.abs(known) * ROUNDING + (Math.abs(known) < 1 ? ROUNDING_OF_SHARES : 0);

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Names of figures whose value differs from the feed's of the same name (case and punctuation ignored). */
export const contradictedFigures = (
  figures: Readonly<Record<string, number>>,
  feed: Readonly<Record<string, number>>,
): readonly string[] => {
  const known = new Map(Object.entries(feed).map(([name, value]) => [plain(name), value]));
  return Object.entries(figures)
    .filter(([name, value]) => {
      const other = known.get(plain(name));
      return !Number.isFinite(value) || (other !== undefined && !agrees(value, other));
    })
    .map(([name]) => name);
};

/**
 * The figures that a stored brief may carry: names that the feed knows, with the feed's values. What a model adds
 * from memory, or from a document, is no figure.
 */
export const figuresFromFeed = (
  figures: Readonly<Record<string, number>>,
  feed: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> => {
  const known = new Map(Object.entries(feed).map(([name, value]) => [plain(name), value]));
  return Object.fromEntries(
    Object.keys(figures).flatMap((name) => {
      const value = known.get(plain(name));
      return value === undefined || !Number.isFinite(value) ? [] : [[name, value]];
    }),
  );
};

/**
 * Numbers of the text that no feed figure and no source's text supports. A figure of the brief itself supports
 * them only where there is no feed: else a model could vouch for what it made up.
 */
const unsupportedNumbers = (question: QualityQuestion): readonly string[] => {
  const { content, sources, feed } = question;
  const quoted = textsOf(sources).flatMap((text) => numbersIn(text).map(({ value }) => value));
  const known = [...Object.values(feed ?? content.figures), ...quoted].filter(Number.isFinite);
  const claims = numbersIn(textOf(content));
  return [...new Set(claims.filter((claim) => !isSupported(claim, known)).map((claim) => claim.written))];
};

/** What a brief's sources say, for looking up what it claims. */
export const textsOf = (sources: readonly SourceItem[]): readonly string[] =>
  sources.map((item) => `${item.title}\n${item.text ?? ''}`);

const madeUpEvents = ({ content, sources, upcoming }: QualityQuestion): readonly string[] =>
  upcoming === undefined ? [] : knownUpcoming(content.upcoming, { upcoming, texts: textsOf(sources) }).madeUp;

/** Days after which a kind's newest source is stale: a filing holds for a quarter, a headline for days. */
const FRESH_DAYS: Readonly<Record<ResearchKind, number>> = {
  complete: 7,
  technical: 5,
  web: 7,
  financial: 120,
};

const freshness = ({ sources, kind, asOf }: QualityQuestion): Missing => {
  const newest = Math.max(...sources.map((item) => Date.parse(item.publicAt)).filter(Number.isFinite));
  const ageDays = (Date.parse(asOf) - newest) / 86_400_000;
  return {
    problem: Number.isFinite(newest)
      ? `the newest source is ${Math.floor(ageDays)} days old`
      : 'no source has a date',
    points: POINTS.freshness,
    holds: ageDays <= FRESH_DAYS[kind],
  };
};

/**
 * The verdict. A source that was not public at the as-of instant, or a figure that contradicts the feed, caps
 * the quality at LOW_QUALITY whatever else is right: the one is look-ahead, the other wrong.
 */
export const briefQuality = (question: QualityQuestion): QualityVerdict => {
  const missing = structure(question).filter((one) => !one.holds);
  const contradicted =
    question.feed === null ? [] : contradictedFigures(question.content.figures, question.feed);
  const unsupported = unsupportedNumbers(question);
  const madeUp = madeUpEvents(question);
  const fresh = freshness(question);
  const ahead = question.sources.filter((item) => Date.parse(item.publicAt) > Date.parse(question.asOf));
  const sourced = Math.min(1, new Set(question.sources.map((item) => item.source)).size / 2);
  const parts: readonly QualityPart[] = [
    {
      part: 'structure',
      points: POINTS.structure - missing.reduce((sum, one) => sum + one.points, 0),
      of: POINTS.structure,
    },
    {
      part: 'numbers',
      points: Math.max(
        0,
        POINTS.numbers - 7 * (unsupported.length + madeUp.length) - 20 * contradicted.length,
      ),
      of: POINTS.numbers,
    },
    { part: 'sources', points: Math.round(POINTS.sources * sourced), of: POINTS.sources },
    { part: 'freshness', points: fresh.holds ? POINTS.freshness : 0, of: POINTS.freshness },
  ];
  const sum = parts.reduce((total, one) => total + one.points, 0);
  const broken = ahead.length > 0 || contradicted.length > 0;
  return {
    quality: broken ? Math.min(LOW_QUALITY, sum) : sum,
    parts,
    problems: [
      ...missing.map((one) => one.problem),
      ...unsupported.map((written) => `${written} in the text is in no data`),
      ...madeUp.map((line) => `the day of "${line}" is in no data`),
      ...contradicted.map((name) => `figure ${name} contradicts the data feed`),
      ...(question.sources.length === 0 ? ['no source is cited'] : []),
      ...(fresh.holds ? [] : [fresh.problem]),
      ...ahead.map((item) => `a source of ${item.source} was not public at the as-of instant`),
    ],
    unsupported,
    contradicted,
  };
};
