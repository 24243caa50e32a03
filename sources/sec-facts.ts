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
  capitalExpenditure: ['PaymentsToAcquirePropertyPlantAndEquipment'],
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

const factsOf = (facts: CompanyFacts, concept: string, asOf: IsoInstant): readonly SecFact[] => {
  const found = facts.facts['us-gaap']?.[concept] ?? facts.facts.dei?.[concept];
  const all = Object.values(found?.units ?? {}).flat();
  return all.filter((fact) => Date.parse(publicFrom(fact.filed)) <= Date.parse(asOf));
};

/** Latest period first; of one period the latest filing that was public. */
const newestFirst = (a: SecFact, b: SecFact): number =>
  a.end === b.end ? (a.filed < b.filed ? 1 : -1) : a.end < b.end ? 1 : -1;

/** A fiscal year has 52 or 53 weeks. */
const isYear = (fact: SecFact): boolean => {
  const days = fact.start === undefined ? 0 : daysBetween(fact.start, fact.end);
  return days >= 350 && days <= 380;
};

/** Of several names for one figure, the series with the newest period wins. */
const pick = (
  facts: CompanyFacts,
  concepts: readonly string[],
  asOf: IsoInstant,
  keep: (fact: SecFact) => boolean,
): readonly SecFact[] =>
  concepts
    .map((concept) => factsOf(facts, concept, asOf).filter(keep).toSorted(newestFirst))
    .filter((list) => list.length > 0)
    .toSorted((a, b) => newestFirst(a[0]!, b[0]!))[0] ?? [];

export interface SecFigures {
  readonly figures: Readonly<Record<string, number>>;
  /** When the newest fact used became public; null when there is none. */
  readonly publicAt: IsoInstant | null;
}

const ratio = (top: number | undefined, bottom: number | undefined): number | null =>
  top === undefined || bottom === undefined || bottom === 0 ? null : top / bottom;

const derived = (figures: Readonly<Record<string, number>>): Record<string, number | null> => ({
  profitMargins: ratio(figures.netIncome, figures.revenue),
  operatingMargins: ratio(figures.operatingIncome, figures.revenue),
  returnOnEquity: ratio(figures.netIncome, figures.equity),
  currentRatio: ratio(figures.currentAssets, figures.currentLiabilities),
  liabilitiesToEquity: ratio(figures.totalLiabilities, figures.equity),
});

/** The newest yearly and balance-sheet figures public at `asOf`, growth on the year before, and ratios. */
export const secFiguresAt = (facts: CompanyFacts, asOf: IsoInstant): SecFigures => {
  const figures: Record<string, number> = {};
  const filed: string[] = [];
  for (const [name, concepts] of Object.entries(YEARLY)) {
    const years = pick(facts, concepts, asOf, isYear);
    const newest = years[0];
    if (!newest) continue;
    figures[name] = newest.val;
    filed.push(newest.filed);
    const before = years.find((fact) => daysBetween(fact.end, newest.end) > 300);
    if (before && before.val > 0) figures[`${name}Growth`] = newest.val / before.val - 1;
  }
  for (const [name, concepts] of Object.entries(AT_DATE)) {
    const newest = pick(facts, concepts, asOf, (fact) => fact.start === undefined)[0];
    if (!newest) continue;
    figures[name] = newest.val;
    filed.push(newest.filed);
  }
  for (const [name, value] of Object.entries(derived(figures))) if (value !== null) figures[name] = value;
  const last = filed.sort().at(-1);
  return { figures, publicAt: last === undefined ? null : publicFrom(last) };
};
