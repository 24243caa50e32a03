// One brief, many askers: one research session and one bill, counted by the model's own server. Events make it
// stale for the right subjects, however they arrive, and restart what is under way.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { startDecision } from '../../../client/decisions';
import { sendMarketEvent } from '../../../client/events';
import { readAnalysts, startPanel } from '../../../client/panel';
import { research } from '../../../client/research';
import { expiresAt, outdatedAt } from '../../../domain/research/ttl';
import type { DecisionInput } from '../../../workflows/contracts/decision';
import type { ResearchInput } from '../../../workflows/contracts/research';
import { CONCLAVE_QUEUE } from '../../../workflows/contracts/task-queues';
import { MARKET_EVENTS_ID, researchId } from '../../../workflows/contracts/workflow-ids';
import { conclave } from '../../support/conclave-cli';
import { aPanelRequest } from '../../support/panel-request';
import { type ProviderServer, startProviderServer } from '../../support/provider-server/provider-server';
import { aResearchInput } from '../../support/research-input';
import { endStack, enterStack, type RunningStack, stackPlace } from '../../support/running-stack';

jest.setTimeout(180_000);

const WORLD = 'synthetic';
const SYMBOLS = ['AAPL', 'MSFT', 'NVDA'];
/**
 * Long enough that ten processes on two cores ask while the first brief is being written; below the heartbeat's
 * time-out, so that no beat that comes late on a busy machine has the call asked again.
 */
const SLOW_MS = 5_000;

interface ResearchDocument {
  readonly briefId: string;
  readonly cache: string;
  readonly brief: { readonly writtenBy: string };
}

let server: ProviderServer;
let running: RunningStack;

beforeAll(async () => {
  server = await startProviderServer({ behaviour: { models: ['writer'] } });
  const home = join(process.env.CONCLAVE_TEST_RUN_HOME!, 'single-flight');
  mkdirSync(home, { recursive: true });
  const env = { CONCLAVE_OPENAI_COMPATIBLE_URL: `${server.as('local')}/v1` };
  running = await enterStack(stackPlace(home, { env, lingerSeconds: 5 }));
});

afterAll(async () => {
  await running.close();
  await endStack(running.place);
  await server.close();
});

const ask = async (symbol: string): Promise<ResearchDocument> => {
  const result = await conclave(['research', symbol, '--world', WORLD, '--json'], running.place);
  // A slow machine may have it note that it waits.
  if (result.code !== 0) throw new Error(result.stderr);
  return result.json<ResearchDocument>();
};

/** In this process, whose own LRU lies in front of Postgres. */
const inputOf = (symbol: string): ResearchInput => aResearchInput(WORLD, `equity:${symbol}`);

const askHere = async (symbol: string): Promise<string> =>
  (await research(running.client, inputOf(symbol))).ref.cache;

const askAll = async (): Promise<readonly string[]> => {
  const answers: string[] = [];
  for (const symbol of SYMBOLS) answers.push(await askHere(symbol));
  return answers;
};

const sessionsOf = async (symbol: string): Promise<number> =>
  (await running.client.stores.briefMetrics.metrics({ world: WORLD, by: 'subject' }))
    .filter(({ subject }) => subject === `equity:${symbol}`)
    .reduce((sum, { sessions: made }) => sum + made, 0);

const sessions = (): Promise<readonly number[]> => Promise.all(SYMBOLS.map(sessionsOf));

/** Briefs written, by the server's own log. */
const briefsWritten = (): number => server.calls().filter(({ schemaName }) => schemaName === 'brief').length;

const handleOf = (symbol: string) =>
  running.client.temporal.workflow.getHandle(
    researchId({
      world: WORLD,
      asOf: null,
      subject: `equity:${symbol}`,
      kind: 'complete',
      template: 'swing',
    }),
  );

test('ten processes that ask for one brief at once cause one research session and one bill', async () => {
  server.set({ delayMs: SLOW_MS });
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask('AAPL')));
  server.set({ delayMs: 0 });
  expect(new Set(answers.map(({ briefId }) => briefId)).size).toBe(1);
  expect(answers.map(({ brief }) => brief.writtenBy)).toEqual(Array(10).fill('local/writer'));
  const origins = answers.map(({ cache }) => cache);
  expect(origins.filter((cache) => cache === 'miss')).toHaveLength(1);
  expect(origins.filter((cache) => cache === 'joined').length).toBeGreaterThanOrEqual(1);
  expect(await sessionsOf('AAPL')).toBe(1);
  expect(briefsWritten()).toBe(1);
});

test('an earnings event costs exactly one more session for its symbol and none for the others', async () => {
  await askAll();
  expect(await sessions()).toEqual([1, 1, 1]);
  const event = await conclave(['event', 'earnings', 'AAPL', '--reason', 'Q4', '--json'], running.place);
  expect(event.json()).toMatchObject({ type: 'earnings', first: true, covers: ['equity:AAPL'] });
  expect(await askAll()).toEqual(['miss', 'hit', 'hit']);
  expect(await askAll()).toEqual(['hit', 'hit', 'hit']);
  expect(await sessions()).toEqual([2, 1, 1]);
});

test('the same event ten times counts once', async () => {
  const event = { id: 'same', type: 'earnings', symbols: ['MSFT'], reason: 'twice told' };
  const acks = await Promise.all(Array.from({ length: 10 }, () => sendMarketEvent(running.client, event)));
  expect(acks.filter(({ first }) => first)).toHaveLength(1);
  expect(new Set(acks.map(({ epoch }) => epoch)).size).toBe(1);
  expect(await askAll()).toEqual(['hit', 'miss', 'hit']);
  expect(await sessions()).toEqual([2, 2, 1]);
});

test('a market crash makes every brief stale, once', async () => {
  const before = await sessions();
  const event = await conclave(['event', 'market_crash', '--reason', 'halted', '--json'], running.place);
  expect(event.json()).toMatchObject({ covers: 'all' });
  expect(await askAll()).toEqual(['miss', 'miss', 'miss']);
  expect(await askAll()).toEqual(['hit', 'hit', 'hit']);
  expect(await sessions()).toEqual(before.map((count) => count + 1));
});

test('an event by signal to market-events, as the Temporal CLI and UI send it, counts the same', async () => {
  const before = await sessions();
  const entity = running.client.temporal.workflow.getHandle(MARKET_EVENTS_ID);
  const epoch = () => running.client.stores.briefs.coveringEpoch(WORLD, 'equity:AAPL');
  const known = await epoch();
  await entity.signal('marketEvent', { id: 'e1', type: 'earnings', symbols: ['AAPL'], reason: 'Q4' });
  // Recorded, and the recording over: until then, the event may restart research that begins after it.
  const recording = async () => ((await entity.describe()).raw.pendingActivities ?? []).length > 0;
  while ((await epoch()) <= known || (await recording())) await setTimeout(50);
  expect(await askAll()).toEqual(['miss', 'hit', 'hit']);
  expect(await sessions()).toEqual([before[0]! + 1, before[1], before[2]]);
});

test('a signal that is no event changes nothing and leaves market-events alive', async () => {
  const before = await sessions();
  const entity = running.client.temporal.workflow.getHandle(MARKET_EVENTS_ID);
  await entity.signal('marketEvent', { id: 'bad', type: 'earnings', reason: 'no symbols' });
  await entity.signal('marketEvent', 'not even an object');
  const ack = await sendMarketEvent(running.client, {
    id: 'alive',
    type: 'earnings',
    symbols: ['ZZZ'],
    reason: 'x',
  });
  expect(ack.first).toBe(true);
  expect((await entity.describe()).status.name).toBe('RUNNING');
  expect(await askAll()).toEqual(['hit', 'hit', 'hit']);
  expect(await sessions()).toEqual(before);
});

test('an event during research restarts it, and only what was made after the event is served', async () => {
  server.clear();
  server.set({ delayMs: SLOW_MS });
  await sendMarketEvent(running.client, {
    id: 'first',
    type: 'earnings',
    symbols: ['NVDA'],
    reason: 'first',
  });
  const asked = ask('NVDA');
  await server.waitForCalls(1);
  const ack = await sendMarketEvent(running.client, {
    id: 'during',
    type: 'major_news',
    symbols: ['NVDA'],
    reason: 'while it is written',
  });
  server.set({ delayMs: 0 });
  await server.waitForCalls(2);
  const answer = await asked;
  expect(answer.cache).toBe('restarted');
  const brief = await running.client.stores.briefs.get(answer.briefId);
  expect(brief!.epoch).toBeGreaterThanOrEqual(ack.epoch);
  const result = (await handleOf('NVDA').result()) as { readonly restarts: number };
  expect(result.restarts).toBe(1);
  expect(briefsWritten()).toBe(2);
  expect((await ask('NVDA')).cache).toBe('hit');
});

test('where the language models are out the house writes, says so to whoever decides on it, and not for long', async () => {
  server.set({ mix: [{ share: 1, fault: 'server_error' }] });
  const { brief } = await research(running.client, inputOf('AMZN'));
  server.set({ mix: [] });
  const degraded = 'Research written by the house: local/writer could not (unavailable)';
  expect(brief).toMatchObject({ writtenBy: 'house-research', content: { degraded } });
  expect(brief.expiresAt).toBe(expiresAt(brief.createdAt, 600, outdatedAt(brief.subject, brief.asOf)));
  const words = ['decide', 'AMZN', '--world', WORLD, '--members', 'house-drift', '--json'];
  const decided = await conclave(words, running.place);
  expect(decided.json()).toMatchObject({ degradations: expect.arrayContaining([degraded]) });
  const anew = await research(running.client, { ...inputOf('AMZN'), refresh: true });
  expect(anew.brief.writtenBy).toBe('local/writer');
  expect(anew.brief.content.degraded).toBeUndefined();
});

const aDecision = (subject: string, changes: Partial<DecisionInput> = {}): DecisionInput => ({
  ...{ world: WORLD, asOf: null, subject, sessionId: null, stakeMicroUsd: 25_000_000, strategy: null },
  ...{ members: ['house-drift'], horizonDays: 5, recorded: null, recordedLatencyScale: 0, prices: null },
  ...{ research: { kind: 'complete', template: 'swing', refresh: true } },
  ...{ deadlineAt: null, maxCostMicroUsd: null, priority: 1 },
  ...changes,
});

/** A run that does not refresh, open but not yet begun: it finds the stored brief once it does. */
const startPlainRun = async (symbol: string, startDelay: string | number) => {
  const { temporal } = running.client;
  const args = [{ ...inputOf(symbol), reader: 'plain' }];
  const id = handleOf(symbol).workflowId;
  return temporal.workflow.start('researchSession', {
    workflowId: id,
    taskQueue: CONCLAVE_QUEUE,
    args,
    startDelay,
  });
};

test('a refresh that joins a run which finds a stored brief is answered with one made after it was asked for', async () => {
  const old = await research(running.client, inputOf('AAPL'));
  const plain = await startPlainRun('AAPL', 4_000);
  const anew = await research(running.client, { ...inputOf('AAPL'), refresh: true, reader: 'refresher' });
  expect(await plain.result()).toMatchObject({ brief: { briefId: old.brief.id, cache: 'hit' } });
  expect(anew.ref).toMatchObject({ cache: 'miss' });
  expect(anew.brief.id).not.toBe(old.brief.id);
  expect(anew.brief.createdAt > old.brief.createdAt).toBe(true);
});

test('a decision with a refresh that joins such a run gets a new brief, at its own cost', async () => {
  const old = await research(running.client, inputOf('AAPL'));
  const plain = await startPlainRun('AAPL', '1 hour');
  // The decision's signal begins the run.
  const started = await startDecision(running.client, aDecision('equity:AAPL'), 'refreshing');
  const { research: made } = await started.result();
  expect(made).toMatchObject({ cache: 'miss' });
  expect(made!.briefId).not.toBe(old.brief.id);
  expect(await plain.result()).toMatchObject({ brief: { briefId: made!.briefId } });
});

test('who waits for research that was ended from outside goes on without it', async () => {
  server.set({ delayMs: 600_000 });
  const before = briefsWritten();
  const decided = await startDecision(running.client, aDecision('equity:TSLA'), 'lost-research');
  const request = aPanelRequest({ world: WORLD, subjects: ['equity:TSLA'], model: 'house' });
  const panel = await startPanel(running.client, request, readAnalysts([], ['graham']), 'lost-research');
  const waiters = async (): Promise<number> => {
    const { events } = await handleOf('TSLA').fetchHistory();
    return (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes).length;
  };
  while (briefsWritten() === before || (await waiters()) < 2) await setTimeout(50);
  await handleOf('TSLA').terminate('by hand');
  server.set({ delayMs: 0 });
  const failure = 'the research was ended from outside';
  expect(await decided.result()).toMatchObject({ research: null, why: [`Nobody was asked: ${failure}`] });
  expect(await panel.result()).toMatchObject({ subjects: [{ subject: 'equity:TSLA', missing: failure }] });
});

test('a decision says that the brief it rests on is of low quality', async () => {
  server.set({
    answers: [{ match: { promptIncludes: 'You check a brief' }, answer: { quality: 20, problems: [] } }],
  });
  const started = await startDecision(running.client, aDecision('equity:AAPL'), 'poor');
  const { research: brief, degradations } = await started.result();
  server.set({ answers: [] });
  expect(brief).toMatchObject({ quality: 20 });
  expect(degradations).toContain('The brief it rests on is of low quality: 20 of 100');
});

test('a decision that an event overtakes says which', async () => {
  await research(running.client, inputOf('AAPL'));
  server.clear();
  server.set({ delayMs: SLOW_MS });
  const input = aDecision('equity:AAPL', {
    members: ['local/writer'],
    research: { kind: 'complete', template: 'swing', refresh: false },
  });
  const started = await startDecision(running.client, input, 'overtaken');
  await server.waitForCalls(1);
  const event = { id: 'overtakes', type: 'market_crash', reason: 'circuit breaker' };
  const { epoch } = await sendMarketEvent(running.client, event);
  server.set({ delayMs: 0 });
  const { research: brief, status, action, why } = await started.result();
  expect(brief).toMatchObject({ cache: 'hit' });
  expect(brief!.epoch).toBeLessThan(epoch);
  expect([status, action]).toEqual(['decided', 'hold']);
  expect(why[0]).toBe('After its research came market_crash (circuit breaker); nothing is traded');
});

test('a decision about which nothing can be asked says why, and counts nobody', async () => {
  const started = await startDecision(
    running.client,
    aDecision('equity:AAPL', { research: null }),
    'unasked',
  );
  expect(await started.result()).toMatchObject({
    ...{ status: 'abstained', quorum: { asked: 0 } },
    why: ['Nobody was asked: no research was asked for'],
  });
});
