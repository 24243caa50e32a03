// Trials over moves of prices: spans of several days overlap, and all prices of a day share the market. Neither may pass
// for many independent outcomes.
import { type Gain, trialOf } from '../../domain/track/evidence';
import { randomNormal, seededRandom } from '../../domain/track/random';
import { brier } from '../../domain/track/scoring';

const DAY_MS = 86_400_000;
const at = (day: number): string => new Date(Date.UTC(2025, 0, 1) + day * DAY_MS).toISOString();
const [SYMBOLS, DAYS, HORIZON, MARKET_SHARE] = [8, 250, 5, 0.4];

/** Two forecasts of each symbol's move a day, one at .4 and one at .6; the prices drift by so many deviations a day. */
const gainsOf = (seed: number, drift: number): readonly Gain[] => {
  const random = seededRandom(seed);
  const moves = Array.from({ length: DAYS + HORIZON + 1 }, () => {
    const market = Math.sqrt(MARKET_SHARE) * randomNormal(random);
    return Array.from(
      { length: SYMBOLS },
      () => drift + market + Math.sqrt(1 - MARKET_SHARE) * randomNormal(random),
    );
  });
  return Array.from({ length: DAYS }).flatMap((_, day) =>
    Array.from({ length: SYMBOLS }, (_each, symbol): Gain => {
      const move = moves.slice(day + 1, day + HORIZON + 1).reduce((sum, of) => sum + of[symbol]!, 0);
      const y = move > 0 ? 1 : 0;
      return {
        ...{ cluster: `s${symbol} ${day}`, span: { from: at(day), to: at(day + HORIZON) }, weight: 1 },
        ...{ gain: brier(0.4, y) - brier(0.6, y), most: 0.2 },
      };
    }),
  );
};

/** Share of runs in which the candidate is at work at the end. */
const atWork = (drift: number, runs = 100): number =>
  Array.from({ length: runs }, (_, seed) => trialOf(gainsOf(seed + 1, drift), 20).atWork).filter(Boolean)
    .length / runs;

test('a candidate that is no better hardly ever goes to work, one that is better does', () => {
  expect(atWork(0)).toBeLessThanOrEqual(0.05);
  expect(atWork(0.3)).toBeGreaterThan(0.8);
});

test('what begins before the last step has ended is on a chain of its own, and the mean of the chains is judged', () => {
  const one = (day: number, gain: number): Gain => ({
    ...{ cluster: `${day}`, span: { from: at(day), to: at(day + 2) }, weight: 1, gain, most: 0.5 },
  });
  const wealthOf = (gains: readonly Gain[]) => trialOf(gains, 20).evidence;
  expect(wealthOf([one(0, 0.2)]).n).toBe(1);
  const apart = wealthOf([one(0, 0.2), one(2, 0.2)]);
  const overlapping = wealthOf([one(0, 0.2), one(1, 0.2)]);
  expect(apart.n).toBe(overlapping.n);
  expect(overlapping.logWealth).toHaveLength(2 * apart.logWealth.length);
  expect(Math.max(...overlapping.logWealth)).toBeLessThan(Math.max(...apart.logWealth));
});

test('prices of one day are one step, and events beside them are a chain of their own', () => {
  const price = (symbol: number): Gain => ({
    ...{ cluster: `s${symbol}`, span: { from: at(0), to: at(5) }, weight: 1, gain: 0.1, most: 0.2 },
  });
  expect(trialOf([price(0), price(1), price(2)], 20).evidence).toEqual(trialOf([price(0)], 20).evidence);
  const event: Gain = { cluster: 'e', weight: 1, gain: 0.1, most: 0.2 };
  const both = trialOf([price(0), event], 20).evidence;
  expect(both.n).toBe(2);
  expect(both.logWealth).toEqual([
    ...trialOf([price(0)], 20).evidence.logWealth,
    ...trialOf([event], 20).evidence.logWealth,
  ]);
});

test('a threshold of 0 asks for no evidence', () => {
  expect(trialOf(gainsOf(1, -0.3), 0).atWork).toBe(true);
});
