// What a person sees in Temporal's UI without opening a payload, read through the same API: ids, summaries,
// current details, a summary per activity, typed search attributes.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { startDecision } from '../../../client/decisions';
import { readPriceFile } from '../../../client/inputs';
import { describeSchedule } from '../../../client/known-schedules';
import { startSession } from '../../../client/sessions';
import { decisionInput } from '../../../client/work-inputs';
import { SYNTHETIC_WORLD } from '../../../domain/world';
import { PRIORITY } from '../../../workflows/contracts/task-queues';
import { MARKET_EVENTS_ID, researchId } from '../../../workflows/contracts/workflow-ids';
import { GENERATED_AS_OF, writeGeneratedTape } from '../../support/generated-tape';
import { type RunningStack, runningStack } from '../../support/running-stack';

jest.setTimeout(120_000);

let running: RunningStack;
let sessionId: string;
const folder = mkdtempSync(join(tmpdir(), 'conclave-readable-'));

beforeAll(async () => {
  running = await runningStack();
  const tape = join(folder, 'tape.csv');
  writeGeneratedTape(tape, ['RDA', 'RDB']);
  const target = await startSession(running.client, {
    market: 'XNYS',
    kind: 'pre_market',
    date: GENERATED_AS_OF,
    replay: true,
    subjects: ['equity:RDA', 'equity:RDB'],
    members: null,
    strategy: null,
    stakeMicroUsd: 25_000_000,
    template: 'swing',
    researchKind: 'complete',
    refresh: false,
    prices: await readPriceFile(tape),
    horizonDays: 5,
    requestKey: `readable-${process.pid}`,
  });
  sessionId = target.sessionId!;
  await running.client.temporal.workflow.getHandle(sessionId).result();
});

afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

const textOf = (payload: Payload | null | undefined): string | null =>
  payload ? defaultPayloadConverter.fromPayload<string>(payload) : null;

interface Shown {
  readonly workflowId: string;
  readonly type: string;
  readonly summary: string | null;
  readonly details: string | null;
  readonly currentDetails: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Activity type and its summary, in the order of the history. */
  readonly activities: readonly { readonly type: string; readonly summary: string | null }[];
}

const shown = async (workflowId: string): Promise<Shown> => {
  const { temporal, namespace } = running.client;
  const handle = temporal.workflow.getHandle(workflowId);
  const description = await handle.describe();
  const { userMetadata } = description.raw.executionConfig ?? {};
  // The UI asks for the live table the same way.
  const metadata = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
  const { history } = await temporal.workflowService.getWorkflowExecutionHistory({
    namespace,
    execution: { workflowId },
  });
  return {
    workflowId,
    type: description.type,
    summary: textOf(userMetadata?.summary),
    details: textOf(userMetadata?.details),
    currentDetails: metadata.currentDetails ?? '',
    attributes: Object.fromEntries(
      description.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]),
    ),
    activities: (history?.events ?? []).flatMap((event) => {
      const type = event.activityTaskScheduledEventAttributes?.activityType?.name;
      return type ? [{ type, summary: textOf(event.userMetadata?.summary) }] : [];
    }),
  };
};

const decisionIdOf = (symbol: string): string => `decision:equity:${symbol}:${sessionId}`;

/** Research is of the session's world, whose name the session's id holds. */
const researchIdOf = (symbol: string): string =>
  researchId({
    world: /replay:[0-9a-f]{12}/.exec(sessionId)![0],
    asOf: '2025-09-15T13:00:00.000Z',
    ...{ subject: `equity:${symbol}`, kind: 'complete', template: 'swing' },
  });

const TABLE = /^\|( [\w()%]+ \|)+\n\|(---\|)+/m;

test('a market session says what it is and shows its subjects as a table', async () => {
  const session = await shown(sessionId);
  expect(session).toMatchObject({
    type: 'marketSession',
    workflowId: expect.stringMatching(/^session:replay:[0-9a-f]{12}:XNYS:2025-09-15:pre_market:readable-/),
    summary: 'pre_market session · XNYS · 2025-09-15',
    details: expect.stringMatching(/^2 subjects, decided as of 2025-09-15T13:00:00\.000Z, world replay:/),
    attributes: {
      ConclaveMarket: 'XNYS',
      ConclaveWorld: expect.stringMatching(/^replay:/),
      ConclaveMode: 'normal',
      ConclaveStatus: 'finished',
      ConclaveCostUsd: 0,
    },
  });
  expect(session.currentDetails).toMatch(TABLE);
  expect(session.currentDetails).toContain('2 of 2 subjects');
  expect(session.currentDetails).toContain('equity:RDA | decided');
});

test('a decision shows every member with its state, probability, cost and time', async () => {
  const decision = await shown(decisionIdOf('RDA'));
  expect(decision).toMatchObject({
    type: 'ensembleDecision',
    summary: 'decision · equity:RDA',
    details: `part of ${sessionId}`,
    attributes: {
      ConclaveSymbol: 'RDA',
      ConclaveWorld: expect.stringMatching(/^replay:/),
      ConclaveMarket: 'XNYS',
      ConclaveMode: 'normal',
      ConclaveStage: 'full',
      ConclaveStatus: 'decided',
      ConclaveDisagreement: expect.any(Number),
      ConclaveCostUsd: 0,
      ConclaveFailedOver: false,
    },
  });
  expect(decision.currentDetails).toMatch(TABLE);
  expect(
    decision.currentDetails.match(/\| house-[\w-]+ \| answered \| 0\.\d{3} \|/g)?.length,
  ).toBeGreaterThanOrEqual(5);
});

test('every call of a model carries a summary that names subject and model', async () => {
  const { activities } = await shown(decisionIdOf('RDA'));
  const calls = activities.filter(({ type }) => type === 'callModel');
  expect(calls.length).toBeGreaterThanOrEqual(5);
  for (const { summary } of calls) expect(summary).toMatch(/^forecast · equity:RDA · house-[\w-]+$/);
  expect(new Set(calls.map(({ summary }) => summary)).size).toBe(calls.length);
});

test('research shows its subject, kind and state, and its calls say which step they are', async () => {
  const research = await shown(researchIdOf('RDA'));
  expect(research).toMatchObject({
    type: 'researchSession',
    workflowId: expect.stringMatching(
      /^research:replay:[0-9a-f]{12}:2025-09-15T13:00:00\.000Z:equity:RDA:complete:swing$/,
    ),
    summary: 'research · equity:RDA · complete',
    details: expect.stringContaining('template swing'),
    attributes: {
      ConclaveSymbol: 'RDA',
      ConclaveWorld: expect.stringMatching(/^replay:/),
      ConclaveMarket: 'XNYS',
    },
  });
  expect(research.currentDetails).toMatch(TABLE);
  expect(research.currentDetails).toContain('stored');
  const summaries = research.activities.flatMap(({ summary }) => summary ?? []);
  expect(summaries).toEqual(
    expect.arrayContaining(['facts · equity:RDA', expect.stringMatching(/^brief · equity:RDA · house-/)]),
  );
});

test('decisions are found by their search attributes', async () => {
  const query = `WorkflowType = 'ensembleDecision' AND ConclaveSymbol = 'RDB' AND ConclaveStatus = 'decided' AND ConclaveStage = 'full' AND ConclaveCostUsd < 1`;
  const found: string[] = [];
  const deadline = Date.now() + 20_000;
  // Visibility follows the history after a moment.
  while (found.length === 0 && Date.now() < deadline)
    for await (const { workflowId } of running.client.temporal.workflow.list({ query }))
      found.push(workflowId);
  expect(found).toEqual([decisionIdOf('RDB')]);
});

test('the entity of market events and the trigger are readable too', async () => {
  const events = await shown(MARKET_EVENTS_ID);
  expect(events.summary).toBe('market events · invalidates briefs');
  expect(events.currentDetails).toMatch(TABLE);
  const trigger = await shown(`trigger:XNYS:pre_market:readable-${process.pid}`);
  expect(trigger.summary).toBe('session trigger · XNYS · pre_market');
});

test('who asks which session runs is told once it is there to be looked at', async () => {
  const id = `trigger:XNYS:pre_market:readable-${process.pid}`;
  const { events } = await running.client.temporal.workflow.getHandle(id).fetchHistory();
  const started = events?.findIndex((event) => event.childWorkflowExecutionStartedEventAttributes);
  const told = events?.findIndex((event) => event.workflowExecutionUpdateCompletedEventAttributes);
  expect(started).toBeGreaterThan(0);
  expect(told).toBeGreaterThan(started!);
});

test('nothing large or secret travels: no event of a session, decision or research exceeds 16 KB', async () => {
  const ids = [
    sessionId,
    ...['RDA', 'RDB'].flatMap((symbol) => [decisionIdOf(symbol), researchIdOf(symbol)]),
  ];
  for (const workflowId of ids) {
    const { history } = await running.client.temporal.workflowService.getWorkflowExecutionHistory({
      namespace: running.client.namespace,
      execution: { workflowId },
    });
    const sizes = (history?.events ?? []).map((event) => JSON.stringify(event).length);
    expect(Math.max(...sizes)).toBeLessThan(16_000);
  }
});

test('a decision by hand has its market, and one that nobody could answer no disagreement', async () => {
  const input = decisionInput({
    ...{ symbol: 'RDA', stakeUsd: '25', members: ['house-drift'], horizonDays: 5, world: SYNTHETIC_WORLD },
    ...{ kind: 'complete', template: 'swing', refresh: false },
  });
  const unasked = { ...input, research: null };
  const { decisionId, result } = await startDecision(running.client, unasked, `unasked-${process.pid}`);
  expect(await result()).toMatchObject({ status: 'abstained', disagreement: null });
  const { attributes } = await shown(decisionId);
  expect(attributes).toMatchObject({ ConclaveMarket: 'XNYS', ConclaveStatus: 'abstained' });
  expect(attributes).not.toHaveProperty('ConclaveDisagreement');
});

test('a run of a schedule says what it is', async () => {
  const housekeeping = await describeSchedule(running.client, 'housekeeping');
  expect(housekeeping?.action.staticSummary).toBe('housekeeping · what has outlived its use');
});

test('a decision that a person waits for goes before the work of sessions', async () => {
  const input = decisionInput({
    ...{ symbol: 'RDA', stakeUsd: '25', members: ['house-drift'], horizonDays: 5, world: SYNTHETIC_WORLD },
    ...{ kind: 'complete', template: 'swing', refresh: false },
  });
  const { decisionId } = await startDecision(running.client, input, `priority-${process.pid}`);
  const priorityOf = async (id: string): Promise<number> => {
    const { priority } = await running.client.temporal.workflow.getHandle(id).describe();
    return priority?.priorityKey ?? PRIORITY.session;
  };
  expect(await priorityOf(decisionId)).toBeLessThan(await priorityOf(sessionId));
});
