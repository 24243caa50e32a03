// Fundamentals: profitability, growth and leverage, each against a plain norm.
import type { CallData } from '../../port';
import { mean } from '../series-statistics';
import { figureOf } from './figure-of';
import { dataAnalyst } from './house-analyst';

const LARGEST_SCORE = 2;

/** Norm of an average listed company and the distance from it that counts as one score. */
const score = (value: number | null, norm: number, unit: number): readonly number[] =>
  value === null ? [] : [Math.max(-LARGEST_SCORE, Math.min(LARGEST_SCORE, (value - norm) / unit))];

/** Whether debts exceed what is owned, by equity itself or the sign it gives to leverage. */
const isEquityGone = (data: CallData, leverage: number | null): boolean => {
  const equity = figureOf(data, 'equity', 'bookValue');
  return (equity !== null && equity <= 0) || (leverage !== null && leverage < 0);
};

/** Return on equity and leverage; without equity there is no return on it, and leverage could not be worse. */
const equityScores = (data: CallData): readonly number[] => {
  const leverage = figureOf(data, 'debtToEquity', 'liabilitiesToEquity');
  if (isEquityGone(data, leverage)) return [-LARGEST_SCORE];
  return [
    ...score(figureOf(data, 'returnOnEquity'), 0.12, 0.15),
    ...score(leverage, 1, 1).map((value) => -value),
  ];
};

/** z = mean of the scores at hand, each in [-2, 2]; needs two. Piotroski (2000), Novy-Marx (2013). */
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
      ...score(figureOf(data, 'revenueGrowth'), 0.05, 0.12),
      ...equityScores(data),
    ];
    if (scores.length < 2) return null;
    return { z: mean(scores), reason: `mean of ${scores.length} scores of the accounts` };
  },
);
