// What a mode does to the size of a decision made in it.
import { inForceFor, sizingInMode } from '../../activities/mode-effects';
import { MODE_POLICIES, MODES } from '../../domain/outage/modes';
import type { SizingBasis } from '../../workflows/contracts/decision';

const basis: SizingBasis = {
  terms: { kind: 'prediction_market', fee: 0.01 },
  bankrollMicroUsd: 1_000_000_000,
  caps: {
    ...{ positionMicroUsd: 1_000_000, clusterMicroUsd: 1_000_000 },
    ...{ heldPositionMicroUsd: 0, heldClusterMicroUsd: 0 },
  },
  refusals: [],
};

it.each(MODES.filter((mode) => mode !== 'normal'))(
  '%s is as uncertain and as demanding as it states',
  (mode) => {
    const { varianceFactor, edgeFactor, maxNewPositionMicroUsd } = MODE_POLICIES[mode];
    const sized = sizingInMode(basis, mode, 11_000_000)!;
    expect(sized).toMatchObject({ varianceFactor, terms: { fee: 0.01 * edgeFactor } });
    expect(sized.refusals).toHaveLength(maxNewPositionMicroUsd === null ? 0 : 1);
  },
);

it.each(MODES)('%s by rule shapes decisions of now, and none of the past', (mode) => {
  const row = { mode, manual: false, reason: 'out: one' };
  expect(inForceFor(row, null)).toMatchObject({ mode, reason: 'out: one' });
  expect(inForceFor(row, '2025-09-15T13:00:00.000Z').mode).toBe('normal');
});

it('a halt by a person holds for every decision, and nothing else that a person sets for one of the past', () => {
  const asOf = '2025-09-15T13:00:00.000Z';
  const byHand = { manual: true, reason: 'costs' };
  expect(inForceFor({ ...byHand, mode: 'halted' }, asOf)).toMatchObject({ mode: 'halted', reason: 'costs' });
  expect(inForceFor({ ...byHand, mode: 'conservative' }, asOf).mode).toBe('normal');
  expect(inForceFor(null, null).mode).toBe('normal');
});

it('a normal mode changes nothing, and without a price there is nothing to size', () => {
  expect(sizingInMode(basis, 'normal', 11_000_000)).toBe(basis);
  expect(sizingInMode(null, 'degraded', 11_000_000)).toBeNull();
});
