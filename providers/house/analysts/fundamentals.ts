// Fundamentals: profitability, growth and leverage, each against a plain norm.
import { mean } from '../series-statistics';
import { figureOf } from './figure-of';
import { dataAnalyst } from './house-analyst';

/** Norm of an average listed company and the distance from it that counts as one score. */
const score = (value: number | null, norm: number, unit: number): readonly number[] =>
  value === null ? [] : [Math.max(-2, Math.min(2, (value - norm) / unit))];

/** z = mean of the scores at hand; needs two. Piotroski (2000), Novy-Marx (2013). */
export const fundamentals = dataAnalyst(
  {
    id: 'fundamentals',
    method: 'Mean score of margin, return on equity, revenue growth and leverage.',
    source: 'Piotroski (2000); Novy-Marx (2013)',
  },
  'two key figures of the company',
  (data) => {
    const scores = [
      ...score(figureOf(data, 'profitMargins', 'profitMargin'), 0.08, 0.1),
      ...score(figureOf(data, 'returnOnEquity'), 0.12, 0.15),
      ...score(figureOf(data, 'revenueGrowth'), 0.05, 0.12),
      ...score(figureOf(data, 'debtToEquity', 'liabilitiesToEquity'), 1, 1).map((value) => -value),
    ];
    if (scores.length < 2) return null;
    return { z: mean(scores), reason: `mean of ${scores.length} scores of the accounts` };
  },
);
