import fc from 'fast-check';
import {
  burnRatePerDay,
  filledDays,
  forecastBudgetEnd,
  monthEnd,
  monthOutlook,
  spendAnomalies,
} from '../../domain/money/burn-rate';
import { costPerSkill } from '../../domain/money/cost-per-skill';
import {
  cascadeSaving,
  promptCacheSaving,
  savingsInUsd,
  savingsReport,
  savingsText,
} from '../../domain/money/savings';
import { PRICES } from './usage-cases';

const day = (index: number): string => new Date(Date.UTC(2026, 2, 1 + index)).toISOString().slice(0, 10);

describe('burn rate', () => {
  test('counts days without spending', () => {
    const spends = [
      { day: '2026-03-01', spentMicroUsd: 600 },
      { day: '2026-03-03', spentMicroUsd: 300 },
    ];
    expect(filledDays(spends, '2026-03-03').map((one) => one.spentMicroUsd)).toEqual([600, 0, 300]);
    expect(burnRatePerDay(spends, '2026-03-03')).toBe(300);
    expect(burnRatePerDay([], '2026-03-03')).toBe(0);
  });

  test('looks back two weeks and leaves the running day out', () => {
    const spends = Array.from({ length: 31 }, (_, index) => ({
      day: day(index),
      spentMicroUsd: index < 16 ? 9000 : 100,
    }));
    expect(burnRatePerDay(spends, day(29))).toBe(100);
  });
});

describe('the day the budget ends', () => {
  const base = { limitMicroUsd: 1000, today: '2026-03-10', periodEnd: '2026-03-31' };

  test.each([
    [400, 0, 100, '2026-03-15'],
    [400, 60, 100, '2026-03-16'],
    [420, 20, 100, '2026-03-15'],
    [450, 50, 100, '2026-03-15'],
    [950, 0, 100, '2026-03-10'],
    [950, 80, 100, '2026-03-11'],
    [1000, 1000, 100, '2026-03-10'],
    [1200, 0, 0, '2026-03-10'],
    [0, 0, 46, '2026-03-31'],
    [0, 0, 45, null],
    [0, 0, 0, null],
  ])(
    'with %s spent, %s of it today, and %s a day it is %s',
    (spentMicroUsd, spentTodayMicroUsd, ratePerDayMicroUsd, endsOn) => {
      const spent = { spentMicroUsd, spentTodayMicroUsd, ratePerDayMicroUsd };
      expect(forecastBudgetEnd({ ...base, ...spent }).endsOn).toBe(endsOn);
    },
  );

  test('walking day by day gives the same day and the same sum', () => {
    fc.assert(
      fc.property(
        fc.nat(1500),
        fc.nat(400),
        fc.integer({ min: 1, max: 200 }),
        (earlierMicroUsd, spentTodayMicroUsd, ratePerDayMicroUsd) => {
          const spentMicroUsd = earlierMicroUsd + spentTodayMicroUsd;
          const spent = { spentMicroUsd, spentTodayMicroUsd, ratePerDayMicroUsd };
          const { endsOn, atPeriodEndMicroUsd } = forecastBudgetEnd({ ...base, ...spent });
          // Today ends at the rate, or at what it has come to where that is more.
          let total = earlierMicroUsd + Math.max(spentTodayMicroUsd, ratePerDayMicroUsd);
          let walked: string | null = total >= 1000 ? '2026-03-10' : null;
          for (let index = 10; index <= 30; index += 1) {
            total += ratePerDayMicroUsd;
            if (total >= 1000) walked ??= day(index);
          }
          expect([endsOn, atPeriodEndMicroUsd]).toEqual([walked, total]);
        },
      ),
    );
  });

  test('what was spent today is counted once in the month', () => {
    const days = Array.from({ length: 14 }, (_, index) => ({ day: day(index), spentMicroUsd: 100 }));
    const early = monthOutlook(days.slice(0, 13), null, day(13));
    expect(early.atMonthEndMicroUsd).toBe(3_100);
    expect(monthOutlook(days, null, day(13)).atMonthEndMicroUsd).toBe(3_100);
  });

  test('months end where they end', () => {
    expect(['2026-02-10', '2028-02-01', '2026-12-31', '2026-04-01'].map(monthEnd)).toEqual([
      '2026-02-28',
      '2028-02-29',
      '2026-12-31',
      '2026-04-30',
    ]);
  });
});

describe('spending anomalies', () => {
  const spends = (values: readonly number[]) =>
    values.map((spentMicroUsd, index) => ({ day: day(index), spentMicroUsd }));
  const usual = [100, 110, 95, 105, 100, 98, 102, 107];

  test('a day of five times the usual is one, an ordinary day is none', () => {
    expect(spendAnomalies(spends([...usual, 500])).map((one) => [one.day, one.usualMicroUsd])).toEqual([
      [day(8), 101],
    ]);
    expect(spendAnomalies(spends([...usual, 112]))).toEqual([]);
  });

  test('a steady spender is not alarmed by less than double, nor anyone in the first week', () => {
    expect(spendAnomalies(spends([100, 100, 100, 100, 100, 100, 100, 199]))).toEqual([]);
    expect(spendAnomalies(spends([100, 100, 100, 100, 100, 100, 100, 200]))).toHaveLength(1);
    expect(spendAnomalies(spends([1, 1, 1, 900]))).toEqual([]);
  });
});

describe('savings', () => {
  const usage = { input: 10_000, cachedInput: 8000, cacheWrite: 0, output: 500, reasoning: 0 };

  test('causes are summed apart and in total', () => {
    // Cached: 8000 x (0.15 - 0.075) = 600.
    const report = savingsReport([
      { cause: 'shared_brief', savedMicroUsd: 3000 },
      promptCacheSaving(usage, PRICES['gpt-4o-mini'] as never),
      cascadeSaving(5000, 1200),
      cascadeSaving(1000, 1200),
    ]);
    expect(report).toEqual({
      shared_brief: 3000,
      prompt_cache: 600,
      sibling_model: 0,
      cascade: 3800,
      similar_question: 0,
      total: 7400,
    });
    expect(savingsText(savingsInUsd(report))).toMatch(
      /^Saved \$0\.0074\d*: shared briefs \$0\.003\d*, the cascade \$0\.0038\d*, prompt caches \$0\.0006\d*$/,
    );
    expect(savingsText(savingsInUsd(savingsReport([])))).toMatch(/^Saved \$0\.0+$/);
  });

  test('writing a cache that nobody reads saves nothing', () => {
    const wrote = { ...usage, cachedInput: 0, cacheWrite: 8000 };
    expect(promptCacheSaving(wrote, PRICES['claude-haiku-4-5'] as never).savedMicroUsd).toBe(0);
  });
});

describe('cost per skill', () => {
  const row = {
    model: 'm',
    category: 'equity',
    window: '30d' as const,
    forecasts: 100,
    pricedForecasts: 50,
    costMicroUsd: 100_000,
    skill: 0.02,
    skillLower: 0.01,
  };

  test('unpriced forecasts are left out of the cost, not taken as free', () => {
    expect(costPerSkill(row)).toMatchObject({
      costPerForecastMicroUsd: 2000,
      costPerSkillPointMicroUsd: 1000,
      skillPointsPerUsd: 500,
    });
    expect(costPerSkill({ ...row, pricedForecasts: 0 }).costPerForecastMicroUsd).toBeNull();
  });

  test('a model without shown skill has no price for it', () => {
    const none = costPerSkill({ ...row, skill: -0.01, skillLower: -0.03 });
    expect(none.costPerSkillPointMicroUsd).toBeNull();
    expect(none.skillPointsPerUsd).toBe(0);
    expect(costPerSkill({ ...row, costMicroUsd: 0 }).skillPointsPerUsd).toBeNull();
  });
});
