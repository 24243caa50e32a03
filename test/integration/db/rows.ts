// Builders of rows for database tests: valid by default, changed by what a test is about.

import type { NewDecision, NewForecast } from '../../../db/decision-record';
import type { ReserveRequest } from '../../../db/ledger-store';
import type { NewOutcome } from '../../../db/outcome-store';
import type { Proposition } from '../../../domain/market/proposition';
import type { Brief } from '../../../domain/research/brief';
import { type BriefKeyParts, briefKey } from '../../../domain/research/cache-key';
import type { MarketEvent } from '../../../domain/research/market-events';
import type { ModelEntry } from '../../../domain/selection/model';

export const briefParts = (changes: Partial<BriefKeyParts> = {}): BriefKeyParts => ({
  world: 'live',
  asOf: null,
  subject: 'equity:AAPL',
  kind: 'complete',
  template: 'swing',
  ...changes,
});

let briefs = 0;

export const aBrief = (changes: Partial<Brief> = {}, parts: Partial<BriefKeyParts> = {}): Brief => {
  const key = briefParts(parts);
  briefs += 1;
  return {
    id: `brief-${briefs}`,
    key: briefKey(key),
    world: key.world,
    asOf: '2025-09-15T13:00:00.000Z',
    subject: key.subject,
    kind: key.kind,
    template: key.template,
    content: {
      thesis: 't',
      drivers: ['d'],
      risks: [],
      peers: '',
      volatility: '',
      upcoming: [],
      figures: { close: 1.5 },
    },
    sources: [],
    quality: 80,
    writtenBy: 'house-brief',
    verifiedBy: 'rules',
    synthetic: false,
    costMicroUsd: 1_000,
    epoch: 0,
    createdAt: new Date(Date.UTC(2025, 8, 15) + briefs).toISOString(),
    expiresAt: '2099-01-01T00:00:00.000Z',
    dossierId: null,
    seriesId: null,
    ...changes,
  };
};

let events = 0;

export const anEvent = (changes: Partial<MarketEvent> = {}): MarketEvent => {
  events += 1;
  return {
    id: `event-${events}`,
    type: 'earnings',
    scope: { kind: 'symbols', subjects: ['equity:AAPL'] },
    reason: 'Q4',
    at: '2025-09-15T13:00:00.000Z',
    world: null,
    ...changes,
  };
};

export const aReservation = (changes: Partial<ReserveRequest> = {}): ReserveRequest => ({
  callKey: 'call-1',
  ordinal: 1,
  amountMicroUsd: 30_000,
  provider: 'openai',
  model: 'gpt-4o-mini',
  feature: 'forecast',
  category: 'equity',
  world: 'live',
  sessionId: null,
  decisionId: null,
  priceVersion: '2025-01-01',
  billed: true,
  ...changes,
});

export const aProposition = (changes: Partial<Proposition> = {}): Proposition => ({
  id: 'proposition-1',
  world: 'live',
  subject: 'equity:AAPL',
  statement: 'AAPL closes above 230 five trading days on',
  category: 'equity',
  asOf: '2025-09-15T13:00:00.000Z',
  resolvesAt: '2025-09-22T20:00:00.000Z',
  rule: { type: 'manual' },
  priceOfYes: 0.54,
  priceAt: '2025-09-15T13:00:00.000Z',
  ...changes,
});

export const aForecast = (changes: Partial<NewForecast> = {}): NewForecast => ({
  world: 'live',
  decisionId: 'decision-1',
  attemptGroup: '0/full',
  model: 'house-momentum',
  provider: 'house',
  modelVersion: '1',
  propositionId: 'proposition-1',
  briefId: 'brief-1',
  answerKey: 'answer-1',
  status: 'answered',
  failure: null,
  probability: 0.6,
  calibratedProbability: null,
  weight: 1,
  reasons: ['trend'],
  costMicroUsd: 0,
  latencyMs: 12.4,
  shadow: false,
  synthetic: false,
  ...changes,
});

export const aDecision = (changes: Partial<NewDecision> = {}): NewDecision => ({
  id: 'decision-1',
  world: 'live',
  sessionId: null,
  subject: 'equity:AAPL',
  category: 'equity',
  propositionId: 'proposition-1',
  briefId: 'brief-1',
  status: 'decided',
  strategy: 'weighted_vote',
  stage: 'full',
  stakeMicroUsd: 25_000_000,
  probability: 0.6,
  action: 'hold',
  sizeMicroUsd: 0,
  why: ['edge below fees'],
  disagreement: { stdP: 0.01, jensenShannon: 0.002, uncertainty: 0.25 },
  quorum: { asked: 1, answered: 1, needed: 1 },
  members: [
    {
      model: 'house-momentum',
      provider: 'house',
      status: 'answered',
      failure: null,
      probability: 0.6,
      calibratedProbability: null,
      weight: 1,
      costMicroUsd: 0,
      latencyMs: 12,
      answerKey: 'answer-1',
    },
  ],
  selectedModel: null,
  mode: 'normal',
  degradations: [],
  price: 0.54,
  priceAt: '2025-09-15T13:00:00.000Z',
  weightsVersion: null,
  calibrationVersions: {},
  candidates: [],
  shadow: [],
  details: {},
  costMicroUsd: 0,
  synthetic: false,
  ...changes,
});

export const aModel = (changes: Partial<ModelEntry> = {}): ModelEntry => ({
  id: 'gpt-4o-mini',
  provider: 'openai',
  providerModel: 'gpt-4o-mini',
  displayName: 'GPT-4o mini',
  quality: 7,
  contextTokens: 128_000,
  maxOutputTokens: 16_384,
  strengths: ['analysis', 'forecasting'],
  speed: 'fast',
  local: false,
  statistical: false,
  keyName: 'OPENAI_API_KEY',
  researchSibling: null,
  version: '2024-07-18',
  price: {
    validFrom: '2024-07-18T00:00:00.000Z',
    inputPer1M: 150_000,
    outputPer1M: 600_000,
    cachedInputPer1M: 75_000,
    cacheWritePer1M: null,
    longContext: null,
    source: 'list',
  },
  ...changes,
});

export const anOutcome = (changes: Partial<NewOutcome> = {}): NewOutcome => ({
  propositionId: 'proposition-1',
  status: 'resolved',
  yes: true,
  referenceValue: 230,
  resolvingValue: 231.5,
  entryPrices: null,
  source: 'yahoo',
  reason: 'close',
  resolvedAt: '2025-09-22T20:00:00.000Z',
  ...changes,
});
