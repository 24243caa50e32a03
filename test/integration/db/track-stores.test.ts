import { rank } from '../../../client/rank';
import { agreementView, contributionView } from '../../../client/track-views';
import { createDecisionStore } from '../../../db/decision-store';
import { createOutcomeStore, NO_PRICES } from '../../../db/outcome-store';
import { createPerformanceStore } from '../../../db/performance-store';
import { createPropositionStore, PROPOSITION_STATES } from '../../../db/proposition-store';
import { createStores } from '../../../db/stores';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from './fresh-database';
import { aDecision, aForecast, anOutcome, aProposition } from './rows';

let test: TestDatabase;
beforeAll(async () => {
  test = await freshTestDatabase();
}, STACK_START_MS);
afterAll(() => test.drop());
beforeEach(async () => {
  await test.db.query('truncate propositions cascade');
  await createPropositionStore(test.db).put(aProposition());
});

describe('an outcome', () => {
  it('is recorded once and corrected by revision', async () => {
    const store = createOutcomeStore(test.db);
    expect(await store.record(anOutcome())).toMatchObject({ first: true, row: { revision: 1, yes: true } });
    expect(await store.record(anOutcome({ yes: false }))).toMatchObject({
      first: false,
      row: { revision: 1, yes: true },
    });
    expect(await store.correct(anOutcome())).toMatchObject({ revision: 1 });
    const byHand = anOutcome({ referenceValue: null, resolvingValue: null, source: 'manual' });
    expect(await store.correct(byHand)).toMatchObject({ revision: 1, referenceValue: 230, source: 'yahoo' });
    expect(await store.correct(anOutcome({ yes: false, reason: 'split' }))).toMatchObject({
      revision: 2,
      yes: false,
    });
    expect(await store.voidOutcome('proposition-1', 'delisted', 'manual')).toMatchObject({
      revision: 3,
      status: 'void',
      yes: null,
    });
    expect(await store.current('proposition-1')).toMatchObject({ revision: 3, status: 'void' });
    expect(await store.revisions('proposition-1')).toHaveLength(3);
  });

  it('is dated anew only where a date is given, and the record goes by the dates in force', async () => {
    const store = createOutcomeStore(test.db);
    const { track } = createStores(test.db);
    const ahead = '2099-12-31T00:00:00.000Z';
    await store.record(anOutcome({ resolvedAt: ahead }));
    expect(await track.mark('live')).toEqual({ revisions: 1, lastResolvedAt: ahead });
    expect(await store.correct(anOutcome())).toMatchObject({ revision: 1, resolvedAt: ahead });
    const { resolvedAt } = anOutcome();
    expect(await store.correct(anOutcome(), true)).toMatchObject({ revision: 2, resolvedAt });
    expect(await store.correct(anOutcome(), true)).toMatchObject({ revision: 2 });
    expect(await track.mark('live')).toEqual({ revisions: 2, lastResolvedAt: resolvedAt });
  });

  it('keeps its closes and entry prices when a person dates it anew, and not when it is another', async () => {
    const store = createOutcomeStore(test.db);
    const entryPrices = [{ at: '2025-09-15T13:30:00.000Z', price: 229 }];
    const prices = { referenceValue: 230, resolvingValue: 231.5, entryPrices };
    await store.record(anOutcome(prices));
    const byHand = { ...NO_PRICES, source: 'manual', reason: 'public earlier' };
    const resolvedAt = '2025-09-22T19:00:00.000Z';
    expect(await store.correct(anOutcome({ ...byHand, resolvedAt }), true)).toMatchObject({
      ...{ revision: 2, resolvedAt, source: 'manual', ...prices },
    });
    expect(await store.correct(anOutcome({ ...byHand, yes: false }), true)).toMatchObject({
      ...{ revision: 3, ...NO_PRICES },
    });
  });

  it('of an unknown proposition, or a correction of none, is refused', async () => {
    const store = createOutcomeStore(test.db);
    await expect(store.record(anOutcome({ propositionId: 'x' }))).rejects.toThrow(
      /proposition "x" is unknown/,
    );
    await expect(store.correct(anOutcome())).rejects.toThrow(/no outcome to correct/);
  });

  it('is due from the resolving instant on, until there is one', async () => {
    const store = createPropositionStore(test.db);
    await store.put(aProposition({ id: 'later', resolvesAt: '2099-01-01T00:00:00.000Z' }));
    const due = () => store.list({ world: 'live', state: 'due', limit: 10 });
    expect((await due()).map((each) => each.id)).toEqual(['proposition-1']);
    await createOutcomeStore(test.db).record(anOutcome());
    expect(await due()).toEqual([]);
    expect(await store.get('proposition-1')).toEqual(aProposition());
  });

  it('puts its proposition into a state, of which the list shows as many as are asked for', async () => {
    const store = createPropositionStore(test.db);
    const outcomes = createOutcomeStore(test.db);
    for (const [id, day] of [
      ['due', '05'],
      ['resolved', '06'],
      ['void', '07'],
      ['open', '08'],
    ] as const) {
      const resolvesAt = id === 'open' ? '2099-01-01T00:00:00.000Z' : '2026-02-20T21:00:00.000Z';
      await store.put(aProposition({ id, asOf: `2026-02-${day}T14:30:00.000Z`, resolvesAt }));
    }
    await outcomes.record(anOutcome({ propositionId: 'resolved' }));
    await outcomes.record(anOutcome({ propositionId: 'void' }));
    await outcomes.voidOutcome('void', 'ambiguous', 'manual');
    for (const state of PROPOSITION_STATES)
      expect(await store.list({ world: 'live', state, limit: 1 })).toMatchObject([{ id: state, state }]);
    const all = await store.list({ world: 'live', state: null, limit: 3 });
    expect(all.map(({ id }) => id)).toEqual(['open', 'void', 'resolved']);
  });
});

const first = { propositionId: 'proposition-1', outcomeRevision: 1 };
const score = {
  forecastId: 'decision-1/0/full/house-momentum',
  world: 'live',
  model: 'house-momentum',
  modelVersion: '1',
  marketCategory: 'equity',
  volatilityRegime: 'unknown',
  timeToExpiry: '7_to_30_days',
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

describe('scores', () => {
  it('of a corrected outcome replace the old ones, never the other way round', async () => {
    await createDecisionStore(test.db).recordDecision(aDecision(), [aForecast()]);
    const store = createPerformanceStore(test.db);
    const second = { ...first, outcomeRevision: 2 };
    expect(await store.putScores(first, [score])).toBe(1);
    expect(await store.putScores(second, [{ ...score, yes: false, brier: 0.36 }])).toBe(1);
    expect(await store.putScores(first, [score])).toBe(0);
    expect((await store.scores({ world: 'live' })).map((row) => row.brier)).toEqual([0.36]);
    expect(await store.removeScores('proposition-1')).toBe(1);
  });

  it('of forecasts that a newer outcome scores no more are taken out, those under it stay', async () => {
    const models = ['early', 'late'];
    await createDecisionStore(test.db).recordDecision(
      aDecision(),
      models.map((model) => aForecast({ model })),
    );
    const stores = createStores(test.db);
    const rows = await stores.forecasts.ofProposition('proposition-1');
    const scoreOf = (model: string) => ({
      ...{ ...score, model, forecastId: rows.find((row) => row.model === model)!.id },
    });
    const store = stores.performance;
    const scored = async () => (await store.scores({ world: 'live' })).map(({ model }) => model).sort();
    expect(await store.putScores(first, models.map(scoreOf))).toBe(2);
    const second = { ...first, outcomeRevision: 2 };
    expect(await store.putScores(second, [scoreOf('early')])).toBe(2);
    expect(await scored()).toEqual(['early']);
    expect(await store.putScores(first, [])).toBe(0);
    expect(await scored()).toEqual(['early']);
    expect(await store.putScores({ ...first, outcomeRevision: 3 }, [])).toBe(1);
    expect(await scored()).toEqual([]);
  });

  it('beyond a limit leave out the oldest, and the rest comes oldest first', async () => {
    const store = createPerformanceStore(test.db);
    const models = ['house-momentum', 'b', 'c'];
    await createDecisionStore(test.db).recordDecision(
      aDecision(),
      models.map((model) => aForecast({ model })),
    );
    const ids = await test.db.query<{ readonly id: string; readonly model: string }>(
      'select id, model from forecasts',
    );
    await store.putScores(
      first,
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

describe('a contract that is decided on two days', () => {
  const asked = { '2025-09-15': { a: 0.3, b: 0.5 }, '2025-09-19': { a: 0.8, b: 0.9, late: 0.85 } };

  const decideAndScore = async (): Promise<void> => {
    const stores = createStores(test.db);
    for (const [day, said] of Object.entries(asked)) {
      const decisionId = `decision-${day}`;
      const forecasts = Object.entries(said).map(([model, probability]) =>
        aForecast({ decisionId, model, probability }),
      );
      await stores.decisions.recordDecision(aDecision({ id: decisionId }), forecasts);
      const rows = (await stores.forecasts.ofProposition('proposition-1')).filter(
        (row) => row.decisionId === decisionId,
      );
      await stores.performance.putScores(
        first,
        rows.map(({ id, model, probability }) => ({
          ...{ ...score, forecastId: id, model, probability: probability! },
          brier: (1 - probability!) ** 2,
          forecastAt: `${day}T13:00:00.000Z`,
        })),
      );
    }
  };

  it('has its consensus judged by the rule of its category, of three members at least', async () => {
    await decideAndScore();
    const stores = createStores(test.db);
    const inside = async () => {
      const query = { world: 'live', window: 'all' } as const;
      const [equity] = (await agreementView({ stores }, query)).categories;
      return [equity!.wrongSideInside, equity!.wrongSideOutside];
    };
    // Of two members there is none, however close; three within .10 of .85 are one, and right.
    expect(await inside()).toEqual([0, 1]);
    const key = 'consensus_tau.equity';
    await stores.settings.set({ key, category: 'decision', value: 0.01 });
    expect(await inside()).toEqual([null, 0.5]);
    await stores.settings.unset(key);
  });

  it('shows no skill of who was asked alone, ranked after who is known to be better than the mean', async () => {
    const stores = createStores(test.db);
    for (let event = 0; event < 3; event += 1) {
      const propositionId = `event-${event}`;
      await stores.propositions.put(
        aProposition({ id: propositionId, subject: `market:kalshi/KX-E${event}` }),
      );
      for (const said of [{ good: 0.9, bad: 0.3 }, { solo: 0.5 }]) {
        const decisionId = `${propositionId}-${Object.keys(said).length}`;
        await stores.decisions.recordDecision(
          aDecision({ id: decisionId, propositionId }),
          Object.entries(said).map(([model, probability]) =>
            aForecast({ decisionId, propositionId, model, probability }),
          ),
        );
      }
      const rows = await stores.forecasts.ofProposition(propositionId);
      await stores.performance.putScores(
        { ...first, propositionId },
        rows.map(({ id, model, probability }) => ({
          ...{ ...score, forecastId: id, model, probability: probability! },
        })),
      );
    }
    const client = { stores } as Parameters<typeof rank>[0];
    const { models } = await rank(client, { world: 'live' });
    expect(models[0]).toMatchObject({ model: 'good', n: 3, compared: 3, observations: 3 });
    const solo = models.find(({ model }) => model === 'solo');
    expect(solo).toMatchObject({ n: 3, compared: 0, observations: 0, skill: 0, skillLow: -1, skillHigh: 1 });
    expect(solo!.hitRate).toBe(0.5);
  });

  it('compares each forecast with those of its own decision: who is asked later only earns nothing by that', async () => {
    await decideAndScore();
    const client = { stores: createStores(test.db) } as Parameters<typeof rank>[0];
    const { models } = await rank(client, { world: 'live' });
    const skills = Object.fromEntries(models.map(({ model, skill }) => [model, skill]));
    expect(skills.late).toBeCloseTo(0, 12);
    expect(skills.a).toBeLessThan(0);
    const { late } = Object.fromEntries(models.map((row) => [row.model, row]));
    expect(late).toMatchObject({ n: 1, compared: 1, observations: 1 });
    const query = { world: 'live', window: 'all' } as const;
    expect(await contributionView(client, query)).toMatchObject({ n: 2 });
    expect(await agreementView(client, query)).toMatchObject({ n: 2, categories: [{ n: 2 }] });
  });
});

it('scores a strategy by what it leaned to where it did not decide', async () => {
  const stores = createStores(test.db);
  await stores.decisions.recordDecision(
    aDecision({
      details: { now: '2025-09-15T13:00:00.000Z' },
      shadow: [
        { strategy: 'consensus', status: 'no_consensus', probability: null, leaning: 0.7 },
        { strategy: 'weighted_vote', status: 'decided', probability: 0.6, leaning: 0.6 },
        { strategy: 'cascade', status: 'abstained', probability: null },
      ],
    }),
    [aForecast({ probability: 0.8 })],
  );
  await stores.outcomes.record(anOutcome());
  const { strategies } = await rank({ stores } as Parameters<typeof rank>[0], { world: 'live' });
  const byName = Object.fromEntries(strategies.map((row) => [row.strategy, row]));
  expect(byName.consensus).toMatchObject({ n: 1, decided: 0, scored: 1, brier: expect.closeTo(0.09, 9) });
  expect(byName.weighted_vote).toMatchObject({ n: 1, decided: 1, scored: 1, brier: expect.closeTo(0.16, 9) });
  expect(byName.cascade).toMatchObject({ n: 1, decided: 0, scored: 0, brier: null });
});
