// Answers that a decision may take over from a question in other words: found in the rows of decisions, never
// across worlds, prices, events or instants, and on record with what they cost when they were given.
import { createDecisionSavings } from '../../../activities/decision-savings';
import { createSimilarAnswers } from '../../../activities/similar-answers';
import type { NewForecast } from '../../../db/decision-record';
import type { Proposition } from '../../../domain/market/proposition';
import type { DecisionRecord, PlannedMember } from '../../../workflows/contracts/decision';
import { type CallHarness, createCallHarness } from '../../support/call-harness';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from '../db/fresh-database';
import { aBrief, aDecision, aForecast, anEvent, aProposition } from '../db/rows';

let test: TestDatabase;
let harness: CallHarness;

const WORDS = 'Will the Fed cut rates by June 30, 2027?';
const OTHERS = 'What is the chance that the Fed will cut rates by 2027-06-30?';
const RESOLVES = '2027-06-30T00:00:00.000Z';

beforeAll(async () => {
  test = await freshTestDatabase(5);
  harness = await createCallHarness(test.url, [], 5);
}, STACK_START_MS);
afterAll(async () => {
  await harness.close();
  await test.drop();
});
beforeEach(async () => {
  await test.db.query(
    'truncate savings, forecasts, ensemble_decisions, propositions, answers, briefs, market_events, epochs restart identity cascade',
  );
});

const question = (id: string, statement: string, change: Partial<Proposition> = {}): Proposition =>
  aProposition({
    id,
    subject: `question:${id}`,
    statement,
    resolvesAt: RESOLVES,
    priceOfYes: 0.4,
    ...change,
  });

/** A decision that asked one model, with its paid answer. */
const decided = async (
  id: string,
  proposition: Proposition,
  forecast: Partial<NewForecast> = {},
  answerKey = `${id}/run/first/gpt-4o`,
): Promise<void> => {
  const { stores } = harness;
  await stores.propositions.put(proposition);
  await stores.answers.put({
    ...{ key: answerKey, world: proposition.world, provider: 'openai', model: 'gpt-4o', failure: null },
    ...{ status: 'answered', answer: {}, usage: null, costMicroUsd: 900, latencyMs: 5, servedBy: 'gpt-4o-x' },
  });
  await stores.decisions.recordDecision(
    {
      ...aDecision({ id, propositionId: proposition.id, subject: proposition.subject, briefId: null }),
      price: 0.4,
    },
    [
      aForecast({
        ...{ decisionId: id, model: 'gpt-4o', provider: 'openai', propositionId: proposition.id, answerKey },
        ...{ attemptGroup: 'first', probability: 0.7, briefId: null, ...forecast },
      }),
    ],
  );
};

const look = async (change: Partial<Proposition> = {}, research: object | null = null) => {
  const { forDecision } = createSimilarAnswers(harness.dependencies);
  const proposition = question('asked', OTHERS, change);
  return forDecision({
    input: { world: proposition.world, asOf: null, research: research as never },
    proposition,
    members: ['gpt-4o', 'gpt-4o-mini'].map(
      (model) => ({ model, provider: 'openai', statistical: false, recorded: false }) as PlannedMember,
    ),
    now: await harness.stores.worlds.now('live'),
  });
};

it('the same question in other words finds the paid answer, for the model that gave it', async () => {
  await decided('decision:one', question('one', WORDS));
  expect(await look()).toMatchObject([
    {
      model: 'gpt-4o',
      probability: 0.7,
      costThenMicroUsd: 900,
      from: 'decision:one',
      modelVersion: 'gpt-4o-x',
    },
  ]);
});

it.each([
  ['the opposite question', { statement: 'Will the Fed not cut rates by June 30, 2027?' }],
  ['another instant', { resolvesAt: '2027-07-01T00:00:00.000Z' }],
  ['a price that has moved', { priceOfYes: 0.45 }],
  ['another world', { world: 'synthetic' }],
  ['a contract of its own', { subject: 'market:kalshi/FED-CUT' }],
])('%s finds nothing', async (_what, change) => {
  await decided('decision:one', question('one', WORDS));
  expect(await look(change)).toEqual([]);
});

it('an answer that was itself taken over is not offered again, nor one of a critique', async () => {
  await decided('decision:two', question('two', WORDS), {}, 'decision:one/run/first/gpt-4o');
  await decided('decision:three', question('three', WORDS), { attemptGroup: 'second' });
  expect(await look()).toEqual([]);
});

it('an event that covers the brief of an answer, and a wish for fresh research, end its use', async () => {
  const brief = aBrief({ subject: 'question:one' }, { subject: 'question:one' });
  await harness.stores.briefs.storeBrief(brief, 0);
  await decided('decision:one', question('one', WORDS), { briefId: brief.id });
  const research = { kind: 'complete', template: 'swing', refresh: false };
  expect(await look({}, research)).toHaveLength(1);
  expect(await look({}, { ...research, refresh: true })).toEqual([]);
  expect(await look({}, { ...research, kind: 'web' })).toEqual([]);
  await harness.stores.events.recordEvent(
    anEvent({ scope: { kind: 'symbols', subjects: ['question:one'] }, world: 'live' }),
  );
  expect(await look({}, research)).toEqual([]);
});

it('what was taken over is on record as a saving of what it cost then', async () => {
  await decided('decision:one', question('one', WORDS));
  const [reused] = await look();
  await createDecisionSavings(harness.dependencies).recordSavings({
    input: { world: 'live', sessionId: 's' },
    plan: { decisionId: 'decision:next', strategy: 'weighted_vote', reusedAnswers: [reused], members: [] },
    result: { stage: 'full', status: 'decided', members: [{ answerKey: reused!.answerKey }] },
  } as unknown as DecisionRecord);
  expect(await harness.stores.savings.byCause({ sessionId: 's' })).toMatchObject({
    similar_question: 900,
    total: 900,
  });
});
