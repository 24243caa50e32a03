// Burn rate, the day on which a budget ends, and days on which spending was out of the ordinary (E4).
import type { IsoDate } from '../world';
import type { MicroUsd } from './micro-usd';

export interface DaySpend {
  /** UTC day. */
  readonly day: IsoDate;
  readonly spentMicroUsd: MicroUsd;
}

const DAY_MS = 86_400_000;
const dayMs = (day: IsoDate): number => Date.parse(`${day}T00:00:00.000Z`);
const dayAfter = (day: IsoDate, days: number): IsoDate =>
  new Date(dayMs(day) + days * DAY_MS).toISOString().slice(0, 10);

/** Every day from the first to the last of `spends`, those without spending included as 0. */
export const filledDays = (spends: readonly DaySpend[], lastDay: IsoDate): readonly DaySpend[] => {
  const byDay = new Map(spends.map((one) => [one.day, one.spentMicroUsd]));
  const first = [...byDay.keys()].sort()[0];
  if (first === undefined) return [];
  const count = Math.round((dayMs(lastDay) - dayMs(first)) / DAY_MS) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => {
    const day = dayAfter(first, index);
    return { day, spentMicroUsd: byDay.get(day) ?? 0 };
  });
};

/** Days looked back: two weeks hold two of each weekday, so that weekends weigh as they should. */
const BURN_WINDOW_DAYS = 14;

/** Mean micro-dollars per day over the last `windowDays` full days up to `lastFullDay`; 0 without any. */
export const burnRatePerDay = (
  spends: readonly DaySpend[],
  lastFullDay: IsoDate,
  windowDays: number = BURN_WINDOW_DAYS,
): MicroUsd => {
  const days = filledDays(
    spends.filter((one) => one.day <= lastFullDay),
    lastFullDay,
  ).slice(-windowDays);
  if (days.length === 0) return 0;
  return Math.round(days.reduce((sum, one) => sum + one.spentMicroUsd, 0) / days.length);
};

export interface BudgetForecast {
  readonly ratePerDayMicroUsd: MicroUsd;
  /** The day on which the limit is reached at this rate; null: not within the period. */
  readonly endsOn: IsoDate | null;
  /** Spending at the period's end at this rate. */
  readonly atPeriodEndMicroUsd: MicroUsd;
}

/**
 * When the budget of a period ends. `today` counts as a day still to come for what has not been spent on it.
 * Already spent: it ends today.
 */
export const forecastBudgetEnd = (question: {
  /** In the period, today's included. */
  readonly spentMicroUsd: MicroUsd;
  readonly spentTodayMicroUsd: MicroUsd;
  readonly limitMicroUsd: MicroUsd;
  readonly ratePerDayMicroUsd: MicroUsd;
  readonly today: IsoDate;
  /** Last day of the period. */
  readonly periodEnd: IsoDate;
}): BudgetForecast => {
  const { spentMicroUsd, spentTodayMicroUsd, limitMicroUsd, ratePerDayMicroUsd, today, periodEnd } = question;
  const daysLeft = Math.max(0, Math.round((dayMs(periodEnd) - dayMs(today)) / DAY_MS) + 1);
  // A day at this rate holds what was spent today already.
  const before = spentMicroUsd - Math.min(ratePerDayMicroUsd, spentTodayMicroUsd);
  const atPeriodEndMicroUsd = before + ratePerDayMicroUsd * daysLeft;
  const isSpent = spentMicroUsd >= limitMicroUsd;
  const daysUntil = isSpent
    ? 0
    : ratePerDayMicroUsd <= 0
      ? Number.POSITIVE_INFINITY
      : Math.ceil((limitMicroUsd - before) / ratePerDayMicroUsd) - 1;
  const endsOn = daysUntil < daysLeft || isSpent ? dayAfter(today, daysUntil) : null;
  return { ratePerDayMicroUsd, endsOn, atPeriodEndMicroUsd };
};

/** Last day of the UTC month of `day`. */
export const monthEnd = (day: IsoDate): IsoDate => {
  const [year, month] = day.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
};

export interface MonthOutlook {
  readonly ratePerDayMicroUsd: MicroUsd;
  readonly spentMicroUsd: MicroUsd;
  readonly atMonthEndMicroUsd: MicroUsd;
  /** The day on which the month's limit is reached at this rate; null: not this month, or no limit. */
  readonly endsOn: IsoDate | null;
}

/** What the month of `today` comes to, at the rate of the full days before it. */
export const monthOutlook = (
  days: readonly DaySpend[],
  limitMicroUsd: MicroUsd | null,
  today: IsoDate,
): MonthOutlook => {
  const ratePerDayMicroUsd = burnRatePerDay(days, dayAfter(today, -1));
  const spentMicroUsd = days
    .filter(({ day }) => day.startsWith(today.slice(0, 7)))
    .reduce((sum, one) => sum + one.spentMicroUsd, 0);
  const spentTodayMicroUsd = days.find(({ day }) => day === today)?.spentMicroUsd ?? 0;
  const forecast = forecastBudgetEnd({
    ...{ spentMicroUsd, spentTodayMicroUsd, ratePerDayMicroUsd, today, periodEnd: monthEnd(today) },
    limitMicroUsd: limitMicroUsd ?? Number.MAX_SAFE_INTEGER,
  });
  return {
    ratePerDayMicroUsd,
    spentMicroUsd,
    atMonthEndMicroUsd: forecast.atPeriodEndMicroUsd,
    endsOn: limitMicroUsd === null ? null : forecast.endsOn,
  };
};

export interface SpendAnomaly extends DaySpend {
  /** Median of the days before. */
  readonly usualMicroUsd: MicroUsd;
  /** Robust z-score; infinite when the days before never varied. */
  readonly score: number;
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
};

/** Days before one that make a usual day knowable. */
const ENOUGH_DAYS = 7;
/** 3.5 robust standard deviations (Iglewicz and Hoaglin 1993, "How to detect and handle outliers"). */
const OUTLIER_SCORE = 3.5;
/** Below twice the usual day nothing is alarming, however steady spending was. */
const LEAST_FACTOR = 2;

/** Days that cost far more than the 28 days before them: modified z-score of the median absolute deviation. */
export const spendAnomalies = (days: readonly DaySpend[]): readonly SpendAnomaly[] =>
  days.flatMap((one, index) => {
    const before = days.slice(Math.max(0, index - 28), index).map((day) => day.spentMicroUsd);
    if (before.length < ENOUGH_DAYS) return [];
    const usual = median(before);
    const spread = median(before.map((value) => Math.abs(value - usual)));
    const excess = one.spentMicroUsd - usual;
    const score = spread === 0 ? (excess > 0 ? Number.POSITIVE_INFINITY : 0) : (0.6745 * excess) / spread;
    return score > OUTLIER_SCORE && one.spentMicroUsd >= LEAST_FACTOR * usual && excess > 0
      ? [{ ...one, usualMicroUsd: Math.round(usual), score }]
      : [];
  });
