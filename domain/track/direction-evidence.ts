// Evidence that the desk's directions of shares beat the base rate (requirement B8): without it a direction is
// not sized. Looked at after every outcome, so it is an e-value.
import type { IsoInstant } from '../world';
import { entryPrice, type TradablePrice } from './entry-price';
import { BETTING_FRACTIONS } from './evidence';
import { brier } from './scoring';

/** One resolved decision about the direction of a share. */
export interface DirectionOutcome {
  readonly subject: string;
  readonly madeAt: IsoInstant;
  readonly resolvedAt: IsoInstant;
  /** The decision's probability of a rise. */
  readonly probability: number;
  /** The base rate it was compared with. */
  readonly baseRate: number;
  /** The resolving close is above the first price at which the decision could be traded (entry-price.ts). */
  readonly yes: boolean;
}

/** The decision with what its outcome keeps of the closes. */
export interface ResolvedDirection extends Omit<DirectionOutcome, 'yes'> {
  readonly entryPrices: readonly TradablePrice[] | null;
  readonly resolvingValue: number;
}

/** Judged by what came after it alone: a move from before was known to whoever decided. None without an entry. */
export const directionOf = ({
  entryPrices,
  resolvingValue,
  ...decision
}: ResolvedDirection): readonly DirectionOutcome[] => {
  const entry = entryPrice(entryPrices, decision.madeAt);
  return entry === null ? [] : [{ ...decision, yes: resolvingValue > entry }];
};

interface Day {
  readonly from: IsoInstant;
  readonly resolvedBy: IsoInstant;
  /** e-value of the day by betting fraction: the mean over symbols of 1 + fraction x gain. */
  readonly eValues: readonly number[];
}

/** Brier points gained against the base rate, in [-1, 1]. */
const gain = ({ probability, baseRate, yes }: DirectionOutcome): number => {
  const y = yes ? 1 : 0;
  return brier(baseRate, y) - brier(probability, y);
};

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const toDay = (rows: readonly DirectionOutcome[]): Day => {
  const gains = rows.map(gain);
  return {
    from: rows[0]!.madeAt,
    resolvedBy: rows
      .map(({ resolvedAt }) => resolvedAt)
      .sort(byText)
      .at(-1)!,
    eValues: BETTING_FRACTIONS.map(
      (fraction) => gains.reduce((sum, each) => sum + 1 + fraction * each, 0) / gains.length,
    ),
  };
};

/** One day's rows, one per symbol: the first of the day. */
const daysOf = (outcomes: readonly DirectionOutcome[]): readonly Day[] => {
  const days = new Map<string, Map<string, DirectionOutcome>>();
  const sorted = [...outcomes].sort((x, y) => byText(x.madeAt, y.madeAt) || byText(x.subject, y.subject));
  for (const row of sorted) {
    const date = row.madeAt.slice(0, 10);
    const day = days.get(date) ?? new Map<string, DirectionOutcome>();
    days.set(date, day);
    if (!day.has(row.subject)) day.set(row.subject, row);
  }
  return [...days.values()].map((rows) => toDay([...rows.values()]));
};

interface Chain {
  resolvedBy: IsoInstant;
  readonly logWealth: number[];
}

/**
 * e-value of the record against "no better than the base rate"; null without outcomes. One e-value per day,
 * averaged over symbols, whatever their dependence; multiplied along chains of days in which each begins after
 * the one before has resolved; averaged over the chains, whose number the calendar alone decides (betting test
 * of a bounded mean: Waudby-Smith and Ramdas 2024; averages of e-values: Vovk and Wang 2021).
 */
export const directionEValue = (outcomes: readonly DirectionOutcome[]): number | null => {
  const chains: Chain[] = [];
  for (const day of daysOf(outcomes)) {
    let chain = chains.find(({ resolvedBy }) => resolvedBy <= day.from);
    if (!chain) {
      chain = { resolvedBy: '', logWealth: BETTING_FRACTIONS.map(() => 0) };
      chains.push(chain);
    }
    chain.resolvedBy = day.resolvedBy;
    for (const [k, eValue] of day.eValues.entries()) chain.logWealth[k]! += Math.log(eValue);
  }
  if (chains.length === 0) return null;
  const wealth = chains.flatMap(({ logWealth }) => logWealth.map((log) => Math.exp(Math.min(700, log))));
  return Math.min(
    Number.MAX_VALUE,
    wealth.reduce((sum, each) => sum + each / wealth.length, 0),
  );
};
