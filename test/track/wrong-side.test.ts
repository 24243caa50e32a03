// A forecast of exactly one half takes no side, so it is on the wrong one for neither outcome.
import type { WalkedRow } from '../../domain/track/backtest-round';
import { agreements, uncertaintyRanking } from '../../domain/track/backtest-uncertainty';
import { isWrongSide } from '../../domain/track/scoring';

const walked = (p: number, y: 0 | 1, i: number): WalkedRow =>
  ({
    row: { className: 'market', cluster: `c${i}`, y },
    ...{ p: [p], spread: i / 10, inConsensus: true },
  }) as unknown as WalkedRow;

test('one half is never on the wrong side', () => {
  expect([isWrongSide(0.5, 0), isWrongSide(0.5, 1)]).toEqual([false, false]);
  expect([isWrongSide(0.6, 0), isWrongSide(0.6, 1)]).toEqual([true, false]);
  expect([isWrongSide(0.4, 0), isWrongSide(0.4, 1)]).toEqual([false, true]);
});

test.each([0, 1] as const)('a backtest counts one half as wrong for no outcome (%i)', (y) => {
  const rows = [walked(0.5, y, 0), walked(0.5, y, 1), walked(0.5, y, 2), walked(y === 1 ? 0.9 : 0.1, y, 3)];
  expect(uncertaintyRanking(rows).market).toBeNull();
  expect(agreements(rows).market!.wrongSideInside).toBe(0);
  const [wrong] = [walked(y === 1 ? 0.1 : 0.9, y, 4)];
  expect(uncertaintyRanking([...rows, wrong!]).market).toMatchObject({ positives: 1, negatives: 4 });
});
