// Reads figures out of SEC company facts as they stood at an instant: every fact carries its filing date, so
// this source serves any as-of without look-ahead.
import { z } from 'zod';
import { addDays, daysBetween } from '../domain/market/iso-date';
import type { IsoDate, IsoInstant } from '../domain/world';

const factSchema = z.object({
  start: z.string().optional(),
  end: z.string(),
  val: z.number(),
  form: z.string(),
  filed: z.string(),
});
export type SecFact = z.infer<typeof factSchema>;

const conceptSchema = z.object({ units: z.record(z.string(), z.array(factSchema)) });
export const companyFactsSchema = z.object({
  cik: z.number().optional(),
  entityName: z.string(),
  facts: z.record(z.string(), z.record(z.string(), conceptSchema)),
});
export type CompanyFacts = z.infer<typeof companyFactsSchema>;

/** Figures over a year, with the concepts that filers have used for them, newest name first. */
const YEARLY: Readonly<Record<string, readonly string[]>> = {
  revenue: [
    'RevenueFromContractWithCustomerExcludingAssessedTax',
    'RevenueFromContractWithCustomerIncludingAssessedTax',
    'Revenues',
    'SalesRevenueNet',
  ],
  netIncome: ['NetIncomeLoss', 'ProfitLoss'],
  operatingIncome: ['OperatingIncomeLoss'],
  operatingCashFlow: ['NetCashProvidedByUsedInOperatingActivities'],
  capitalExpenditure: ['PaymentsToAcquirePropertyPlantAndEquipment', 'PaymentsToAcquireProductiveAssets'],
  epsDiluted: ['EarningsPerShareDiluted'],
};

/** Figures at a balance-sheet date. */
const AT_DATE: Readonly<Record<string, readonly string[]>> = {
  totalAssets: ['Assets'],
  totalLiabilities: ['Liabilities'],
  currentAssets: ['AssetsCurrent'],
  currentLiabilities: ['LiabilitiesCurrent'],
  equity: ['StockholdersEquity', 'StockholdersEquityIncludingPortionAttributableToNoncontrollingInterest'],
  cash: ['CashAndCashEquivalentsAtCarryingValue'],
  longTermDebt: ['LongTermDebtNoncurrent', 'LongTermDebt'],
  sharesOutstanding: ['EntityCommonStockSharesOutstanding', 'CommonStockSharesOutstanding'],
};

/**
 * From when a filing counts as public: 05:00 UTC of the next day, past the end of EDGAR's filing day in New
 * York (22:00), since company facts give the day only.
 */
export const publicFrom = (filed: IsoDate): IsoInstant => `${addDays(filed, 1)}T05:00:00.000Z`;

/** What stands in one currency at one instant. */
interface Known {
  readonly facts: CompanyFacts;
  readonly asOf: IsoInstant;
  readonly currency: string;
  /** The newest period of all that is known. */
  readonly newest: IsoDate;
}

type Units = Readonly<Record<string, readonly SecFact[]>>;

const unitsOf = (facts: CompanyFacts, concept: string, asOf: IsoInstant): Units => {
  const found = facts.facts['us-gaap']?.[concept] ?? facts.facts.dei?.[concept];
  const isPublic = ({ filed }: SecFact): boolean => Date.parse(publicFrom(filed)) <= Date.parse(asOf);
  return Object.fromEntries(
    Object.entries(found?.units ?? {}).map(([unit, all]) => [unit, all.filter(isPublic)]),
  );
};

/** Older than this against the newest period, a figure is of another time: its concept is no longer used. */
const MAX_BEHIND_DAYS = 400;
const isCurrent = (fact: SecFact, newest: IsoDate): boolean =>
  daysBetween(fact.end, newest) <= MAX_BEHIND_DAYS;

/** The unit of most facts of the newest periods: some filers add a column in dollars for convenience. */
const knownAt = (facts: CompanyFacts, asOf: IsoInstant): Known | null => {
  const concepts = [...Object.values(YEARLY), ...Object.values(AT_DATE)].flat();
  const all = concepts.flatMap((concept) =>
    Object.entries(unitsOf(facts, concept, asOf)).flatMap(([unit, list]) =>
      list.map((fact) => ({ unit, fact })),
    ),
  );
  const newest = all
    .map(({ fact }) => fact.end)
    .toSorted()
    .at(-1);
  if (newest === undefined) return null;
  const counts = new Map<string, number>();
  for (const { unit, fact } of all)
    if (/^[A-Z]{3}$/.test(unit) && isCurrent(fact, newest)) counts.set(unit, (counts.get(unit) ?? 0) + 1);
  const [most] = [...counts].toSorted(([, a], [, b]) => b - a);
  return most ? { facts, asOf, currency: most[0], newest } : null;
};

const factsOf = ({ facts, asOf, currency }: Known, concept: string): readonly SecFact[] => {
  const units = unitsOf(facts, concept, asOf);
  return units[currency] ?? units[`${currency}/shares`] ?? units.shares ?? [];
};

/** Latest period first; of one period the latest filing that was public. Equals keep their order. */
const newestFirst = (a: SecFact, b: SecFact): number =>
  b.end.localeCompare(a.end) || b.filed.localeCompare(a.filed);

/** A fiscal year has 52 or 53 weeks. */
const isYear = (fact: SecFact): boolean => {
  const days = fact.start === undefined ? 0 : daysBetween(fact.start, fact.end);
  return days >= 350 && days <= 380;
};

/** Of several names for one figure, the series with the newest period wins, then the name that stands first. */
const pick = (
  known: Known,
  concepts: readonly string[],
  keep: (fact: SecFact) => boolean,
): readonly SecFact[] =>
  concepts
    .map((concept) => factsOf(known, concept).filter(keep).toSorted(newestFirst))
    .filter((list) => list[0] && isCurrent(list[0], known.newest))
    .toSorted((a, b) => newestFirst(a[0]!, b[0]!))[0] ?? [];

export interface SecFigures {
  /** With `accountsCurrency`, in which those of money are. */
  readonly figures: Readonly<Record<string, number | string>>;
  /** When the newest fact used became public; null when there is none. */
  readonly publicAt: IsoInstant | null;
}

type SeriesByName = Readonly<Record<string, readonly SecFact[]>>;

const RATIOS: Readonly<Record<string, readonly [top: string, bottom: string]>> = {
  profitMargins: ['netIncome', 'revenue'],
  operatingMargins: ['operatingIncome', 'revenue'],
  returnOnEquity: ['netIncome', 'equity'],
  currentRatio: ['currentAssets', 'currentLiabilities'],
  liabilitiesToEquity: ['totalLiabilities', 'equity'],
};

/**
 * Both of one period and the lower above zero, else there is no ratio: a loss over negative equity would look like a
 * return, and debts over it like none.
 */
const ratioOf = (series: SeriesByName, [top, bottom]: readonly [string, string]): number | null => {
  const above = series[top]?.[0];
  const below = above && series[bottom]?.find(({ end }) => end === above.end);
  return above && below && below.val > 0 ? above.val / below.val : null;
};

/** On the year before; null where that is missing. */
const growthOf = ([newest, ...before]: readonly SecFact[]): number | null => {
  if (!newest) return null;
  const past = before.find(({ end }) => daysBetween(end, newest.end) > 300);
  if (!past || daysBetween(past.end, newest.end) > MAX_BEHIND_DAYS || past.val <= 0) return null;
  return newest.val / past.val - 1;
};

/** Prices of those who file are in dollars; a result per share in another currency is no measure of them. */
const seriesOf = (known: Known): SeriesByName => {
  const yearly = Object.entries(YEARLY)
    .filter(([name]) => name !== 'epsDiluted' || known.currency === 'USD')
    .map(([name, concepts]) => [name, pick(known, concepts, isYear)] as const);
  const atDate = Object.entries(AT_DATE).map(
    ([name, concepts]) => [name, pick(known, concepts, (fact) => fact.start === undefined)] as const,
  );
  return Object.fromEntries([...yearly, ...atDate].filter(([, list]) => list.length > 0));
};

/** The newest yearly and balance-sheet figures public at `asOf`, growth on the year before, and ratios. */
export const secFiguresAt = (facts: CompanyFacts, asOf: IsoInstant): SecFigures => {
  const known = knownAt(facts, asOf);
  const series = known ? seriesOf(known) : {};
  const newest = Object.entries(series).map(([name, list]) => [name, list[0]!] as const);
  if (known === null || newest.length === 0) return { figures: {}, publicAt: null };
  const growth = newest
    .filter(([name]) => name in YEARLY)
    .map(([name]) => [`${name}Growth`, growthOf(series[name]!)] as const);
  const ratios = Object.entries(RATIOS).map(([name, parts]) => [name, ratioOf(series, parts)] as const);
  const filed = newest.map(([, fact]) => fact.filed).toSorted();
  return {
    figures: {
      accountsCurrency: known.currency,
      ...Object.fromEntries(newest.map(([name, fact]) => [name, fact.val])),
      ...Object.fromEntries([...growth, ...ratios].filter(([, value]) => value !== null)),
    } as Record<string, number | string>,
    publicAt: publicFrom(filed.at(-1)!),
  };
};
