// Decisions that nobody answers and research that nobody writes, as workflows on a real Temporal server with activities that the test plays.
import { setTimeout as pause } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import { decisionRow } from '../../../activities/decision-row';
import type { Dependencies } from '../../../activities/dependencies';
import { createRecordDecision } from '../../../activities/record-decision';
import { createScoring } from '../../../activities/scoring';
import type { ConclaveClient } from '../../../client/connect';
import { decideReview, ReviewClosed, shownReview } from '../../../client/reviews';
import type { ReviewRow } from '../../../db/review-store';
import { createStores } from '../../../db/stores';
import { decisionSettings } from '../../../domain/settings/decision-settings';
import type {
  DecisionInput,
  DecisionPlan,
  DecisionRecord,
  DecisionResult,
  EarlyAnswer,
} from '../../../workflows/contracts/decision';
import type {
  AttachWarming,
  WarmingInput,
  WarmingPlan,
  WarmingTally,
} from '../../../workflows/contracts/desk';
import type {
  AttachResult,
  BriefRef,
  ResearchInput,
  ResearchOutcome,
  ResearchPlan,
  StoreBriefInput,
} from '../../../workflows/contracts/research';
import type { ReviewInput } from '../../../workflows/contracts/tournament';
import { forecastsOfDecision } from '../../support/forecasts-of-decision';
import { temporalAddress, uniquePrefix } from '../../support/test-stack';
import { freshTestDatabase, STACK_START_MS } from '../db/fresh-database';
import { anEvent, anOutcome, aProposition, aReservation } from '../db/rows';

jest.setTimeout(120_000);

const quiet = () => undefined;
const logger = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: console.error };

const member = (model: string, provider: string) => ({
  ...{ model, provider, worstCaseMicroUsd: 10, statistical: false, recorded: false },
  rates: { inputPer1M: 10, outputPer1M: 10 },
  ...{ weight: null, calibrator: null, calibratorVersion: null },
});

const plan = (decisionId: string, queue: string): DecisionPlan => ({
  decisionId,
  propositionId: 'p',
  statement: 's',
  category: 'test',
  resolvesAt: '2030-01-01T00:00:00.000Z',
  price: 0.5,
  priceAt: null,
  seriesId: null,
  strategy: 'weighted_vote',
  mode: 'normal',
  now: new Date().toISOString(),
  members: [member('a', queue), member('b', queue)],
  substitutes: [],
  quorumNeeded: 1,
  callDeadlineMs: 1_000,
  weightsVersion: null,
  thresholds: {},
  budgetLeftMicroUsd: null,
  sizing: null,
  candidates: [],
  degradations: [],
  synthetic: false,
});

const input = (changes: Partial<DecisionInput>): DecisionInput => ({
  ...{ world: 'live', asOf: null, subject: 'question:waiting', sessionId: null, stakeMicroUsd: 25_000_000 },
  ...{
    strategy: null,
    members: null,
    horizonDays: 5,
    research: null,
    recorded: null,
    recordedLatencyScale: 0,
  },
  ...{ prices: null, deadlineAt: null, maxCostMicroUsd: null, priority: 1 },
  ...changes,
});

let worker: Worker;
let calls: Worker;
let running: Promise<unknown>;
let client: Client;
let queue: string;
let kind: string;
let substitutes: DecisionPlan['substitutes'] = [];
let downgrade = false;
let asked: string[] = [];
let recorded: DecisionRecord[] = [];
let stored: StoreBriefInput[] = [];
/** Who asked for research. */
let attached: string[] = [];
let wanted: ResearchInput[] = [];
/** Research that ended without a brief. */
let failed: { readonly sessionRow: string; readonly restarts: number }[] = [];
/** Runs before a reader is told of a brief. */
let whenRead: (reader: string) => Promise<void> = async () => undefined;
let mostWaitMs = 0;
let changed: Partial<DecisionPlan> = {};
let opened: { readonly input: ReviewInput }[] = [];
let closed: { readonly input: ReviewInput; readonly status: string }[] = [];
/** Runs before a review is closed. */
let whenClosed: () => Promise<void> = async () => undefined;
/** The research that decisions join. */
let waitingFor = '';

/** Probabilities of models that say something of their own. */
let says: Readonly<Record<string, number>> = {};

/** What research is served from the cache; null: it is joined. */
let brief: BriefRef | null = null;
/** The activity itself, where a test records for good. */
let record: ReturnType<typeof createRecordDecision>['recordDecision'] | null = null;
/** What recording makes of a decision. */
let onRecord: Partial<DecisionResult> = {};
/** Plays the research that is asked for; null: a run of the test's own, or none. */
let whenAttached: ((reader: string) => Promise<AttachResult>) | null = null;
/** Runs before a call is answered. */
let whenAsked: (key: string) => Promise<void> = async () => undefined;

/** Beats while the work of a call lasts, as the real activity does. */
const beating = async <T>(work: Promise<T>): Promise<T> => {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(), 500);
  return work.finally(() => clearInterval(beat));
};

const outFor = (kind: string): ApplicationFailure =>
  ApplicationFailure.create({
    ...{ message: 'out', type: kind, nonRetryable: true },
    details: [{ kind, costMicroUsd: 3, latencyMs: 1, sends: 1, message: 'out', downgrade }],
  });

const callModel = async ({ key, model, provider }: { key: string; model: string; provider: string }) => {
  asked.push(key);
  await whenAsked(key);
  if (kind !== 'none' && !model.startsWith('substitute') && model !== 'house-brief') throw outFor(kind);
  const answer = {
    key,
    model,
    provider,
    probability: says[model] ?? 0.7,
    costMicroUsd: 5,
    latencyMs: 1,
    sends: 1,
  };
  return { ...answer, reused: false, modelVersion: 'v' };
};

beforeAll(async () => {
  queue = uniquePrefix();
  const address = await temporalAddress();
  const connection = await NativeConnection.connect({ address });
  client = new Client({ connection: await Connection.connect({ address }) });
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: require.resolve('../../../workflows/index.ts'),
    logger,
  });
  const activities = {
    prepareDecision: async ({ decisionId }: { decisionId: string }) => ({
      ...plan(decisionId, queue),
      substitutes,
      ...changed,
    }),
    recordDecision: async (decision: DecisionRecord) => {
      recorded.push(decision);
      return record ? record(decision) : { arms: null, trade: onRecord };
    },
    openReview: async (opening: { input: ReviewInput }) => void opened.push(opening),
    closeReview: async (closing: { input: ReviewInput; status: string }) => {
      await whenClosed();
      closed.push(closing);
      return { reviewId: 'r', status: closing.status, verdict: null, reviewer: null, closedAt: '' };
    },
    findBrief: async () => null,
    attachWarming: async ({ waiter }: AttachWarming) => whenAttached!(waiter),
    unsettledWarming: async () => [],
    finishWarming: async ({ tally }: { tally: WarmingTally }) => tally,
    failResearch: async (request: { sessionRow: string; restarts: number }) => void failed.push(request),
    recordBriefRead: ({ reader }: { reader: string }) => whenRead(reader),
    attachResearch: async ({ research }: { research: ResearchInput }) => {
      attached.push(research.reader);
      wanted.push(research);
      if (whenAttached) return whenAttached(research.reader);
      if (brief) return { status: 'hit', brief };
      await client.workflow
        .getHandle(waitingFor)
        .signal('addWaiter', research.reader, research.deadlineAt ?? null, research.refresh);
      return { status: 'attached', researchId: waitingFor };
    },
    planResearch: async (): Promise<ResearchPlan> => ({
      ...{ category: 'research', epoch: 0, deadlineMs: 1_000, verifier: [], mostWaitMs },
      ...{ writer: [member('a', queue)], standIn: member('house-brief', queue) },
      waits: { firstMs: 500, longestMs: 500 },
    }),
    gatherFacts: async () => ({
      dossierId: 'd',
      seriesId: null,
      asOf: '',
      synthetic: true,
      items: 0,
      degraded: [],
    }),
    storeBrief: async (brief: StoreBriefInput) => {
      stored.push(brief);
      return { status: 'stored', brief: { briefId: ['b', 'b2'][stored.length - 1], cache: 'miss' } };
    },
  };
  // Both queues are the test's own: the database activities follow the workflow's, calls have the provider's.
  worker = await Worker.create({ connection, taskQueue: queue, workflowBundle, activities });
  calls = await Worker.create({
    ...{ connection, taskQueue: `provider-${queue}`, activities: { callModel } },
    // Beats are otherwise held back until shortly before they are missed.
    maxHeartbeatThrottleInterval: 500,
  });
  running = Promise.all([worker.run(), calls.run()]);
}, STACK_START_MS);
afterAll(async () => {
  worker.shutdown();
  calls.shutdown();
  await running;
});
beforeEach(() => {
  substitutes = [];
  asked = [];
  recorded = [];
  stored = [];
  attached = [];
  wanted = [];
  failed = [];
  whenRead = async () => undefined;
  mostWaitMs = 60_000;
  changed = {};
  opened = [];
  closed = [];
});

const decide = (changes: Partial<DecisionInput>): Promise<DecisionResult> =>
  client.workflow.execute('ensembleDecision', {
    workflowId: `decision:${queue}:${Math.random()}`,
    taskQueue: queue,
    args: [input(changes)],
  });
const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();

/** A database of its own with one proposition, and what writes decisions to it; to be dropped at the end. */
const aDatabaseWith = async (changes: Parameters<typeof aProposition>[0]) => {
  const { db, drop } = await freshTestDatabase();
  const stores = createStores(db);
  const proposition = aProposition({ category: 'test', ...changes });
  await stores.propositions.put(proposition);
  const dependencies = { db, stores, options: {}, logger } as unknown as Dependencies;
  return { stores, drop, proposition, recordDecision: createRecordDecision(dependencies).recordDecision };
};

it('waits while its deadline lasts, and then ends as expired, with its failed members on record', async () => {
  kind = 'unavailable';
  const deadlineAt = inMs(8_000);
  const result = await decide({ deadlineAt });
  expect(result.status).toBe('expired');
  expect(result).toMatchObject({ action: 'hold', sizeMicroUsd: 0, probability: null, costMicroUsd: 6 });
  expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(deadlineAt));
  expect(recorded).toHaveLength(1);
  expect(asked.every((key) => key.includes('/0/first/'))).toBe(true);
});

it('begins neither research nor calls after its deadline, and ends as expired', async () => {
  kind = 'none';
  const research = { kind: 'complete', template: 'swing', refresh: false } as const;
  const result = await decide({ deadlineAt: inMs(-1_000), research });
  expect(result).toMatchObject({ status: 'expired', action: 'hold', research: null, costMicroUsd: 0 });
  expect(recorded).toHaveLength(1);
  expect([attached, asked]).toEqual([[], []]);
});

it('does not wait without a deadline', async () => {
  kind = 'unavailable';
  const result = await decide({});
  expect(result).toMatchObject({ status: 'abstained', probability: null });
});

it('does not wait for what waiting cannot mend, and says that the budget was reached', async () => {
  kind = 'budget';
  const started = Date.now();
  const result = await decide({ deadlineAt: inMs(60_000) });
  expect(result.status).toBe('abstained');
  expect(result.why[0]).toBe('The budget was reached: 2 of 2 members could not be asked');
  expect(Date.now() - started).toBeLessThan(30_000);
});

it('asks again after its wait, under keys of the new round, and counts what the first round cost', async () => {
  kind = 'unavailable';
  // A later round begins once the first has failed for both.
  whenAsked = async (key) => {
    if (key.includes('/1/first/')) kind = 'none';
  };
  const result = await decide({ deadlineAt: inMs(90_000) });
  whenAsked = async () => undefined;
  expect(result).toMatchObject({ status: 'decided', costMicroUsd: 16, providerCalls: 4 });
  expect(asked.filter((key) => key.includes('/0/first/'))).toHaveLength(2);
  expect(asked.filter((key) => key.includes('/1/first/'))).toHaveLength(2);
});

it('says in how many rounds nobody and in how many too few answered, and reads its brief once', async () => {
  kind = 'none';
  changed = { quorumNeeded: 2, waits: { firstMs: 100, longestMs: 100 } };
  const made = { briefId: 'made', cache: 'restarted', costMicroUsd: 7, briefCostMicroUsd: 7 } as BriefRef;
  brief = made;
  // The second round is answered by one of two, the third by both.
  whenAsked = async (key) => {
    brief = { ...made, cache: 'hit', costMicroUsd: 0 };
    if (!key.endsWith('/1/first/a') && !key.includes('/2/')) throw outFor('unavailable');
  };
  const research = { kind: 'complete', template: 'swing', refresh: true } as const;
  const result = await decide({ deadlineAt: inMs(90_000), research });
  [whenAsked, brief] = [async () => undefined, null];
  expect(result.why[0]).toBe(
    'Asked again after waiting: nobody answered in 1 earlier round, too few answered in 1 earlier round',
  );
  expect(wanted.map(({ refresh, knownBriefId }) => [refresh, knownBriefId])).toEqual([
    [true, undefined],
    ...Array(2).fill([false, 'made']),
  ]);
  expect(result.research).toEqual(made);
});

it('fails over to substitutes that are no dearer, each once, hop by hop on record', async () => {
  kind = 'unavailable';
  substitutes = [
    { ...member('substitute-dear', queue), rates: { inputPer1M: 11, outputPer1M: 1 } },
    member('substitute-1', queue),
    member('substitute-2', queue),
  ];
  const started = Date.now();
  const result = await decide({});
  console.info(`decided by substitutes after ${Date.now() - started} ms`);
  expect(result.status).toBe('decided');
  expect(result.members.map(({ model }) => model).sort()).toEqual(['substitute-1', 'substitute-2']);
  expect(result.members.map(({ standsInFor }) => standsInFor).sort()).toEqual(['a', 'b']);
  expect(result.members[0]?.hops.map(({ failure }) => failure)).toEqual(['unavailable', null]);
  expect(asked.some((key) => key.endsWith('substitute-dear'))).toBe(false);
});

it('a cap that asks for cheaper ones lets a substitute try, and one that stops does not', async () => {
  substitutes = [
    member('substitute-as-dear', queue),
    { ...member('substitute-cheap', queue), worstCaseMicroUsd: 5 },
  ];
  kind = 'budget';
  expect((await decide({})).status).toBe('abstained');
  downgrade = true;
  const { status, why, members } = await decide({});
  expect(status).toBe('decided');
  expect(members.find(({ probability }) => probability !== null)?.model).toBe('substitute-cheap');
  expect(why.slice(0, 2)).toEqual([
    'The budget was reached: 1 of 2 members could not be asked',
    'A budget was reached: 1 of 2 were asked at cheaper models',
  ]);
  downgrade = false;
});

/** Three members far apart about a contract that costs a tenth, at a stake above fifty dollars. */
const disputed = (reviewDisputed: boolean): Partial<DecisionInput> => {
  says = { a: 0.9, b: 0.8, c: 0.3 };
  changed = {
    members: ['a', 'b', 'c'].map((model) => ({ ...member(model, queue), statistical: true })),
    price: 0.1,
    settings: { ...decisionSettings(new Map(), 'test'), reviewDisputed },
    sizing: {
      terms: { kind: 'prediction_market', fee: 0.01 },
      bankrollMicroUsd: 10_000_000_000,
      caps: {
        ...{ positionMicroUsd: 1_000_000_000, clusterMicroUsd: 2_000_000_000 },
        ...{ heldPositionMicroUsd: 0, heldClusterMicroUsd: 0 },
      },
      refusals: [],
    },
  };
  return { stakeMicroUsd: 60_000_000 };
};

it('counts what critique and second vote cost, and shows the full answer while they run', async () => {
  kind = 'none';
  says = { a: 0.9, b: 0.8 };
  const early: (EarlyAnswer | null)[] = [];
  whenAsked = async (key) => {
    if (!key.includes('/critique/')) return;
    const id = key.slice(0, key.indexOf('/'));
    early.push(await client.workflow.getHandle(id).query<EarlyAnswer | null>('earlyAnswer'));
  };
  const result = await decide({ stakeMicroUsd: 60_000_000 });
  whenAsked = async () => undefined;
  says = {};
  expect(result).toMatchObject({ stage: 'enhanced', costMicroUsd: 30, providerCalls: 6 });
  expect(early).toHaveLength(2);
  for (const answer of early) expect(answer).toMatchObject({ stage: 'full', answered: 2, status: 'decided' });
});

it('says what a budget or an outage took from the second round', async () => {
  kind = 'none';
  says = { a: 0.9, b: 0.8 };
  const refused = (round: string, kinds: Readonly<Record<string, string>>) => async (key: string) => {
    const kindOf = kinds[key.split('/').at(-1)!];
    if (kindOf && key.includes(`/${round}/`)) throw outFor(kindOf);
  };
  const decideWith = async (round: string, kinds: Readonly<Record<string, string>>) => {
    whenAsked = refused(round, kinds);
    const result = await decide({ stakeMicroUsd: 60_000_000 });
    return [result.stage, result.budgetReached ?? false, ...result.why.slice(0, 2)];
  };
  const none = await decideWith('critique', { a: 'budget', b: 'timed_out' });
  const half = await decideWith('second', { b: 'budget' });
  const outage = await decideWith('second', { a: 'timed_out' });
  whenAsked = async () => undefined;
  says = {};
  expect(none).toEqual([
    ...['enhanced', true, '2 of 2 critiques are missing (budget 1, timed out 1)'],
    'Nobody cast a second vote; otherwise the first votes count',
  ]);
  expect(half.slice(0, 3)).toEqual([
    ...['enhanced', true, '1 of 2 cast a second vote (budget 1); otherwise the first votes count'],
  ]);
  expect(outage.slice(0, 3)).toEqual([
    ...['enhanced', false, '1 of 2 cast a second vote (timed out 1); otherwise the first votes count'],
  ]);
  expect(recorded.map((record) => decisionRow(record).details.budgetReached)).toEqual([
    true,
    true,
    undefined,
  ]);
});

it.each([
  ['critique', 'first', 'weighted_vote', 60_000_000],
  ['second vote', 'critique', 'weighted_vote', 60_000_000],
  ['stage of a cascade', 'first', 'cascade', 9_000_000],
] as const)(
  'begins no %s when it was overtaken by the deadline',
  async (what, late, strategy, stakeMicroUsd) => {
    kind = 'none';
    says = { a: 0.5, b: 0.8 };
    changed = { strategy };
    const deadlineAt = inMs(10_000);
    whenAsked = async (key) => {
      const leftMs = Date.parse(deadlineAt) - Date.now();
      if (key.includes(`/${late}/`)) await beating(pause(leftMs + 100));
    };
    const result = await decide({ stakeMicroUsd, deadlineAt });
    whenAsked = async () => undefined;
    says = {};
    expect(result).toMatchObject({ status: 'expired', action: 'hold' });
    const rounds = {
      critique: ['first', 'first'],
      'second vote': ['first', 'first', 'critique', 'critique'],
      'stage of a cascade': ['first'],
    };
    expect(asked.map((key) => key.split('/').at(-2))).toEqual(rounds[what]);
  },
);

it('keeps first votes beside second ones, and a second vote that failed takes nothing from its member', async () => {
  kind = 'none';
  says = { a: 0.9, b: 0.8 };
  changed = { decisionId: 'decision:two-votes', propositionId: 'proposition-1', price: 0.1 };
  whenAsked = async (key) => {
    const [, round, model] = key.split('/').slice(-3);
    says = { ...says, a: round === 'second' ? 0.6 : 0.9 };
    if (round === 'second' && model === 'b')
      throw ApplicationFailure.create({
        ...{ message: 'out', type: 'malformed', nonRetryable: true },
        details: [{ kind: 'malformed', costMicroUsd: 3, latencyMs: 1, sends: 1, message: 'out' }],
      });
  };
  await decide({ stakeMicroUsd: 60_000_000 });
  whenAsked = async () => undefined;
  says = {};

  const { stores, drop, proposition, recordDecision } = await aDatabaseWith({});
  await recordDecision(recorded[0]!);
  const rows = await forecastsOfDecision(stores, 'decision:two-votes');
  expect(
    rows.map(({ attemptGroup, model, status, probability, weight }) => [
      ...[attemptGroup, model, status, probability, weight],
    ]),
  ).toEqual([
    ['first', 'a', 'answered', 0.9, null],
    ['first', 'b', 'answered', 0.8, 0.5],
    ['second', 'a', 'answered', 0.6, 0.5],
  ]);

  await stores.outcomes.record(anOutcome({ resolvedAt: inMs(60_000) }));
  expect(await createScoring(stores).score(proposition)).toBe(2);
  const scores = await stores.performance.scores({ world: 'live' });
  expect(scores.map(({ model, probability }) => [model, probability]).sort()).toEqual([
    ['a', 0.6],
    ['b', 0.8],
  ]);
  const seen = { world: 'live', category: 'test', models: ['a', 'b'], through: inMs(60_000), limit: 5 };
  const screened = await stores.track.recentAnswers(seen);
  expect(screened.map(({ model, probability }) => [model, probability])).toEqual([
    ['a', 0.9],
    ['b', 0.8],
  ]);
  // About what has resolved by now: recorded before it, and begun before but held up until after it.
  const again = (decisionId: string) => {
    const { plan, result, ...rest } = recorded[0]!;
    const record = { ...rest, plan: { ...plan, decisionId }, result: { ...result, decisionId } };
    return recordDecision(record);
  };
  await again('decision:before');
  await stores.worlds.setClockOffsetForTests('live', 120_000);
  await again('decision:held-up');
  const scored = (await stores.performance.scores({ world: 'live' })).map(({ forecastId }) => forecastId);
  expect(scored.filter((id) => id.startsWith('decision:before/'))).toHaveLength(2);
  expect(scored.filter((id) => id.startsWith('decision:held-up/'))).toEqual([]);
  await drop();
});

it('trades nothing on a brief that an event covered while its members were asked', async () => {
  kind = 'none';
  const { stores, drop, recordDecision } = await aDatabaseWith({ id: 'p', subject: 'question:waiting' });
  record = recordDecision;
  const about = disputed(false);
  says = { a: 0.9, b: 0.9, c: 0.9 };
  const epoch = await stores.briefs.coveringEpoch('live', 'question:waiting');
  brief = { briefId: 'known', epoch, cache: 'hit' } as BriefRef;
  const research = { kind: 'complete', template: 'swing', refresh: false } as const;
  const decideWith = () => decide({ ...about, research });
  changed = { ...changed, decisionId: 'decision:in-time' };
  expect(await decideWith()).toMatchObject({
    status: 'decided',
    action: 'buy',
    sizeMicroUsd: expect.any(Number),
  });
  const { sizeMicroUsd } = (await stores.decisions.get('decision:in-time'))!;
  expect(sizeMicroUsd).toBeGreaterThan(0);

  changed = { ...changed, decisionId: 'decision:overtaken' };
  const crash = { type: 'market_crash', scope: { kind: 'everything' }, reason: 'circuit breaker' } as const;
  whenAsked = async (key) => {
    if (key.endsWith('/first/a')) await stores.events.recordEvent(anEvent(crash));
  };
  const result = await decideWith();
  const told = 'After its research came market_crash (circuit breaker); nothing is traded';
  const held = {
    ...{ status: 'decided', action: 'hold', sizeMicroUsd: 0, probability: expect.any(Number) },
    why: expect.arrayContaining([told]),
  };
  expect(result).toMatchObject(held);
  expect(await stores.decisions.get('decision:overtaken')).toMatchObject(held);

  // What happens today says nothing of a day that is replayed.
  changed = { ...changed, decisionId: 'decision:of-the-past' };
  expect(await decide({ ...about, research, asOf: '2025-09-15T13:00:00.000Z' })).toMatchObject({
    ...{ status: 'decided', action: 'buy', sizeMicroUsd },
  });

  // A disputed trade that nobody could approve is put to nobody.
  const stake = { ...disputed(true), research, deadlineAt: inMs(60_000) };
  changed = { ...changed, decisionId: 'decision:disputed' };
  const unasked = await decide(stake);
  [whenAsked, says, brief, record] = [async () => undefined, {}, null, null];
  expect(recorded.at(-1)?.review).toMatchObject({ action: 'buy' });
  expect(unasked).toMatchObject({
    status: 'no_consensus',
    action: 'hold',
    sizeMicroUsd: 0,
    probability: null,
  });
  expect(unasked.why[0]).toBe(told);
  expect(unasked.why.join()).not.toMatch(/review|approve/);
  expect(await stores.decisions.get('decision:disputed')).toMatchObject({ status: 'no_consensus' });
  await expect(client.workflow.getHandle('review:decision:disputed').describe()).rejects.toThrow(
    /not found/i,
  );
  await drop();
});

it('trades nothing at the price of half an hour before, but on a replayed day', async () => {
  kind = 'none';
  const { stores, drop, recordDecision } = await aDatabaseWith({ id: 'p', subject: 'question:waiting' });
  record = recordDecision;
  const about = disputed(false);
  says = { a: 0.9, b: 0.9, c: 0.9 };
  const now = inMs(-31 * 60_000);
  changed = { ...changed, decisionId: 'decision:held-up', now };
  const late = {
    ...{ status: 'expired', action: 'hold', sizeMicroUsd: 0, probability: null },
    why: expect.arrayContaining([expect.stringMatching(`^It was priced at ${now}, more than 30 minutes`)]),
  };
  expect(await decide(about)).toMatchObject(late);
  const row = await stores.decisions.get('decision:held-up');
  expect(row).toMatchObject(late);
  expect(Date.parse(row!.details.now as string)).toBeGreaterThan(Date.parse(inMs(-60_000)));

  // Of a venue that did not answer, so that the price is the brief's.
  const priceAt = now;
  changed = { ...changed, decisionId: 'decision:old-quote', now: inMs(0), priceAt };
  expect(await decide(about)).toMatchObject(late);
  changed = { ...changed, decisionId: 'decision:new-quote', priceAt: inMs(-60_000) };
  expect(await decide(about)).toMatchObject({ status: 'decided', action: 'buy' });

  changed = { ...changed, priceAt, decisionId: 'decision:replayed', now: '2025-09-15T13:00:00.000Z' };
  const replayed = await decide({ ...about, asOf: '2025-09-15T13:00:00.000Z' });
  [says, record] = [{}, null];
  expect(replayed).toMatchObject({ status: 'decided', action: 'buy' });
  expect((await stores.decisions.get('decision:replayed'))?.details.now).toBe('2025-09-15T13:00:00.000Z');
  await drop();
});

it('counts what a deadline cut off as the ledger does', async () => {
  kind = 'none';
  const { stores, drop, recordDecision } = await aDatabaseWith({ id: 'p', subject: 'question:waiting' });
  record = recordDecision;
  changed = { decisionId: 'decision:cut-off' };
  whenAsked = async (callKey) => {
    const booked = { callKey, decisionId: 'decision:cut-off', amountMicroUsd: 300 };
    await stores.ledger.reserve(aReservation(booked));
    if (callKey.endsWith('/a')) {
      const bill = { actualMicroUsd: 5, usage: null, outcome: 'answered' };
      return void (await stores.ledger.settle(`${callKey}#1`, bill));
    }
    return beating(Context.current().cancelled);
  };
  const result = await decide({ deadlineAt: inMs(8_000) });
  [whenAsked, record] = [async () => undefined, null];
  expect(result).toMatchObject({ status: 'expired', costMicroUsd: 305, providerCalls: 2 });
  expect(await stores.decisions.get('decision:cut-off')).toMatchObject({ costMicroUsd: 305 });
  await drop();
});

it('answers with what is on record, where recording came too late for a trade', async () => {
  kind = 'none';
  onRecord = { status: 'expired', probability: null, action: 'hold', sizeMicroUsd: 0, why: ['late'] };
  const result = await decide({});
  expect(result).toMatchObject(onRecord);
  onRecord = {};
});

it('a cascade counts those who cast no second vote by their first', async () => {
  kind = 'none';
  const statistical = ['c', 'd', 'e'].map((model) => ({ ...member(model, queue), statistical: true }));
  changed = {
    ...{ strategy: 'cascade', quorumNeeded: 3 },
    members: [member('a', queue), member('b', queue), ...statistical],
  };
  const result = await decide({ stakeMicroUsd: 60_000_000 });
  expect(result).toMatchObject({ status: 'decided', stage: 'enhanced', quorum: { asked: 5, answered: 5 } });
});

it('a cascade that evidence raised to the enhanced stage decides by all second votes, not by its quick member', async () => {
  kind = 'none';
  changed = { strategy: 'cascade', members: ['a', 'b', 'c'].map((model) => member(model, queue)) };
  whenAsked = async (key) => {
    says = key.includes('/second/') ? { a: 0.85, b: 0.9, c: 0.8 } : { a: 0.6, b: 0.95, c: 0.1 };
  };
  const result = await decide({ stakeMicroUsd: 5_000_000 });
  whenAsked = async () => undefined;
  says = {};
  expect(result).toMatchObject({ status: 'decided', stage: 'enhanced' });
  expect(result.why).toContain('Stage enhanced');
  expect(result.members.map(({ weight }) => weight)).toEqual([1 / 3, 1 / 3, 1 / 3]);
  expect(result.why.filter((line) => /^Escalated from/.test(line))).toHaveLength(1);
});

it.each([
  ['the budget pays no more', { budgetLeftMicroUsd: 12 }, 60_000_000, /^Lowered from enhanced to quick/],
  ['a better answer is worth less', { dear: 2_000_000 }, 9_000_000, /worth less than it costs/],
])('a cascade stays at the quick stage where %s, and says so', async (_title, terms, stakeMicroUsd, why) => {
  kind = 'none';
  says = { a: 0.5 };
  const worstCaseMicroUsd = 'dear' in terms ? terms.dear : 10;
  changed = {
    ...{ strategy: 'cascade', budgetLeftMicroUsd: null, ...terms },
    members: ['a', 'b'].map((model) => ({ ...member(model, queue), worstCaseMicroUsd })),
  };
  const result = await decide({ stakeMicroUsd });
  says = {};
  expect(result).toMatchObject({ stage: 'quick', status: 'decided' });
  expect(result.why).toContainEqual(expect.stringMatching(why));
  expect(result.why).toContain('Stage quick');
});

it('trades on statistics alone in no mode in which nobody answers, and on a stored forecast in that mode', async () => {
  const sized = disputed(false);
  says = { a: 0.6, b: 0.6, c: 0.6 };
  kind = 'none';
  expect(await decide({ ...sized, stakeMicroUsd: 9_000_000 })).toMatchObject({ action: 'buy' });
  changed = { ...changed, mode: 'cached' };
  const unbacked = await decide({ ...sized, stakeMicroUsd: 40_000_000 });
  expect(unbacked).toMatchObject({ status: 'decided', action: 'hold', sizeMicroUsd: 0, mode: 'cached' });
  expect(unbacked.why.at(-1)).toMatch(/^Mode cached: no language model answers/);
  kind = 'breaker_open';
  const stored = { provider: queue, probability: 0.6, madeAt: '', answerKey: 'k', modelVersion: 'v' };
  changed = {
    ...{ ...changed, members: ['a', 'b', 'c'].map((model) => member(model, queue)) },
    storedAnswers: ['a', 'b', 'c'].map((model) => ({ ...stored, model })),
  };
  expect(await decide({ ...sized, stakeMicroUsd: 40_000_000 })).toMatchObject({ action: 'buy' });
  says = {};
});

it('a disputed trade of a high stake is parked for a person, and expires with its deadline', async () => {
  kind = 'none';
  const deadlineAt = inMs(20_000);
  const result = await decide({ ...disputed(true), deadlineAt });
  expect(result).toMatchObject({ status: 'parked', stage: 'enhanced', action: 'hold', probability: null });
  expect(result.why[0]).toMatch(/^No trade: awaiting review\. .* to buy for \$\d+/);
  expect(recorded[0]?.review).toMatchObject({ action: 'buy' });
  const review = client.workflow.getHandle(`review:${result.decisionId}`);
  await review.signal('decide', { verdict: 'approve', reviewer: 'Ann', reason: 'a\u0000b' });
  expect(await review.query('state')).toMatchObject({
    refused: [expect.stringMatching(/^reason holds a NUL/)],
  });
  await review.result();
  expect(opened[0]?.input).toMatchObject({ targetKind: 'decision', declaredDefault: 'reject' });
  expect(closed).toMatchObject([{ status: 'timed_out' }]);
  const afterMs = Date.now() - Date.parse(deadlineAt);
  expect(afterMs).toBeGreaterThan(-1_000);
  expect(afterMs).toBeLessThan(30_000);
  says = {};
});

it('an approval whose venue is silent is answered at once: it stands, and waits', async () => {
  kind = 'none';
  whenClosed = async () => {
    throw ApplicationFailure.retryable('the venue is silent', 'NoPriceYet');
  };
  const { decisionId } = await decide({ ...disputed(true), deadlineAt: inMs(60_000) });
  const id = `review:${decisionId}`;
  const row = {
    ...{ id, workflowId: id, targetKind: 'decision', status: 'waiting', options: ['approve', 'reject'] },
    ...{ dueAt: 'noon', verdict: null, reviewer: null, world: 'live' },
  } as unknown as ReviewRow;
  const decisions = { get: async () => ({ subject: 'market:kalshi/KXFED-26DEC-T4.00' }) };
  const stores = { reviews: { get: async () => row }, decisions };
  const desk = { temporal: client, stores, uiUrl: null } as unknown as ConclaveClient;
  expect((await shownReview(desk, row)).pending).toBeNull();
  const answer = { verdict: 'approve', reviewer: 'Ann', reason: 'checked' };
  expect(await decideReview(desk, row, answer, 500)).toBe(row);
  expect((await shownReview(desk, row)).pending).toBe(
    "The answer approve of Ann stands, and waits for the venue's price of now, until noon at the latest",
  );
  await expect(decideReview(desk, row, { ...answer, verdict: 'reject' }, 500)).rejects.toThrow(ReviewClosed);
  whenClosed = async () => undefined;
  await client.workflow.getHandle(id).result();
  expect(closed).toMatchObject([{ status: 'answered' }]);
  says = {};
});

it.each([
  ['the setting is off', () => disputed(false)],
  ['the stake is lower', () => ({ ...disputed(true), stakeMicroUsd: 40_000_000 })],
  ['the decision is of the past', () => ({ ...disputed(true), asOf: '2025-09-15T13:00:00.000Z' })],
])('nobody is asked where %s', async (_why, changes) => {
  kind = 'none';
  const result = await decide(changes());
  expect(result).toMatchObject({ status: 'decided', action: 'buy' });
  expect(recorded[0]?.review).toBeUndefined();
  says = {};
});

/** Research that others began and that ends for want of their budget. */
const ofAnothersBudget = async (reader: string): Promise<AttachResult> => {
  const researchId = `research:${attached.length}`;
  const failure = 'no brief could be written: budget';
  await client.workflow.getHandle(reader).signal('briefReady', { researchId, brief: null, failure });
  return { status: 'attached', researchId, runId: '' };
};

it('a decision that joined research which others could not pay for has its own', async () => {
  kind = 'none';
  const own = { briefId: 'own', cache: 'miss' } as BriefRef;
  whenAttached = (reader) =>
    attached.length < 3 ? ofAnothersBudget(reader) : Promise.resolve({ status: 'hit', brief: own });
  const research = { kind: 'complete', template: 'swing', refresh: false } as const;
  const result = await decide({ research });
  whenAttached = null;
  expect(result).toMatchObject({ status: 'decided', research: own });
  expect(attached).toHaveLength(3);
});

it('warming whose budget refuses its calls begins no more of them, and leaves the rest to the session', async () => {
  const begun: string[] = [];
  whenAttached = (waiter) => {
    begun.push(waiter);
    return ofAnothersBudget(waiter);
  };
  const item = { kind: 'complete', refresh: false, expectedMicroUsd: 30_000 } as const;
  const plan: WarmingPlan = {
    ...{ sessionId: 'warming:spent', world: 'live', date: '2026-03-02', skipped: null, fresh: 0 },
    ...{ tooEarly: [], budgetMicroUsd: 100_000, concurrency: 2, deadlineAt: null },
    items: Array.from({ length: 210 }, (_unused, index) => ({ ...item, subject: `equity:S${index}` })),
  };
  const tally = { made: 0, fresh: 0, failed: 0, overBudget: 0, late: 0 };
  const result = await client.workflow.execute('cacheWarming', {
    workflowId: `warming:${queue}`,
    taskQueue: queue,
    args: [
      { request: { purpose: 'session', market: 'XNYS' }, going: { plan, tally } } satisfies WarmingInput,
    ],
  });
  whenAttached = null;
  expect(result).toEqual({ ...tally, overBudget: 210 });
  expect(begun).toHaveLength(2);
});

const startResearch = (deadlineAt: string | null) =>
  client.workflow.start<(input: ResearchInput) => Promise<ResearchOutcome>>('researchSession', {
    workflowId: `research:${queue}:${Math.random()}`,
    taskQueue: queue,
    args: [
      {
        ...{ world: 'live', asOf: null, subject: 'question:waiting', kind: 'complete', template: 'swing' },
        ...{ refresh: false, prices: null, sessionId: null, reader: 'test', waiters: [], deadlineAt },
      },
    ],
  });
const untilStarted = (): Promise<void> =>
  new Promise((resolve) => {
    const timer = setInterval(() => {
      if (asked.length === 0) return;
      clearInterval(timer);
      resolve();
    }, 20);
  });

it('research waits for its language models and is written by them, and nobody without a deadline waits with it', async () => {
  kind = 'unavailable';
  const research = await startResearch(inMs(90_000));
  waitingFor = research.workflowId;
  await untilStarted();
  // A decision that asks without a deadline is told at once that there is no brief.
  const impatient = await client.workflow.start('ensembleDecision', {
    workflowId: `decision:${queue}:impatient`,
    taskQueue: queue,
    args: [input({ research: { kind: 'complete', template: 'swing', refresh: false } })],
  });
  expect(await impatient.result()).toMatchObject({ status: 'abstained', research: null });
  kind = 'none';
  expect(await research.result()).toMatchObject({ failure: null, brief: { briefId: 'b' } });
  expect(stored).toMatchObject([{ writtenBy: 'a' }]);
  expect(stored[0]?.degraded).toBeUndefined();
  expect(stored[0]?.briefKey).toMatch(/\/0\/brief\/\d+\/a$/);
});

it.each([
  ['when the wait has ended', 'unavailable', 5_000, 1_500],
  ['at once where waiting cannot mend it', 'auth', 90_000, 0],
  ['at once where the budget is reached', 'budget', 90_000, 0],
  ['at once for who has no deadline', 'unavailable', null, 0],
] as const)('the house writes the brief %s, and it says so', async (_when, failure, deadlineMs, leastMs) => {
  kind = failure;
  mostWaitMs = 2_000;
  const started = Date.now();
  await (await startResearch(deadlineMs === null ? null : inMs(deadlineMs))).result();
  expect(Date.now() - started).toBeGreaterThanOrEqual(leastMs);
  expect(stored).toMatchObject([
    { writtenBy: 'house-brief', degraded: `Research written by the house: a could not (${failure})` },
  ]);
  if (leastMs === 0) expect(asked.filter((key) => key.endsWith('/a'))).toHaveLength(1);
});

it('while calls are halted not even the house writes', async () => {
  kind = 'halted';
  const { failure } = await (await startResearch(null)).result();
  expect(failure).toBe('no brief could be written: halted');
  expect(stored).toEqual([]);
});

it('a refresh that comes while others are told of a brief is answered with the next one', async () => {
  kind = 'none';
  const first = await startResearch(null);
  const join = (reader: string, refresh: boolean) => first.signal('addWaiter', reader, null, refresh);
  whenAsked = async () => (stored.length === 0 ? join('plain', false) : undefined);
  const read: string[] = [];
  whenRead = async (reader) => {
    read.push(`${reader} of ${stored.length}`);
    if (reader === 'plain') await join('refreshing', true);
  };
  const result = await first.result();
  whenAsked = async () => undefined;
  expect(result).toMatchObject({ failure: null, brief: { briefId: 'b2' }, initiator: 'refreshing' });
  expect(read).toEqual(['plain of 1', 'refreshing of 2']);
  expect(stored[1]?.sessionRow).toBe(`${stored[0]?.sessionRow}~1`);
  expect(new Set(stored.map(({ briefKey }) => briefKey)).size).toBe(2);
});

it('research that fails after a restart is on record with its restart', async () => {
  kind = 'none';
  const research = await startResearch(null);
  whenAsked = async () => {
    if (asked.length > 1) kind = 'halted';
    else await research.signal('marketEvent', { id: 'during', type: 'earnings' });
  };
  const result = await research.result();
  whenAsked = async () => undefined;
  expect(result).toMatchObject({ failure: 'no brief could be written: halted', restarts: 1 });
  expect(failed).toMatchObject([{ restarts: 1 }]);
});

it('research that is cancelled is on record, and who waits for it is told', async () => {
  kind = 'none';
  let free = (): void => {};
  const held = new Promise<void>((resolve) => {
    free = resolve;
  });
  whenAsked = (key) => (key.includes('/brief/') ? held : Promise.resolve());
  const research = await startResearch(null);
  waitingFor = research.workflowId;
  await untilStarted();
  const decision = await client.workflow.start('ensembleDecision', {
    workflowId: `decision:${queue}:left`,
    taskQueue: queue,
    args: [input({ research: { kind: 'complete', template: 'swing', refresh: false } })],
  });
  const isJoined = async () =>
    ((await research.fetchHistory()).events ?? []).some(
      (event) => event.workflowExecutionSignaledEventAttributes,
    );
  while (!(await isJoined()));
  await research.cancel();
  const failure = 'the research was cancelled';
  expect(await research.result()).toMatchObject({ brief: null, failure });
  expect(await decision.result()).toMatchObject({ status: 'decided', research: null });
  expect(failed).toMatchObject([{ restarts: 0, failure, cancelled: true }]);
  expect(stored).toEqual([]);
  whenAsked = async () => undefined;
  free();
});
