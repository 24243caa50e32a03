// Valuation: what a dollar of price buys in earnings and book value.
import type { CallData } from '../../port';
import { mean } from '../series-statistics';
import { figureOf } from './figure-of';
import { dataAnalyst } from './house-analyst';

/** Earnings yield of the usual market, and the distance that counts as one score. */
const USUAL_YIELD = 0.05;
const YIELD_UNIT = 0.03;
/** Usual price over book, compared in logarithms. */
const USUAL_BOOK = 3;

/**
 * By the ratio, else by the source's own earnings per share of today, which it adjusts for splits as it does prices.
 * Not by `epsDiluted`: that stands as it was filed, while every close is rewritten at each later split, and nothing
 * at hand tells whether there was one.
 */
const earningsYield = (data: CallData): number | null => {
  const ratio = figureOf(data, 'trailingPE', 'forwardPE');
  if (ratio !== null && ratio > 0) return 1 / ratio;
  const [earnings, close] = [figureOf(data, 'trailingEps'), data.bars?.at(-1)?.close];
  return earnings !== null && close !== undefined && close > 0 ? earnings / close : null;
};

/** z = mean of the earnings-yield score and the book score. Basu (1977); Fama and French (1992). */
export const valuation = dataAnalyst(
  {
    id: 'valuation',
    method: 'Earnings yield and price over book against the usual market.',
    source: 'Basu (1977); Fama, French (1992)',
  },
  'earnings or book value',
  (data) => {
    const [yieldNow, book] = [earningsYield(data), figureOf(data, 'priceToBook')];
    const scores = [
      ...(yieldNow === null ? [] : [(yieldNow - USUAL_YIELD) / YIELD_UNIT]),
      ...(book !== null && book > 0 ? [Math.log(USUAL_BOOK / book)] : []),
    ];
    if (scores.length === 0) return null;
    return {
      z: mean(scores),
      reason: yieldNow === null ? 'price over book' : `earnings yield ${(100 * yieldNow).toFixed(1)} %`,
    };
  },
);
