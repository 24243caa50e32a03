import { createReviewActivities } from '../../../activities/reviews';
import { createAnswerStore } from '../../../db/answer-store';
import { createDecisionStore } from '../../../db/decision-store';
import { createForecastStore } from '../../../db/forecast-store';
import { findViolations } from '../../../db/invariants';
import { createOutcomeStore, type NewOutcome } from '../../../db/outcome-store';
import { createPerformanceStore } from '../../../db/performance-store';
import { createPropositionStore } from '../../../db/proposition-store';
import { createStores } from '../../../db/stores';
import { createCalibratorStore, createWeightStore } from '../../../db/version-store';
import { tradeAtRecording } from '../../../domain/ensemble/at-recording';
import type { ReviewInput } from '../../../workflows/contracts/tournament';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from './fresh-database';
import { aDecision, aForecast, aProposition } from './rows';

let test: TestDatabase;
beforeAll(async () => {
  test = await freshTestDatabase();
}, STACK_START_MS);
afterAll(() => test.drop());
beforeEach(async () => {
  await test.db.query('truncate propositions, answers, calibrators, weight_versions cascade');
  await createPropositionStore(test.db).put(aProposition());
});

const decisions = () => createDecisionStore(test.db);
const outcome = (changes: Partial<NewOutcome> = {}): NewOutcome => ({
  propositionId: 'proposition-1',
  status: 'resolved',
  yes: true,
  referenceValue: 230,
  resolvingValue: 231.5,
  source: 'yahoo',
  reason: 'close',
  resolvedAt: '2025-09-22T20:00:00.000Z',
  ...changes,
});

it('counts trades on a subject and on its event as held until their outcome is known', async () => {
  const held = (world = 'live', exceptDecisionId = 'another', through = '2025-09-23T00:00:00.000Z') =>
    decisions().openPositions({
      world,
      subject: 'market:kalshi/KXFED-26DEC-T4',
      cluster: 'market:kalshi/KXFED-26DEC-',
      exceptDecisionId,
      through,
    });
  const trade = async (id: string, subject: string, sizeMicroUsd: number) => {
    await createPropositionStore(test.db).put(aProposition({ id: `on-${id}` }));
    const action = sizeMicroUsd > 0 ? 'buy' : 'hold';
    await decisions().recordDecision(
      aDecision({ id, subject, propositionId: `on-${id}`, action, sizeMicroUsd, stakeMicroUsd: 60_000_000 }),
      [],
    );
  };
  await trade('first', 'market:kalshi/KXFED-26DEC-T4', 5_000_000);
  await trade('strike', 'market:kalshi/KXFED-26DEC-T5', 7_000_000);
  await trade('other', 'market:kalshi/KXFED-27JAN-T4', 9_000_000);
  await trade('none', 'market:kalshi/KXFED-26DEC-T4', 0);
  expect(await held()).toEqual({ positionMicroUsd: 5_000_000, clusterMicroUsd: 12_000_000 });
  expect(await held('live', 'first')).toEqual({ positionMicroUsd: 0, clusterMicroUsd: 7_000_000 });
  expect(await held('elsewhere')).toEqual({ positionMicroUsd: 0, clusterMicroUsd: 0 });
  await createOutcomeStore(test.db).record(outcome({ propositionId: 'on-first' }));
  expect(await held()).toEqual({ positionMicroUsd: 0, clusterMicroUsd: 7_000_000 });
  const both = { positionMicroUsd: 5_000_000, clusterMicroUsd: 12_000_000 };
  expect(await held('live', 'another', '2025-09-22T19:59:00.000Z')).toEqual(both);
  const none = { positionMicroUsd: 0, clusterMicroUsd: 0 };
  expect(await held('live', 'another', '2025-09-15T12:59:00.000Z')).toEqual(none);
});

it('counts no share as held because another symbol begins alike', async () => {
  const bought = { action: 'buy', sizeMicroUsd: 5_000_000 } as const;
  await decisions().recordDecision(aDecision({ id: 'fedex', subject: 'equity:FDX', ...bought }), []);
  const through = '2025-09-16T00:00:00.000Z';
  const of = (subject: string) =>
    decisions().openPositions({
      ...{ world: 'live', subject, cluster: subject, exceptDecisionId: 'new', through },
    });
  expect(await of('equity:F')).toEqual({ positionMicroUsd: 0, clusterMicroUsd: 0 });
  expect(await of('equity:FDX')).toEqual({ positionMicroUsd: 5_000_000, clusterMicroUsd: 5_000_000 });
});

it('keeps trades that were sized side by side within the caps together', async () => {
  const caps = { positionMicroUsd: 10_000_000, clusterMicroUsd: 15_000_000 };
  const record = (index: number) => {
    const subject = `market:kalshi/KXCPI-26DEC-T${index % 3}`;
    const decision = aDecision({ id: `racer-${index}`, subject, action: 'buy', sizeMicroUsd: 4_000_000 });
    return decisions().recordDecision(decision, [], {
      ...{ cluster: 'market:kalshi/KXCPI-26DEC-', asOf: null },
      settle: (now, open) => {
        const held = {
          ...{ heldPositionMicroUsd: open.positionMicroUsd, heldClusterMicroUsd: open.clusterMicroUsd },
        };
        const trade = tradeAtRecording(decision, { now, deadlineAt: null, caps: { ...caps, ...held } });
        return { ...decision, ...trade };
      },
    });
  };
  await Promise.all(Array.from({ length: 12 }, (_unused, index) => record(index)));
  const [held] = await test.db.query<{ total: number; most: number }>(
    `select sum(size_micro_usd) as total, (select max(s) from (select sum(size_micro_usd) as s
       from ensemble_decisions group by subject) each) as most from ensemble_decisions`,
  );
  expect(held).toEqual({ total: 15_000_000, most: expect.any(Number) });
  expect(held!.most).toBeLessThanOrEqual(10_000_000);
});

it('knows how far members of a category were apart in decisions by two or more', async () => {
  const decide = async (id: string, stdP: number, answered: number, category = 'rates') => {
    await createPropositionStore(test.db).put(aProposition({ id: `on-${id}` }));
    const disagreement = { stdP, jensenShannon: 0, uncertainty: 0.2 };
    const quorum = { asked: answered, answered, needed: 1 };
    const changes = { id, category, disagreement, quorum, propositionId: `on-${id}` };
    await decisions().recordDecision(aDecision(changes), []);
  };
  expect(await decisions().membersVariance('live', 'rates', '2025-09-23T00:00:00.000Z')).toBeNull();
  await decide('near', 0.1, 3);
  await decide('far', 0.2, 2);
  await decide('alone', 0, 1);
  await decide('elsewhere', 0.4, 5, 'sports');
  expect(await decisions().membersVariance('live', 'rates', '2025-09-23T00:00:00.000Z')).toBeCloseTo(
    0.025,
    12,
  );
  expect(await decisions().membersVariance('live', 'rates', '2025-09-15T12:59:00.000Z')).toBeNull();
});

describe('a parked decision', () => {
  const trade = { probability: 0.7, action: 'buy', sizeMicroUsd: 12_000_000 } as const;
  const input: ReviewInput = {
    world: 'live',
    targetKind: 'decision',
    targetId: 'decision-1',
    timeoutMs: 1,
    options: ['approve', 'reject'],
    declaredDefault: 'reject',
  };
  const opening = { reviewId: 'review:decision-1', input, dueAt: '2030-01-01T00:00:00.000Z' };
  const answer = (verdict: string) => ({ verdict, reviewer: 'Ann', reason: 'read it' });

  it.each([
    ['answered', answer('approve'), 'decided', 'Approved by Ann: read it'],
    ['answered', answer('reject'), 'no_consensus', 'Rejected by Ann: read it'],
    ['timed_out', null, 'expired', 'Nobody approved the disputed trade in time; nothing is traded'],
    ['cancelled', null, 'no_consensus', 'The review of the disputed trade was cancelled'],
  ] as const)('whose review is %s with %j ends as %s, once', async (status, given, ended, why) => {
    await test.db.query('truncate reviews');
    const parked = { status: 'parked', probability: null, action: 'hold', sizeMicroUsd: 0 } as const;
    await decisions().recordDecision(
      aDecision({ ...parked, stakeMicroUsd: 60_000_000, why: ['parked'], details: { review: trade } }),
      [aForecast()],
    );
    const { openReview, closeReview } = createReviewActivities({ stores: createStores(test.db) });
    await openReview(opening);
    const [question] = await test.db.query<{ question: string }>('select question from reviews');
    expect(question?.question).toContain('buy for $12');
    await closeReview({ ...opening, status, answer: given });
    await closeReview({ ...opening, status: 'answered', answer: answer('approve') });
    const row = await decisions().get('decision-1');
    expect(row).toMatchObject({ status: ended, why: [why, 'parked'] });
    expect(row).toMatchObject(
      ended === 'decided' ? trade : { probability: null, action: 'hold', sizeMicroUsd: 0 },
    );
  });
});

it('an approved trade is cut to the room that others have left by then', async () => {
  await test.db.query('truncate reviews');
  const stores = createStores(test.db);
  await stores.settings.set({ key: 'desk_equity_usd', category: 'desk', value: 100 });
  const review = { probability: 0.7, action: 'buy', sizeMicroUsd: 60_000_000 };
  const parked = { status: 'parked', probability: null, action: 'hold', sizeMicroUsd: 0 } as const;
  await decisions().recordDecision(
    aDecision({ ...parked, stakeMicroUsd: 60_000_000, why: [], details: { review } }),
    [],
  );
  const { openReview, closeReview } = createReviewActivities({ stores });
  const input: ReviewInput = {
    ...{ world: 'live', targetKind: 'decision', targetId: 'decision-1', timeoutMs: 1 },
    ...{ options: ['approve', 'reject'], declaredDefault: 'reject' },
  };
  const opening = { reviewId: 'review:decision-1', input, dueAt: '2030-01-01T00:00:00.000Z' };
  await openReview(opening);
  const answer = { verdict: 'approve', reviewer: 'Ann', reason: 'read it' };
  await closeReview({ ...opening, status: 'answered', answer });
  await stores.settings.unset('desk_equity_usd');
  const row = await decisions().get('decision-1');
  expect(row).toMatchObject({ status: 'decided', action: 'buy' });
  expect(row!.sizeMicroUsd).toBeLessThan(60_000_000);
  expect(row!.why[0]).toMatch(/^Approved by Ann: read it\. Cut from \$60\.000000 to \$\d+/);
});

describe('a decision', () => {
  it('is stored with its forecasts and read back as it was', async () => {
    const stored = await decisions().recordDecision(aDecision(), [aForecast()]);
    expect(stored.first).toBe(true);
    const { createdAt: _createdAt, ...rest } = stored.row;
    expect(rest).toEqual(aDecision());
    expect(await decisions().get('decision-1')).toEqual(stored.row);
    expect(await decisions().forecastsOf('decision-1')).toEqual([
      {
        ...aForecast(),
        latencyMs: 12,
        id: 'decision-1/0/full/house-momentum',
        createdAt: expect.any(String),
      },
    ]);
  });

  it('is stored once, and a repetition changes neither it nor its forecasts', async () => {
    const results = await Promise.all(
      [0.6, 0.7, 0.8].map((probability) =>
        decisions().recordDecision(aDecision({ probability }), [aForecast({ probability })]),
      ),
    );
    expect(results.filter((result) => result.first)).toHaveLength(1);
    expect(new Set(results.map((result) => result.row.probability)).size).toBe(1);
    const forecasts = await decisions().forecastsOf('decision-1');
    expect(forecasts.map((forecast) => forecast.probability)).toEqual([results[0]?.row.probability]);
    expect(await findViolations(test.db, { drainSeconds: 3600 })).toEqual([]);
  });

  it('leaves nothing behind when one of its forecasts cannot be stored', async () => {
    const bad = aForecast({ model: 'x', probability: 1.2 });
    await expect(decisions().recordDecision(aDecision(), [aForecast(), bad])).rejects.toThrow(
      /forecasts_probability/,
    );
    expect(await decisions().get('decision-1')).toBeNull();
  });

  it.each([
    ['a probability without being decided', { status: 'abstained' as const }],
    ['no probability although decided', { probability: null }],
    ['a size on hold', { sizeMicroUsd: 1 }],
    ['a size above the stake', { action: 'buy' as const, sizeMicroUsd: 25_000_001 }],
    [
      'a trade although nothing was decided',
      { status: 'expired' as const, probability: null, action: 'buy' as const, sizeMicroUsd: 1 },
    ],
  ])('cannot have %s', async (_title, changes) => {
    await expect(decisions().recordDecision(aDecision(changes), [])).rejects.toThrow(/ensemble_decisions_/);
  });

  it('is listed newest first, page by page, without gap or repetition', async () => {
    for (let index = 0; index < 7; index += 1)
      await decisions().recordDecision(aDecision({ id: `d${index}` }), []);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await decisions().list({ world: 'live', limit: 3, ...(cursor ? { cursor } : {}) });
      seen.push(...page.decisions.map((decision) => decision.id));
      cursor = page.next ?? undefined;
    } while (cursor);
    expect(seen).toHaveLength(7);
    expect(new Set(seen).size).toBe(7);
    expect((await decisions().list({ world: 'synthetic' })).decisions).toEqual([]);
  });
});

const answered = (key: string) =>
  createAnswerStore(test.db).put({
    ...{ key, world: 'live', provider: 'openai', model: 'house-momentum', status: 'answered', failure: null },
    ...{ answer: { p_yes: 0.6 }, usage: null, costMicroUsd: 12, latencyMs: 3, servedBy: 'm-1' },
  });

describe('a forecast', () => {
  it('that stood in for a call itself stands in for no other: its answer would grow older with each', async () => {
    await answered('decision-1/0/first');
    const forecast = aForecast({ answerKey: 'decision-1/0/first' });
    await decisions().recordDecision(aDecision(), [forecast]);
    await decisions().recordDecision(aDecision({ id: 'decision-2' }), [
      { ...forecast, decisionId: 'decision-2' },
    ]);
    const found = await createForecastStore(test.db).reusable({
      ...{ world: 'live', model: 'house-momentum', propositionId: 'proposition-1', briefId: 'brief-1' },
      since: '2020-01-01T00:00:00.000Z',
    });
    expect(found?.decisionId).toBe('decision-1');
  });

  it('that failed has a failure and no probability', async () => {
    const store = createForecastStore(test.db);
    const failed = aForecast({ decisionId: null, status: 'failed', failure: 'malformed', probability: null });
    expect(await store.put([failed])).toBe(1);
    await expect(store.put([{ ...failed, model: 'y', probability: 0.5 }])).rejects.toThrow(
      /forecasts_status/,
    );
  });

  it('is reusable only for the same proposition, brief and model, and while recent', async () => {
    await answered('decision-1/0/first');
    await decisions().recordDecision(aDecision(), [aForecast({ answerKey: 'decision-1/0/first' })]);
    const store = createForecastStore(test.db);
    const query = {
      world: 'live',
      model: 'house-momentum',
      propositionId: 'proposition-1',
      briefId: 'brief-1',
      since: '2020-01-01T00:00:00.000Z',
    };
    expect((await store.reusable(query))?.probability).toBe(0.6);
    expect(await store.reusable({ ...query, briefId: 'brief-2' })).toBeNull();
    expect(await store.reusable({ ...query, since: '2099-01-01T00:00:00.000Z' })).toBeNull();
  });
});

it('an answer is stored once, and the first one is what everyone gets', async () => {
  const store = createAnswerStore(test.db);
  const answer = {
    key: 'k',
    world: 'live',
    provider: 'openai',
    model: 'm',
    status: 'answered' as const,
    failure: null,
    answer: { p_yes: 0.6 },
    usage: null,
    costMicroUsd: 12,
    latencyMs: 3.6,
    servedBy: 'm-1',
  };
  const [one, two] = await Promise.all([store.put(answer), store.put({ ...answer, answer: { p_yes: 0.9 } })]);
  expect([one.first, two.first].filter(Boolean)).toHaveLength(1);
  expect(one.row).toEqual(two.row);
  expect((await store.get('k'))?.latencyMs).toBe(4);
  expect(await store.get('other')).toBeNull();
});

describe('an outcome', () => {
  it('is recorded once and corrected by revision', async () => {
    const store = createOutcomeStore(test.db);
    expect(await store.record(outcome())).toMatchObject({ first: true, row: { revision: 1, yes: true } });
    expect(await store.record(outcome({ yes: false }))).toMatchObject({
      first: false,
      row: { revision: 1, yes: true },
    });
    expect(await store.correct(outcome())).toMatchObject({ revision: 1 });
    expect(await store.correct(outcome({ yes: false, reason: 'split' }))).toMatchObject({
      revision: 2,
      yes: false,
    });
    expect(await store.voidOutcome('proposition-1', 'delisted', 'manual')).toMatchObject({
      revision: 3,
      status: 'void',
      yes: null,
    });
    expect(await store.resolvedIn('live')).toEqual([]);
    expect(await store.revisions('proposition-1')).toHaveLength(3);
  });

  it('of an unknown proposition, or a correction of none, is refused', async () => {
    const store = createOutcomeStore(test.db);
    await expect(store.record(outcome({ propositionId: 'x' }))).rejects.toThrow(/proposition "x" is unknown/);
    await expect(store.correct(outcome())).rejects.toThrow(/no outcome to correct/);
  });

  it('is due from the resolving instant on, until there is one', async () => {
    const store = createPropositionStore(test.db);
    await store.put(aProposition({ id: 'later', resolvesAt: '2099-01-01T00:00:00.000Z' }));
    expect((await store.due('live')).map((each) => each.id)).toEqual(['proposition-1']);
    await createOutcomeStore(test.db).record(outcome());
    expect(await store.due('live')).toEqual([]);
    expect(await store.get('proposition-1')).toEqual(aProposition());
  });
});

describe('scores', () => {
  const score = {
    forecastId: 'decision-1/0/full/house-momentum',
    world: 'live',
    model: 'house-momentum',
    modelVersion: '1',
    propositionId: 'proposition-1',
    outcomeRevision: 1,
    marketCategory: 'equity',
    volatilityRegime: 'unknown',
    timeToExpiry: '7-30d',
    probability: 0.6,
    price: 0.54,
    yes: true,
    accuracy: 1,
    confidenceCalibration: -0.4,
    calibrationBin: 6,
    brier: 0.16,
    logLoss: 0.51,
    responseTimeMs: 12,
    costMicroUsd: 0,
    decisionQuality: 0.84,
    pnlMicroUsd: null,
    forecastAt: '2025-09-15T13:00:00.000Z',
    resolvedAt: '2025-09-22T20:00:00.000Z',
  };

  it('of a corrected outcome replace the old ones, never the other way round', async () => {
    await decisions().recordDecision(aDecision(), [aForecast()]);
    const store = createPerformanceStore(test.db);
    expect(await store.putScores([score])).toBe(1);
    expect(await store.putScores([{ ...score, outcomeRevision: 2, yes: false, brier: 0.36 }])).toBe(1);
    expect(await store.putScores([score])).toBe(0);
    expect((await store.scores({ world: 'live' })).map((row) => row.brier)).toEqual([0.36]);
    expect(await store.removeScores('proposition-1')).toBe(1);
  });

  it('beyond a limit leave out the oldest, and the rest comes oldest first', async () => {
    const store = createPerformanceStore(test.db);
    const models = ['house-momentum', 'b', 'c'];
    await decisions().recordDecision(
      aDecision(),
      models.map((model) => aForecast({ model })),
    );
    const ids = await test.db.query<{ readonly id: string; readonly model: string }>(
      'select id, model from forecasts',
    );
    await store.putScores(
      models.map((model, index) => ({
        ...score,
        model,
        forecastId: ids.find((row) => row.model === model)!.id,
        resolvedAt: `2025-09-2${index}T20:00:00.000Z`,
      })),
    );
    expect((await store.scores({ world: 'live', limit: 2 })).map(({ model }) => model)).toEqual(['b', 'c']);
  });

  it('of windows are replaced by newer ones', async () => {
    const store = createPerformanceStore(test.db);
    const window = {
      world: 'live',
      model: 'm',
      timeWindow: '7d' as const,
      marketCategory: '*',
      volatilityRegime: '*',
      timeToExpiry: '*',
      n: 10,
      metrics: { brier: 0.2 },
      asOf: '2025-09-22T20:00:00.000Z',
    };
    await store.putWindows([window]);
    await store.putWindows([{ ...window, n: 11, asOf: '2025-09-23T20:00:00.000Z' }]);
    await store.putWindows([window]);
    expect((await store.windows({ world: 'live' })).map((row) => row.n)).toEqual([11]);
  });
});

describe('versions', () => {
  const scope = { world: 'live', model: 'm', marketCategory: 'equity' };
  const version = {
    body: { slope: 1.1, intercept: 0 },
    n: 400,
    trainedThrough: '2025-09-22T20:00:00.000Z',
    evidence: { eValue: 25 },
  };

  it('are numbered per scope, one is active, and rolling back activates an older one', async () => {
    const store = createCalibratorStore(test.db);
    const [one, two] = [await store.insert(scope, version), await store.insert(scope, version)];
    expect([one.id, two.id]).toEqual(['live/m/equity@1', 'live/m/equity@2']);
    expect(await store.current(scope)).toBeNull();
    await store.activate(one.id, 'earned');
    await store.activate(two.id, 'better');
    expect((await store.current(scope))?.version).toBe(2);
    await store.activate(one.id, 'drift');
    expect((await store.history(scope)).map((row) => [row.version, row.status, row.retiredReason])).toEqual([
      [2, 'retired', 'drift'],
      [1, 'active', null],
    ]);
    expect(await store.deactivate(scope, 'model changed')).toBe(true);
    expect(await store.current(scope)).toBeNull();
  });

  it('of different categories do not touch each other', async () => {
    const store = createWeightStore(test.db);
    for (const marketCategory of ['equity', 'politics']) {
      const row = await store.insert({ world: 'live', marketCategory }, { ...version, body: { m: 1 } });
      await store.activate(row.id, 'earned');
    }
    expect((await store.current({ world: 'live', marketCategory: 'equity' }))?.body).toEqual({ m: 1 });
    await expect(store.activate('nothing', 'x')).rejects.toThrow(/"nothing" of weight_versions is unknown/);
  });
});
