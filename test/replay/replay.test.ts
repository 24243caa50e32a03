// Stored histories of every workflow type replay on the present code, from the cache and from nothing, and a
// planted change of the order of commands is caught. Where a change of workflow code is meant, either version it
// with `patched`, or, before a release, record again: see record-histories.ts.
import { statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BundleOptions,
  bundleWorkflowCode,
  DefaultLogger,
  makeTelemetryFilterString,
  Runtime,
  type WorkflowBundle,
} from '@temporalio/worker';
import * as workflows from '../../workflows';
import { PROJECT_ROOT } from '../support/source-files';
import { replayFailures } from './replay-histories';
import { HISTORIES, readHistories } from './stored-histories';

jest.setTimeout(120_000);

const LARGEST_FILE_BYTES = 64 * 1024;
const quiet = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };
const stored = readHistories();

const bundle = (workflowsPath: string): Promise<WorkflowBundle> =>
  bundleWorkflowCode({ workflowsPath, logger: quiet } satisfies BundleOptions);

let code: WorkflowBundle;

beforeAll(async () => {
  const logging = { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) };
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging } });
  code = await bundle(join(PROJECT_ROOT, 'workflows', 'index.ts'));
});

test('there is a history of every workflow type', () => {
  const recorded = new Set(stored.map(({ workflowType }) => workflowType));
  expect(Object.keys(workflows).filter((type) => !recorded.has(type))).toEqual([]);
});

test('every stored history replays', async () => {
  expect(await replayFailures(code, stored)).toEqual({});
});

test('every stored history replays with no workflow kept in memory', async () => {
  expect(await replayFailures(code, stored, 0)).toEqual({});
});

test('a review that took an answer which is refused now goes on with it', async () => {
  const [review] = readHistories().filter(({ name }) => name === 'review-decided');
  const sent = review!.history.events!.flatMap(
    ({
      workflowExecutionUpdateAcceptedEventAttributes: update,
      workflowExecutionSignaledEventAttributes: signal,
    }) => update?.acceptedRequest?.input?.args?.payloads ?? signal?.input?.payloads ?? [],
  );
  const answers = sent.filter(({ data }) => Buffer.from(data!).includes('reviewer'));
  expect(answers).toHaveLength(1);
  for (const payload of answers) {
    const answer = JSON.parse(Buffer.from(payload.data!).toString()) as { readonly reason: string };
    payload.data = Buffer.from(JSON.stringify({ ...answer, reason: 'a\u0000b' }));
  }
  expect(await replayFailures(code, [review!])).toEqual({});
});

test('the histories hold the ways that are seldom taken', () => {
  const events = (name: string) => stored.find((history) => history.name === name)?.events ?? [];
  expect(events('research-session-restarted')).toEqual(
    expect.arrayContaining(['WORKFLOW_EXECUTION_SIGNALED', 'ACTIVITY_TASK_CANCEL_REQUESTED']),
  );
  expect(events('research-session-refreshed')).toEqual(
    expect.arrayContaining(['MARKER_RECORDED', 'ACTIVITY_TASK_SCHEDULED findBrief']),
  );
  expect(
    events('ensemble-decision-enhanced').filter((event) => event.endsWith(' callModel')).length,
  ).toBeGreaterThan(events('ensemble-decision-full').filter((event) => event.endsWith(' callModel')).length);
  for (const name of ['ensemble-decision-research-ended', 'ensemble-decision-slow-attach'])
    expect(events(name)).toContain('ACTIVITY_TASK_SCHEDULED isResearchRunning');
  expect(events('ensemble-decision-failed-member')).toContain('ACTIVITY_TASK_FAILED');
  expect(events('ensemble-decision-overtaken')).toContain('MARKER_RECORDED');
  expect(events('ensemble-decision-hedged')).toEqual(
    expect.arrayContaining(['TIMER_FIRED', 'ACTIVITY_TASK_CANCEL_REQUESTED']),
  );
});

test('the files are small and name no machine', () => {
  for (const { name } of stored) {
    const file = join(HISTORIES, `${name}.json`);
    expect(statSync(file).size).toBeLessThan(LARGEST_FILE_BYTES);
  }
  const texts = stored.map(({ history }) => JSON.stringify(history));
  expect(texts.filter((text) => text.includes(tmpdir()) || text.includes(PROJECT_ROOT))).toEqual([]);
});

test('a planted nondeterminism is caught', async () => {
  const housekeeping = stored.filter(({ workflowType }) => workflowType === 'housekeeping');
  const planted = await bundle(require.resolve('./planted-housekeeping.ts'));
  const failures = await replayFailures(planted, housekeeping);
  expect(Object.keys(failures)).toEqual(['housekeeping']);
  expect(failures.housekeeping).toMatch(/[Nn]ondeterminism|TMPRL1100/);
});
