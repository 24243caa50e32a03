import type { Dependencies } from '../../../activities/dependencies';
import { createReviewActivities } from '../../../activities/reviews';
import { createAnswerStore } from '../../../db/answer-store';
import type { DecisionRecord } from '../../../db/decision-record';
import { createDecisionStore, MEMBERS_VARIANCE } from '../../../db/decision-store';
import { createForecastStore } from '../../../db/forecast-store';
import { findViolations } from '../../../db/invariants';
import { createPropositionStore } from '../../../db/proposition-store';
import { createStores } from '../../../db/stores';
import { spreadVariance } from '../../../domain/ensemble/disagreement';
import { SourceFailure } from '../../../sources/port';
import type { ReviewInput } from '../../../workflows/contracts/tournament';
import { forecastsOfDecision } from '../../support/forecasts-of-decision';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from './fresh-database';
import { aDecision, aForecast, anOutcome, aProposition } from './rows';

let test: TestDatabase;
beforeAll(async () => {
  test = await freshTestDatabase();
}, STACK_START_MS);
afterAll(() => test.drop());
beforeEach(async () => {
  await test.db.query('truncate propositions, answers cascade');
  await createPropositionStore(test.db).put(aProposition());
});

const [MEMBER] = aDecision().members as [DecisionRecord['members'][number]];

const decisions = () => createDecisionStore(test.db);

/** What is approved must still be a question. */
const OPEN = { id: 'open', resolvesAt: '2099-01-01T00:00:00.000Z' };
const reviews = (sources: object = {}) =>
  createReviewActivities({ stores: createStores(test.db), sources: sources as Dependencies['sources'] });

it('finds the newest decisions, and those of a category, by an index, however many there are', async () => {
  await decisions().recordDecision(aDecision(), []);
  await test.db.query(
    `insert into ensemble_decisions select copy.* from ensemble_decisions d, generate_series(1, 5000) as n,
       jsonb_populate_record(d, jsonb_build_object('id', 'copy-' || n, 'created_at', d.created_at + make_interval(secs => n),
         'category', case when n % 50 = 0 then 'rates' else 'equity' end)) as copy`,
  );
  await test.db.query('analyze ensemble_decisions');
  const plan = await test.db.query<Record<string, string>>(`explain ${MEMBERS_VARIANCE}`, [
    ...['live', 'rates', '2026-01-01T00:00:00.000Z'],
  ]);
  const text = plan.map((row) => Object.values(row)[0]).join('\n');
  expect(text).toContain('ensemble_decisions_of_category');
  expect(text).not.toContain('Sort');
  const newest = await test.db.query<Record<string, string>>(
    "explain select id from ensemble_decisions where world = 'live' order by created_at desc, id desc limit 50",
  );
  expect(newest.map((row) => Object.values(row)[0]).join('\n')).not.toContain('Sort');
});

it('knows how far members of a category were apart in decisions by two or more', async () => {
  const decide = async (id: string, ps: readonly number[], category = 'rates') => {
    // As a strategy has it that set all aside but those who agree.
    const [stdP, answered] = [0, ps.length];
    await createPropositionStore(test.db).put(aProposition({ id: `on-${id}` }));
    const disagreement = { stdP, jensenShannon: 0, uncertainty: 0.2 };
    const quorum = { asked: answered, answered, needed: 1 };
    const members = ps.map((probability, i) => ({ ...MEMBER, model: `m${i}`, probability }));
    const silent = { ...MEMBER, model: 'silent', status: 'failed' as const, probability: null };
    const changes = {
      ...{ id, category, disagreement, quorum, propositionId: `on-${id}` },
      members: [...members, silent],
    };
    await decisions().recordDecision(aDecision(changes), []);
  };
  expect(await decisions().membersVariance('live', 'rates', '2025-09-23T00:00:00.000Z')).toBeNull();
  const apart = { near: [0.5, 0.6, 0.7], far: [0.2, 0.6] };
  await decide('near', apart.near);
  await decide('far', apart.far);
  await decide('alone', [0.3]);
  await decide('elsewhere', [0.1, 0.9], 'sports');
  const past = (await decisions().membersVariance('live', 'rates', '2025-09-23T00:00:00.000Z'))!;
  expect(past).toBeCloseTo((0.01 + 0.08) / 2, 12);
  const independent = (ps: readonly number[]) =>
    ps.length * spreadVariance(ps, { correlation: 0, modelWeight: 1 })!;
  expect(past).toBeCloseTo((independent(apart.near) + independent(apart.far)) / 2, 12);
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
  const opening = { reviewId: 'review:decision-1', input, dueAt: '2099-01-01T00:00:00.000Z' };
  const answer = (verdict: string) => ({ verdict, reviewer: 'Ann', reason: 'read it' });

  it.each([
    ['answered', answer('approve'), 'decided', 'Approved by Ann: read it'],
    ['answered', answer('reject'), 'no_consensus', 'Rejected by Ann: read it'],
    // Taken before such text was refused: its review must still come to an end.
    [
      'answered',
      { ...answer('reject'), reason: 'a\u0000b\ud800' },
      'no_consensus',
      'Rejected by Ann: a\ufffdb\ufffd',
    ],
    ['timed_out', null, 'expired', 'Nobody approved the disputed trade in time; nothing is traded'],
    ['cancelled', null, 'no_consensus', 'The review of the disputed trade was cancelled'],
  ] as const)('whose review is %s with %j ends as %s, once', async (status, given, ended, why) => {
    await test.db.query('truncate reviews');
    const parked = { status: 'parked', probability: null, action: 'hold', sizeMicroUsd: 0 } as const;
    await createPropositionStore(test.db).put(aProposition(OPEN));
    const now = '2025-09-15T13:00:00.000Z';
    const details = { review: trade, sizing: { edge: 0.0512 }, statement: 'It rises.', now };
    await decisions().recordDecision(
      aDecision({ ...parked, propositionId: 'open', stakeMicroUsd: 60_000_000, why: ['parked'], details }),
      [aForecast({ propositionId: 'open' })],
    );
    const { openReview, closeReview } = reviews();
    await openReview(opening);
    const [question] = await test.db.query<{ question: string }>('select question from reviews');
    expect(question?.question).toBe(
      'equity:AAPL: buy for $12.00 against a base rate of 0.54 (edge +0.051)? It rises.',
    );
    await closeReview({ ...opening, status, answer: given });
    await closeReview({ ...opening, status: 'answered', answer: answer('approve') });
    const row = await decisions().get('decision-1');
    expect(row).toMatchObject({ status: ended, why: [why, 'parked'] });
    expect(row).toMatchObject(
      ended === 'decided' ? trade : { probability: null, action: 'hold', sizeMicroUsd: 0 },
    );
    // When it was parked stays: the forecasts are from then.
    expect(row?.details.now).toBe(details.now);
    const { tradedAt = null } = row!.details as { readonly tradedAt?: string };
    expect(tradedAt && tradedAt >= row!.createdAt).toBe(ended === 'decided' ? true : null);
  });
});

describe('a disputed contract that is approved', () => {
  const contract = { type: 'venue_settlement', venue: 'kalshi', contract: 'KX' } as const;
  const trade = { probability: 0.7, action: 'buy', sizeMicroUsd: 20_000_000 } as const;
  const held = { heldPositionMicroUsd: 0, heldClusterMicroUsd: 0 };
  const reviewBasis = {
    ...{ terms: { kind: 'prediction_market', fee: 0.01 }, bankrollMicroUsd: 1_000_000_000, refusals: [] },
    ...{ modelWeight: 0.25, pastSpreadVariance: null },
    caps: { positionMicroUsd: 100_000_000, clusterMicroUsd: 100_000_000, ...held },
  };
  const input: ReviewInput = {
    ...{ world: 'live', targetKind: 'decision', targetId: 'decision-1', timeoutMs: 1 },
    ...{ options: ['approve', 'reject'], declaredDefault: 'reject' },
  };
  const opening = { reviewId: 'review:decision-1', input, dueAt: '2099-01-01T00:00:00.000Z' };
  const now = { priceOfYes: 0.4, result: null, closesAt: OPEN.resolvesAt };

  /** Parked at a price of 0.4, and approved when the venue says this. */
  const approve = async (
    quote: () => object,
    changes: { readonly resolvesAt?: string; readonly dueAt?: string } = {},
  ) => {
    const { resolvesAt = OPEN.resolvesAt, dueAt = opening.dueAt } = changes;
    const subject = 'market:kalshi/KX';
    await createPropositionStore(test.db).put(
      aProposition({ id: 'open', subject, resolvesAt, rule: contract }),
    );
    await decisions().recordDecision(
      aDecision({
        ...{ propositionId: 'open', subject, price: 0.4, stakeMicroUsd: 60_000_000, why: ['parked'] },
        ...{ status: 'parked', probability: null, action: 'hold', sizeMicroUsd: 0 },
        details: { review: trade, reviewBasis, now: '2025-09-15T13:00:00.000Z' },
      }),
      [],
    );
    const kalshi = {
      name: 'kalshi',
      quote: async ({ asOf }: { asOf: string }) => ({ quotedAt: asOf, ...(await quote()) }),
    };
    const answer = { verdict: 'approve', reviewer: 'Ann', reason: 'read it' };
    const { closeReview } = reviews({ predictionMarkets: { kalshi } });
    const result = await closeReview({ ...opening, dueAt, status: 'answered', answer });
    expect(result).toMatchObject({ status: 'answered', verdict: 'approve' });
    return (await decisions().get('decision-1'))!;
  };
  beforeEach(() => test.db.query('truncate reviews'));

  it('costs what it costs then, and is no larger than at that price', async () => {
    const row = await approve(() => ({ ...now, priceOfYes: 0.55 }));
    expect(row).toMatchObject({
      ...{ status: 'decided', action: 'buy', probability: 0.7, price: 0.55 },
      why: ['Approved by Ann: read it. Priced anew at 0.55, 0.4 when the members disputed', 'parked'],
      details: { review: trade, sizing: { action: 'buy', edge: expect.closeTo(0.04, 2) } },
    });
    expect(row.priceAt! > '2026-01-01').toBe(true);
    expect(row.sizeMicroUsd).toBeGreaterThan(0);
    expect(row.sizeMicroUsd).toBeLessThan(trade.sizeMicroUsd);
  });

  it('is never more than was approved', async () => {
    expect(await approve(() => ({ ...now, priceOfYes: 0.2 }))).toMatchObject({
      ...{ status: 'decided', price: 0.2, sizeMicroUsd: trade.sizeMicroUsd },
    });
  });

  it.each([
    [
      'at a price beyond it',
      { priceOfYes: 0.8 },
      {},
      'At the price of now, 0.8, the edge is gone (it says to sell)',
    ],
    [
      'at a price that leaves no more than the fees',
      { priceOfYes: 0.69 },
      {},
      'At the price of now, 0.69, the edge is gone (Edge is below fees)',
    ],
    [
      'where nobody trades any more',
      { priceOfYes: null },
      {},
      'The venue shows no price now that could be traded near',
    ],
    ['when it has settled', { priceOfYes: 1, result: 'yes' }, {}, 'kalshi has settled KX by now'],
    ['when it has closed', { closesAt: '2026-01-01T00:00:00.000Z' }, {}, 'KX is closed for trading'],
    [
      'after its question was due',
      {},
      { resolvesAt: '2025-09-22T20:00:00.000Z' },
      'Its question was open until 2025-09-22T20:00:00.000Z',
    ],
  ])('is not traded %s', async (_when, quote, changes, why) => {
    expect(await approve(() => ({ ...now, ...quote }), changes)).toMatchObject({
      ...{ status: 'no_consensus', action: 'hold', sizeMicroUsd: 0, probability: null, price: 0.4 },
      why: [`Approved by Ann: read it. ${why}; nothing is traded`, 'parked'],
    });
  });

  it('is not traded when its outcome is known, whatever the venue says', async () => {
    await createPropositionStore(test.db).put(aProposition({ ...OPEN, rule: contract }));
    await createStores(test.db).outcomes.record(anOutcome({ propositionId: 'open' }));
    expect(await approve(() => now)).toMatchObject({
      status: 'no_consensus',
      why: ['Approved by Ann: read it. Its outcome is known by now (yes); nothing is traded', 'parked'],
    });
  });

  it('waits for a venue that is out with its review open, until that is due', async () => {
    const out = () => {
      throw new SourceFailure('kalshi', 'unreachable', 'out');
    };
    await expect(approve(out)).rejects.toThrow(
      /^kalshi does not answer \(unreachable\): the approval waits for its price of now until 2099/,
    );
    expect(await decisions().get('decision-1')).toMatchObject({ status: 'parked', why: ['parked'] });
    const { reviews: rows } = createStores(test.db);
    expect(await rows.get('review:decision-1')).toMatchObject({ status: 'waiting' });
    expect(await approve(() => now)).toMatchObject({ status: 'decided', price: 0.4 });
    expect(await rows.get('review:decision-1')).toMatchObject({ status: 'answered' });
  });

  it('is not traded once the review is due, whether the venue answers or not', async () => {
    const out = () => {
      throw new SourceFailure('kalshi', 'rate_limited', 'out');
    };
    for (const venue of [out, () => now]) {
      await test.db.query('truncate reviews, ensemble_decisions cascade');
      expect(await approve(venue, { dueAt: '2026-01-01T00:00:00.000Z' })).toMatchObject({
        ...{ status: 'no_consensus', sizeMicroUsd: 0 },
        why: [
          'Approved by Ann: read it. The review was due before the approval could be carried out; nothing is traded',
          'parked',
        ],
      });
    }
  });

  describe('while the desk is halted', () => {
    const halt = () =>
      createStores(test.db).modes.override({ mode: 'halted', reason: 'fire drill', by: 'Bo' });
    const nothing = {
      ...{ status: 'no_consensus', sizeMicroUsd: 0 },
      why: [
        'Approved by Ann: read it. The desk was halted before it could be recorded (fire drill); nothing is traded',
        'parked',
      ],
    };
    afterEach(() => createStores(test.db).modes.endOverride({ reason: 'over', by: 'Bo' }));

    it('is not traded', async () => {
      await halt();
      expect(await approve(() => now)).toMatchObject(nothing);
    });

    it('is not traded either where it is halted while the venue is asked', async () => {
      expect(await approve(() => halt().then(() => now))).toMatchObject(nothing);
    });
  });
});

it('an approved trade is cut to the room that others have left by then', async () => {
  await test.db.query('truncate reviews');
  const stores = createStores(test.db);
  await stores.settings.set({ key: 'desk_equity_usd', category: 'desk', value: 100 });
  const review = { probability: 0.7, action: 'buy', sizeMicroUsd: 60_000_000 };
  const parked = { status: 'parked', probability: null, action: 'hold', sizeMicroUsd: 0 } as const;
  await stores.propositions.put(aProposition(OPEN));
  await decisions().recordDecision(
    aDecision({ ...parked, propositionId: 'open', stakeMicroUsd: 60_000_000, why: [], details: { review } }),
    [],
  );
  const { openReview, closeReview } = reviews();
  const input: ReviewInput = {
    ...{ world: 'live', targetKind: 'decision', targetId: 'decision-1', timeoutMs: 1 },
    ...{ options: ['approve', 'reject'], declaredDefault: 'reject' },
  };
  const opening = { reviewId: 'review:decision-1', input, dueAt: '2099-01-01T00:00:00.000Z' };
  await openReview(opening);
  const answer = { verdict: 'approve', reviewer: 'Ann', reason: 'read it' };
  await closeReview({ ...opening, status: 'answered', answer });
  await stores.settings.unset('desk_equity_usd');
  const row = await decisions().get('decision-1');
  expect(row).toMatchObject({ status: 'decided', action: 'buy' });
  expect(row!.sizeMicroUsd).toBeLessThan(60_000_000);
  expect(row!.why[0]).toMatch(/^Approved by Ann: read it\. Cut from \$60\.00 to \$\d+/);
});

describe('a decision', () => {
  it('is stored with its forecasts and read back as it was', async () => {
    const stored = await decisions().recordDecision(aDecision(), [aForecast()]);
    expect(stored.first).toBe(true);
    const { createdAt: _createdAt, ...rest } = stored.row;
    expect(rest).toEqual(aDecision());
    expect(await decisions().get('decision-1')).toEqual(stored.row);
    expect(await forecastsOfDecision(createStores(test.db), 'decision-1')).toEqual([
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
    const forecasts = await forecastsOfDecision(createStores(test.db), 'decision-1');
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
