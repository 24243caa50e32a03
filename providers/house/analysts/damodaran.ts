// Damodaran: what the risk taken ought to earn; the required return of the capital asset pricing model.
import type { Bar } from '../../../domain/market/bar';
import { daysPerYearOf, logReturns } from '../../../domain/market/returns';
import { deviation } from '../series-statistics';
import { figureOf } from './figure-of';
import { dataAnalyst, scoreOfFiveDays } from './house-analyst';

const RISK_FREE = 0.04;
const EQUITY_PREMIUM = 0.045;
const FEWEST_BARS = 30;

const yearlyRisk = (bars: readonly Bar[]): number =>
  bars.length < FEWEST_BARS ? 0 : deviation(logReturns(bars)) * Math.sqrt(daysPerYearOf(bars));

/**
 * P(up) = Phi((4 % + beta x 4.5 % - variance / 2) / deviation x sqrt(years)), as log-normal prices have it; all a year,
 * beta 1 where unknown, up to the horizon at which every view's factor ends. Sharpe (1964).
 */
export const damodaran = dataAnalyst(
  {
    id: 'damodaran',
    method: 'Required return over risk: the pricing model against this share’s volatility.',
    source: 'Sharpe (1964); Damodaran, Equity Risk Premiums (yearly)',
  },
  'thirty daily bars',
  (data) => {
    const { bars = [] } = data;
    const risk = yearlyRisk(bars);
    if (!(risk > 0)) return null;
    const required = RISK_FREE + (figureOf(data, 'beta') ?? 1) * EQUITY_PREMIUM;
    return {
      z: scoreOfFiveDays(((required - risk ** 2 / 2) / risk) * Math.sqrt(5 / daysPerYearOf(bars))),
      reason: `required ${(100 * required).toFixed(1)} % a year at ${(100 * risk).toFixed(0)} % volatility`,
    };
  },
);
