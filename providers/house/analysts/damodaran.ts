// Damodaran: what the risk taken ought to earn; the required return of the capital asset pricing model.

import { daysPerYearOf, logReturns } from '../../../domain/market/returns';
import type { CallData } from '../../port';
import { deviation } from '../series-statistics';
import { figureOf } from './figure-of';
import { dataAnalyst } from './house-analyst';

const RISK_FREE = 0.04;
const EQUITY_PREMIUM = 0.045;
const FEWEST_BARS = 30;
/** From a year's reward per unit of risk to a score. */
const SCALE = 2;

const yearlyRisk = ({ bars = [] }: CallData): number =>
  bars.length < FEWEST_BARS ? 0 : deviation(logReturns(bars)) * Math.sqrt(daysPerYearOf(bars));

/** z = 2 x (4 % + beta x 4.5 % - variance / 2) / yearly deviation; beta 1 where unknown. Sharpe (1964). */
export const damodaran = dataAnalyst(
  {
    id: 'damodaran',
    method: 'Required return over risk: the pricing model against this share’s volatility.',
    source: 'Sharpe (1964); Damodaran, Equity Risk Premiums (yearly)',
  },
  'thirty daily bars',
  (data) => {
    const risk = yearlyRisk(data);
    if (!(risk > 0)) return null;
    const required = RISK_FREE + (figureOf(data, 'beta') ?? 1) * EQUITY_PREMIUM;
    return {
      z: (SCALE * (required - risk ** 2 / 2)) / risk,
      reason: `required ${(100 * required).toFixed(1)} % a year at ${(100 * risk).toFixed(0)} % volatility`,
    };
  },
);
