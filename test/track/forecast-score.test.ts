import fc from 'fast-check';
import { calibrationBin, scoreForecast } from '../../domain/track/forecast-score';
import { tradeProfit } from '../../domain/track/trade-profit';

const probability = fc.double({ min: 0, max: 1, noNaN: true });
const outcome = fc.constantFrom<0 | 1>(0, 1);
const FEES = { equity: 0.002, contract: 0.01 };

describe('a scored forecast', () => {
  test('a forecast and its mirror image score alike', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1024 }), outcome, (k, y) => {
        const p = k / 1024;
        const [one, other] = [scoreForecast(p, y), scoreForecast(1 - p, y === 1 ? 0 : 1)];
        expect(other.brier).toBeCloseTo(one.brier, 12);
        expect(other.logLoss).toBeCloseTo(one.logLoss, 12);
        expect(other.accuracy).toBe(one.accuracy);
        expect(other.confidenceCalibration).toBeCloseTo(one.confidenceCalibration, 12);
      }),
    );
  });

  test('quality is one minus the Brier score, and calibration says by how much it was too sure', () => {
    expect(scoreForecast(0.8, 1)).toMatchObject({ accuracy: 1, calibrationBin: 8 });
    expect(scoreForecast(0.8, 1).confidenceCalibration).toBeCloseTo(-0.2, 12);
    expect(scoreForecast(0.8, 0).confidenceCalibration).toBeCloseTo(0.8, 12);
    expect(scoreForecast(0.5, 0).confidenceCalibration).toBe(0);
  });

  test('every p has one of ten bins', () => {
    fc.assert(
      fc.property(probability, (p) => {
        const bin = calibrationBin(p);
        expect(Number.isInteger(bin) && bin >= 0 && bin <= 9).toBe(true);
      }),
    );
    expect([0, 0.1, 0.999, 1].map(calibrationBin)).toEqual([0, 1, 9, 9]);
  });
});

describe('the profit of a trade', () => {
  const contract = (y: 0 | 1) => ({
    ...{ y, rule: 'venue_settlement' as const, entryValue: null, resolvingValue: null },
  });
  const size = 10_000_000;

  test('a contract pays one per unit when its side comes true, and loses what was put in when not', () => {
    const trade = { action: 'buy' as const, sizeMicroUsd: size, price: 0.4 };
    expect(tradeProfit(trade, contract(1), FEES)).toBe(Math.round(size / 0.41 - size));
    expect(tradeProfit(trade, contract(0), FEES)).toBe(-size);
  });

  test('selling is buying the other side', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), outcome, (cents, y) => {
        const sold = tradeProfit(
          { action: 'sell', sizeMicroUsd: size, price: cents / 100 },
          contract(y),
          FEES,
        );
        const bought = tradeProfit(
          { action: 'buy', sizeMicroUsd: size, price: 1 - cents / 100 },
          contract(y === 1 ? 0 : 1),
          FEES,
        );
        expect(sold).toBe(bought);
      }),
    );
  });

  test('a share earns the move from its entry to the resolving close, after fees', () => {
    const share = { y: 1 as const, rule: 'close_above' as const };
    const moved = { ...share, entryValue: 100, resolvingValue: 105 };
    expect(tradeProfit({ action: 'buy', sizeMicroUsd: size, price: 0.5 }, moved, FEES)).toBe(480_000);
    expect(tradeProfit({ action: 'sell', sizeMicroUsd: size, price: 0.5 }, moved, FEES)).toBe(-520_000);
    // An outcome entered by hand says yes or no, and never what the share moved.
    const byHand = { ...share, entryValue: null, resolvingValue: null };
    expect(tradeProfit({ action: 'buy', sizeMicroUsd: size, price: 0.5 }, byHand, FEES)).toBeNull();
  });

  test('nothing traded, or no price to tell by, is no profit', () => {
    expect(tradeProfit({ action: 'hold', sizeMicroUsd: 0, price: 0.4 }, contract(1), FEES)).toBeNull();
    expect(tradeProfit({ action: 'buy', sizeMicroUsd: size, price: null }, contract(1), FEES)).toBeNull();
  });
});
