// Real processes, ended by kill -9 in the middle of a session whose members are slow: started again, the session
// finishes by itself, and the provider's own log shows no call repeated whose answer had been stored.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decideReview, findReview } from '../../client/reviews';
import { sessionDocument, sessionEnd, startSession } from '../../client/sessions';
import { startTournament, untilJudged } from '../../client/tournaments';
import { openDatabase } from '../../db/database';
import { findViolations } from '../../db/invariants';
import type { StackStatus } from '../../stack/protocol';
import type { SessionRequest } from '../../workflows/contracts/session';
import { answerFor, probabilityFor } from '../support/provider-server/answers';
import type { CallRecord } from '../support/provider-server/call-log';
import { type ProviderServer, startProviderServer } from '../support/provider-server/provider-server';
import {
  endStack,
  enterStack,
  type RunningStack,
  type StackPlace,
  stackPlace,
  statusOf,
} from '../support/running-stack';

jest.setTimeout(180_000);

const MODELS = ['one', 'two', 'three', 'four', 'slow'];
/** As the registry names the first three. */
const DISPUTERS = MODELS.slice(0, 3).map((model) => `local/${model}`);
const SUBJECTS = ['equity:AAPL', 'equity:MSFT'];
/**
 * The slow member is still thinking when the kill comes; the others have answered long before. Below the heartbeat's
 * time-out, so that no beat that comes late on a busy machine has the call asked again.
 */
const SLOW_MS = 5_000;

let server: ProviderServer;
let place: StackPlace;
const folder = mkdtempSync(join(tmpdir(), 'conclave-recovery-'));

beforeAll(async () => {
  server = await startProviderServer({
    // Each model sticks to its opinion: one that contradicts itself is screened out, as it should be.
    respond: ({ schema, model, prompt }) =>
      schema ? answerFor(schema, 'answer', prompt, probabilityFor(model, '')) : null,
    behaviour: {
      models: MODELS,
      delayMs: 50,
      mix: [{ fault: 'slow_headers', share: 1, match: { model: 'slow' }, settings: { everyMs: SLOW_MS } }],
    },
  });
  const env = { CONCLAVE_OPENAI_COMPATIBLE_URL: `${server.as('local')}/v1` };
  place = stackPlace(join(folder, 'home'), { env, durable: true, lingerSeconds: 120 });
});

afterAll(async () => {
  await endStack(place);
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const request = (requestKey: string): SessionRequest => ({
  market: 'XNYS',
  kind: 'pre_market',
  date: null,
  replay: false,
  subjects: SUBJECTS,
  members: null,
  strategy: null,
  stakeMicroUsd: 25_000_000,
  template: 'swing',
  researchKind: 'complete',
  refresh: true,
  prices: null,
  horizonDays: 5,
  requestKey,
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const until = async (what: string, probe: () => Promise<boolean> | boolean): Promise<void> => {
  const deadline = Date.now() + 60_000;
  while (!(await probe())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within a minute`);
    await pause(25);
  }
};

interface StoredAnswer {
  readonly key: string;
  readonly storedAt: string;
}

const storedAnswers = async (running: RunningStack): Promise<readonly StoredAnswer[]> => {
  const db = openDatabase(running.stack.databaseUrl, { poolSize: 1, applicationName: 'recovery-test' });
  const rows = await db.query<StoredAnswer>(
    "select key, created_at as stored_at from answers where status = 'answered' and provider = 'local'",
    [],
  );
  await db.close();
  return rows;
};

/** The key of the answer that a sending was for: its ledger key without the ordinal. */
const answerKey = ({ callKey }: CallRecord): string => callKey.replace(/#\d+$/, '');

/** How often each answer was asked for, by the provider's own log. */
const sendingsOf = (keys: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    keys.map((key) => [key, server.calls().filter((call) => answerKey(call) === key).length]),
  );

const forecastsOf = (sessionId: string): readonly CallRecord[] =>
  server.calls().filter(({ callKey }) => callKey.includes(sessionId) && callKey.includes('/first/'));

/** Starts a session and returns in its middle: fast members' answers stored, slow ones under way. */
const reachMiddle = async (
  requestKey: string,
): Promise<{ readonly sessionId: string; readonly sentBefore: Readonly<Record<string, number>> }> => {
  const running = await enterStack(place);
  const { sessionId } = await startSession(running.client, request(requestKey));
  const ofSession = async () =>
    (await storedAnswers(running)).filter(({ key }) => key.includes(sessionId!) && key.includes('/first/'));
  const fast = SUBJECTS.length * (MODELS.length - 1);
  const slow = () => forecastsOf(sessionId!).filter(({ model }) => model === 'slow');
  await until(
    'the fast members of both subjects have answered and the slow ones have been asked',
    async () => (await ofSession()).length >= fast && slow().length === SUBJECTS.length,
  );
  expect(slow().map(({ endedAt }) => endedAt)).toContain(null);
  const sentBefore = sendingsOf((await storedAnswers(running)).map(({ key }) => key));
  await running.close();
  return { sessionId: sessionId!, sentBefore };
};

const processOf = (status: StackStatus, name: string): number => {
  const part = status.parts.find((each) => each.name === name);
  if (!part?.pid) throw new Error(`${name} does not run`);
  return part.pid;
};

const KILLS: Readonly<Record<string, (status: StackStatus) => readonly number[]>> = {
  worker: (status) => [processOf(status, 'worker-1')],
  Temporal: (status) => [processOf(status, 'temporal')],
  Postgres: (status) => [processOf(status, 'postgres')],
  supervisor: ({ supervisorPid }) => [supervisorPid],
  'everything at once': (status) => [status.supervisorPid, ...status.parts.flatMap(({ pid }) => pid ?? [])],
};

test('a dispute waits over kill -9 of everything; one is decided afterwards, one falls to its default meanwhile', async () => {
  const before = await enterStack(place);
  await until(
    'the models are known',
    async () => (await before.client.stores.registry.get('local/slow')) !== null,
  );
  const judged = async (key: string, timeout: string) => {
    const wish = { task: 'risk_review', prompt: `Survive ${key}?`, models: DISPUTERS, timeout };
    const started = await startTournament(before.client, { ...wish, default: 'reject' }, key);
    return untilJudged(before.client, started);
  };
  server.set({
    answers: ['approve', 'reject', 'approve'].map((verdict, index) => ({
      match: { model: MODELS[index]!, promptIncludes: 'Survive' },
      answer: { verdict, confidence: 0.9, reasons: ['planted'] },
    })),
  });
  const patient = await judged('patient', '2d');
  const brief = await judged('brief', '20s');
  expect([patient.status, brief.status]).toEqual(['waiting', 'waiting']);
  const { dueAt } = (await findReview(before.client, brief.id))!;
  const asked = server.calls().length;
  await before.close();
  const status = await statusOf(place.config);
  for (const pid of KILLS['everything at once']!(status)) process.kill(pid, 'SIGKILL');
  await until('the brief one is due', () => Date.now() > Date.parse(dueAt));

  const after = await enterStack(place);
  const { client } = after;
  const ended = (id: string) => client.temporal.workflow.getHandle(id).result();
  expect(await ended(brief.id)).toMatchObject({ status: 'defaulted', verdict: 'reject' });
  const review = await findReview(client, patient.id);
  expect(review).toMatchObject({ status: 'waiting', declaredDefault: 'reject' });
  const answer = { verdict: 'approve', reviewer: 'Ann', reason: 'looked at it after the crash' };
  expect(await decideReview(client, review!, answer, 120_000)).toMatchObject({
    verdict: 'approve',
    reviewer: 'Ann',
  });
  expect(await ended(patient.id)).toMatchObject({ status: 'decided', verdict: 'approve' });
  expect(server.calls()).toHaveLength(asked);
  server.set({ answers: [] });
  await after.close();
});

test.each(Object.keys(KILLS))(
  'after kill -9 of %s the session finishes by itself and pays nothing twice',
  async (victim) => {
    const { sessionId, sentBefore } = await reachMiddle(`kill-${victim.replaceAll(' ', '-')}`);
    const status = await statusOf(place.config);
    const killedMs = Date.now();
    for (const pid of KILLS[victim]!(status)) process.kill(pid, 'SIGKILL');

    const running = await enterStack(place);
    const startedMs = Date.now() - killedMs;
    await until('the session has ended', () =>
      sessionEnd(running.client, sessionId).then(
        () => true,
        () => false,
      ),
    );
    console.info(
      `${victim}: stack after ${startedMs} ms, session finished ${Date.now() - killedMs} ms after the kill`,
    );

    const document = await sessionDocument(running.client, sessionId);
    expect(document.status).toBe('finished');
    expect(document.subjects.map(({ subject }) => subject)).toEqual(SUBJECTS);
    for (const { decision } of document.subjects) {
      expect(decision.status).toBe('decided');
      expect(decision.quorum).toMatchObject({ asked: MODELS.length, answered: MODELS.length });
    }

    expect(Object.keys(sentBefore).length).toBeGreaterThanOrEqual(SUBJECTS.length * (MODELS.length - 1));
    expect(sendingsOf(Object.keys(sentBefore))).toEqual(sentBefore);
    const answers = await storedAnswers(running);
    const late = answers.filter(({ key, storedAt }) =>
      server
        .calls()
        .some((call) => answerKey(call) === key && Date.parse(call.receivedAt) > Date.parse(storedAt)),
    );
    expect(late).toEqual([]);

    const db = openDatabase(running.stack.databaseUrl, { poolSize: 1, applicationName: 'recovery-test' });
    const providerLog = server.calls().map(({ callKey }) => callKey);
    expect(await findViolations(db, { drainSeconds: 0, providerLog })).toEqual([]);
    await db.close();
    await running.close();
  },
);
