// Which weight of the members against the price sizing goes by.
import { cascadeTrade, sizingBasis } from '../../activities/sizing-basis';
import { DEFAULT_MODEL_WEIGHT } from '../../domain/ensemble/disagreement';
import { singleMemberVariance } from '../../domain/ensemble/sizing';
import { decisionSettings } from '../../domain/settings/decision-settings';

const SHARE = {
  ...{ kind: 'equity' as const, meanUp: 0.03, meanDown: 0.03, directionEValue: null, paperAccount: false },
  ...{ currency: 'USD', rate: null, asOf: '2026-11-20' },
};
const LEARNT = { weight: 0.4, version: 'live/politics@3' };

const basis = (stored: Readonly<Record<string, unknown>>, sizingWeight: typeof LEARNT | null) =>
  sizingBasis(
    { kind: 'prediction_market', fee: 0.01 },
    decisionSettings(new Map(Object.entries(stored)), 'politics'),
    {
      membersPlanned: 5,
      ...{ directionEValue: null, directionOutcomes: 0, membersVariance: 0.01, sizingWeight },
      open: { positionMicroUsd: 0, clusterMicroUsd: 0 },
    },
  )!;

test('is blind until another was learnt, and then names its version', () => {
  expect(basis({}, null)).toMatchObject({ modelWeight: DEFAULT_MODEL_WEIGHT });
  expect(basis({}, null)).not.toHaveProperty('modelWeightVersion');
  expect(basis({}, LEARNT)).toMatchObject({ modelWeight: 0.4, modelWeightVersion: LEARNT.version });
  expect(basis({}, LEARNT).pastSpreadVariance).toBe(singleMemberVariance(0.01, 0.4));
});

test.each([['sizing_weight'], ['sizing_weight.politics']])('is what %s says, where it is set', (key) => {
  const set = basis({ [key]: DEFAULT_MODEL_WEIGHT }, LEARNT);
  expect(set).toMatchObject({ modelWeight: DEFAULT_MODEL_WEIGHT });
  expect(set).not.toHaveProperty('modelWeightVersion');
  expect(basis({ 'sizing_weight.sports': 0.9 }, LEARNT).modelWeight).toBe(0.4);
});

test('knows how many members the decision has, so that some who are missing are noticed', () => {
  expect(basis({}, null).membersPlanned).toBe(5);
});

test('says what the better answer of a cascade would be traded by, of contracts alone', () => {
  const contract = basis({}, LEARNT);
  expect(cascadeTrade(contract)).toEqual({ cascadeTrade: { fee: 0.01, modelWeight: 0.4 } });
  expect(cascadeTrade({ ...contract, terms: { ...SHARE, fee: 0.002 } })).toEqual({});
  expect(cascadeTrade(null)).toEqual({});
});
