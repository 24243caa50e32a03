// What a mode does to the size of a decision made in it.
import { sizingInMode } from '../../activities/mode-effects';
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

it('a normal mode changes nothing, and without a price there is nothing to size', () => {
  expect(sizingInMode(basis, 'normal', 11_000_000)).toBe(basis);
  expect(sizingInMode(null, 'degraded', 11_000_000)).toBeNull();
});
