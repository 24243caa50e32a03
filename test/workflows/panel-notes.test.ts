// What a panel's notes say of calls that failed: each reason once, however many analysts it kept from answering.
import type { PanelInput, PanelPlan, PanelPrediction } from '../../workflows/contracts/panel';
import { type PanelParts, panelResult } from '../../workflows/panel-result';

const SUBJECT = 'equity:AAPL';
const KEY_REFUSED = 'the provider refused the key, its rights or its credit (status 401)';

const prediction = (analyst: string, changes: Partial<PanelPrediction>): PanelPrediction => ({
  ...{ subject: SUBJECT, analyst, group: 'personality', promptVersion: 'v', model: 'm', provider: 'p' },
  ...{ status: 'failed', failure: 'auth', probability: null, modelVersion: null, answerKey: null },
  ...{ costMicroUsd: 0, latencyMs: 1, sends: 1 },
  ...changes,
});

const predictions = [
  prediction('graham', { problem: KEY_REFUSED }),
  prediction('burry', { problem: KEY_REFUSED }),
  prediction('wood', { failure: 'timed_out' }),
  prediction('lynch', { status: 'abstained', failure: 'no_data', problem: 'Lynch has no news to go by' }),
  prediction('fisher', { status: 'answered', failure: null, probability: 0.6 }),
];

it('they name each reason with how many failed for it', () => {
  const about = {
    propositionId: 'p',
    seriesId: null,
    category: 'c',
    price: 0.5,
    priceAt: null,
    missing: null,
  };
  const parts = {
    panelId: 'panel:1',
    input: {
      subjects: [SUBJECT],
      analysts: predictions.map(({ analyst }) => ({ id: analyst })),
      quorum: 1,
    } as unknown as PanelInput,
    plan: { notes: [], candidates: [{ model: 'm', provider: 'p' }] } as unknown as PanelPlan,
    board: { predictionsOf: () => predictions },
    asked: new Map([[SUBJECT, { about, research: null }]]),
    expired: false,
    wallMs: 1,
  } as unknown as PanelParts;
  expect(panelResult(parts).notes).toEqual([
    'Partial: 1 of 5 calls answered, 3 failed',
    `2 of 3 failed: ${KEY_REFUSED}`,
  ]);
});
