// A trade that was sized is recorded only as far as its deadline, market events and the caps still allow then.
import fc from 'fast-check';
import { fitted, type SizedTrade, tradeAtRecording } from '../../domain/ensemble/at-recording';
import { AWAITING_REVIEW } from '../../domain/ensemble/review';
import type { SizingCaps } from '../../domain/ensemble/sizing-input';

const NOW = '2026-03-02T15:00:00.000Z';
const BOUGHT: SizedTrade<'decided'> = {
  ...{ status: 'decided', probability: 0.7, action: 'buy', sizeMicroUsd: 9_000_000, why: ['edge'] },
};
const HELD: SizedTrade<'decided'> = { ...BOUGHT, action: 'hold', sizeMicroUsd: 0 };

const caps = (changes: Partial<SizingCaps> = {}): SizingCaps => ({
  ...{ positionMicroUsd: 10_000_000, clusterMicroUsd: 20_000_000 },
  ...{ heldPositionMicroUsd: 0, heldClusterMicroUsd: 0 },
  ...changes,
});
const at = (changes: Partial<SizingCaps> = {}, deadlineAt: string | null = null) => ({
  ...{ now: NOW, pricedAt: null, deadlineAt, event: null, halted: null },
  caps: caps(changes),
});

it('stands while there is room and time', () => {
  expect(tradeAtRecording(BOUGHT, at())).toBe(BOUGHT);
  expect(tradeAtRecording(BOUGHT, at({}, '2026-03-02T15:00:00.001Z'))).toBe(BOUGHT);
});

it('is cut to the room that is left, and held where there is none', () => {
  const cut = tradeAtRecording(BOUGHT, at({ heldPositionMicroUsd: 4_000_000 }));
  expect(cut).toMatchObject({ status: 'decided', action: 'buy', sizeMicroUsd: 6_000_000 });
  expect(cut.why[0]).toBe('Cut from $9.00 to $6.00: trades made meanwhile use the cap per position');
  expect(tradeAtRecording(BOUGHT, at({ heldClusterMicroUsd: 25_000_000 }))).toMatchObject({
    ...{ status: 'decided', probability: 0.7, action: 'hold', sizeMicroUsd: 0 },
    why: [expect.stringMatching(/cap per event cluster$/), 'edge'],
  });
});

it('has expired where its deadline passed before it could be recorded', () => {
  expect(tradeAtRecording(BOUGHT, at({}, NOW))).toEqual({
    ...{ status: 'expired', probability: null, action: 'hold', sizeMicroUsd: 0 },
    why: ['The deadline passed before the decision could be recorded; nothing is traded', 'edge'],
  });
  expect(tradeAtRecording(HELD, at({ heldPositionMicroUsd: 99_000_000 }, NOW))).toBe(HELD);
});

it('has expired where it was priced more than half an hour before it could be recorded', () => {
  const pricedAt = '2026-03-02T14:30:00.000Z';
  expect(tradeAtRecording(BOUGHT, { ...at(), pricedAt })).toBe(BOUGHT);
  const late = { ...at(), pricedAt: '2026-03-02T14:29:59.999Z' };
  expect(tradeAtRecording(BOUGHT, late)).toEqual({
    ...{ status: 'expired', probability: null, action: 'hold', sizeMicroUsd: 0 },
    why: [
      'It was priced at 2026-03-02T14:29:59.999Z, more than 30 minutes before it could be recorded; nothing is traded',
      'edge',
    ],
  });
  expect(tradeAtRecording(HELD, late)).toBe(HELD);
});

it('is held where the desk was halted since it was sized, and keeps its answer', () => {
  expect(tradeAtRecording(BOUGHT, { ...at(), halted: 'ring the bank first' })).toEqual({
    ...{ status: 'decided', probability: 0.7, action: 'hold', sizeMicroUsd: 0 },
    why: ['The desk was halted before it could be recorded (ring the bank first); nothing is traded', 'edge'],
  });
  expect(tradeAtRecording(HELD, { ...at(), halted: 'ring the bank first' })).toBe(HELD);
});

it('is held where an event covers its research, and whoever has an answer or awaits one is told, a person not asked', () => {
  const event = { type: 'market_crash', reason: 'circuit breaker' };
  const told = 'After its research came market_crash (circuit breaker); nothing is traded';
  const held = { ...BOUGHT, action: 'hold', sizeMicroUsd: 0, why: [told, 'edge'] };
  expect(tradeAtRecording(BOUGHT, { ...at(), event })).toEqual(held);
  expect(tradeAtRecording(HELD, { ...at(), caps: null, event })).toEqual(held);
  const late = tradeAtRecording(BOUGHT, { ...at({}, NOW), event });
  expect([late.status, late.why.includes(told)]).toEqual(['expired', false]);
  const parked = {
    ...HELD,
    status: 'parked',
    probability: null,
    why: [`${AWAITING_REVIEW}. Approve`, 'edge'],
  };
  const settled = { ...parked, status: 'no_consensus', why: [told, 'edge'] };
  expect(tradeAtRecording(parked, { ...at(), event })).toEqual(settled);
  expect(tradeAtRecording(parked, at())).toBe(parked);
  const abstained = { ...parked, status: 'abstained' };
  expect(tradeAtRecording(abstained, { ...at(), event })).toBe(abstained);
});

it('never exceeds what is wanted or what is left', () => {
  const money = fc.nat(50_000_000);
  fc.assert(
    fc.property(money, money, money, money, money, (wanted, position, cluster, held, heldCluster) => {
      const { sizeMicroUsd, why } = fitted(wanted, {
        ...{ positionMicroUsd: position, clusterMicroUsd: cluster },
        ...{ heldPositionMicroUsd: held, heldClusterMicroUsd: heldCluster },
      });
      const room = Math.max(0, Math.min(position - held, cluster - heldCluster));
      expect(sizeMicroUsd).toBe(Math.min(wanted, room));
      expect(why === null).toBe(wanted <= room);
    }),
  );
});
