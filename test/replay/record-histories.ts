// Records a small history of each workflow type and of its unusual ways into test/replay/histories/, from a
// stack with workers from source. Run it after a change of workflow code that is not to be versioned:
//   node -r ./scripts/typescript-hook.cjs test/replay/record-histories.ts [PART ...]
// Parts are the names at the end of this file; without one, all.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultPayloadConverter } from '@temporalio/common';
import { startTask } from '../../client/ask';
import { createCompetition, joinCompetition, startLiveCompetition } from '../../client/competition';
import { readLiveDefinition } from '../../client/competition-input';
import { startDecision } from '../../client/decisions';
import { sendMarketEvent } from '../../client/events';
import { createExperiment } from '../../client/experiments';
import { readPriceFile } from '../../client/inputs';
import { decideReview, findReview } from '../../client/reviews';
import { syncSchedules } from '../../client/schedules';
import { startSession } from '../../client/sessions';
import { startTournament, untilJudged } from '../../client/tournaments';
import { localDateOf, nextTradingDay, sessionTimes } from '../../domain/market/calendar';
import type { DecisionInput, DecisionPlan } from '../../workflows/contracts/decision';
import type { SessionRequest } from '../../workflows/contracts/session';
import { CONCLAVE_QUEUE } from '../../workflows/contracts/task-queues';
import { conclave } from '../support/conclave-cli';
import { GENERATED_AS_OF, writeGeneratedTape } from '../support/generated-tape';
import { type ProviderServer, startProviderServer } from '../support/provider-server/provider-server';
import { aResearchInput } from '../support/research-input';
import { endStack, enterStack, type RunningStack, stackPlace } from '../support/running-stack';
import { writeHistory } from './stored-histories';

const MODELS = ['one', 'two', 'three', 'four'];
const PLAYERS = ['house-drift', 'house-momentum', 'house-mean-reversion', 'house-logistic'];

interface Stage {
  readonly running: RunningStack;
  readonly server: ProviderServer;
  readonly tape: string;
  readonly folder: string;
}

/** What names a machine, a process or a folder has no place in the repository. */
const scrub = (value: unknown, folder: string): unknown => {
  if (value instanceof Uint8Array) {
    const text = Buffer.from(value).toString('utf8');
    return text.includes(folder) ? Buffer.from(text.replaceAll(folder, '/data')) : value;
  }
  if (typeof value === 'string') return value.replaceAll(folder, '/data');
  if (typeof value !== 'object' || value === null) return value;
  for (const key of Object.keys(value)) {
    const fields = value as Record<string, unknown>;
    fields[key] = key === 'identity' ? 'worker' : key === 'stackTrace' ? '' : scrub(fields[key], folder);
  }
  return value;
};

const record = async ({ running, folder }: Stage, name: string, workflowId: string): Promise<void> => {
  const fetched = await running.client.temporal.workflow.getHandle(workflowId).fetchHistory();
  const history = scrub(fetched, folder) as typeof fetched;
  const { events } = await writeHistory(name, workflowId, history);
  process.stdout.write(`${name}: ${events.length} events\n`);
};

const request = (changes: Partial<SessionRequest>): SessionRequest => ({
  market: 'XNYS',
  kind: 'pre_market',
  date: null,
  replay: false,
  subjects: ['equity:AAA', 'equity:BBB'],
  members: null,
  strategy: null,
  stakeMicroUsd: 25_000_000,
  template: 'swing',
  researchKind: 'complete',
  refresh: false,
  prices: null,
  horizonDays: 5,
  requestKey: 'recorded',
  ...changes,
});

const decision = (changes: Partial<DecisionInput>): DecisionInput => ({
  world: 'synthetic',
  asOf: null,
  subject: 'equity:CCC',
  sessionId: null,
  stakeMicroUsd: 25_000_000,
  strategy: null,
  members: null,
  horizonDays: 5,
  research: { kind: 'complete', template: 'swing', refresh: false },
  recorded: null,
  recordedLatencyScale: 0,
  prices: null,
  deadlineAt: null,
  maxCostMicroUsd: null,
  priority: 1,
  ...changes,
});

const SYNTHETIC_RESEARCH = 'research:synthetic:live:';

const recordSession = async (stage: Stage): Promise<void> => {
  const { client } = stage.running;
  const prices = await readPriceFile(stage.tape);
  const target = await startSession(client, request({ date: GENERATED_AS_OF, replay: true, prices }));
  const sessionId = target.sessionId!;
  await client.temporal.workflow.getHandle('trigger:XNYS:pre_market:recorded').result();
  await record(stage, 'session-trigger', 'trigger:XNYS:pre_market:recorded');
  await record(stage, 'market-session', sessionId);
  await record(stage, 'ensemble-decision-in-session', `decision:equity:AAA:${sessionId}`);
  const research = `research:${target.world}:2025-09-15T13:00:00.000Z:equity:AAA:complete:swing`;
  await record(stage, 'research-session', research);
  const sunday = request({ date: '2025-09-14', replay: true, prices, requestKey: 'sunday' });
  await startSession(client, sunday);
  await client.temporal.workflow.getHandle('trigger:XNYS:pre_market:sunday').result();
  await record(stage, 'session-trigger-closed', 'trigger:XNYS:pre_market:sunday');
};

const decide = async (stage: Stage, name: string, changes: Partial<DecisionInput>): Promise<void> => {
  const started = await startDecision(stage.running.client, decision(changes), name);
  await started.early();
  await started.result();
  await record(stage, name, started.decisionId);
};

const recordDecisions = async (stage: Stage): Promise<void> => {
  await decide(stage, 'ensemble-decision-full', {});
  await decide(stage, 'ensemble-decision-quick', { stakeMicroUsd: 5_000_000 });
  await decide(stage, 'ensemble-decision-enhanced', { stakeMicroUsd: 100_000_000 });
  await decide(stage, 'ensemble-decision-cascade', { stakeMicroUsd: 100_000_000, strategy: 'cascade' });
  const fault = { fault: 'bad_request', match: { model: 'one', promptIncludes: 'Statement:' } } as const;
  stage.server.set({ queue: [fault] });
  await decide(stage, 'ensemble-decision-failed-member', { subject: 'equity:DDD' });
  stage.server.set({ queue: [] });
  await decide(stage, 'ensemble-decision-expired', {
    subject: 'equity:EEE',
    deadlineAt: '2026-01-02T00:00:00.000Z',
  });
};

/** A decision whose first votes land after its deadline: no critique follows. The brief is there already. */
const recordOvertaken = async (stage: Stage): Promise<void> => {
  const briefed = await startDecision(stage.running.client, decision({ subject: 'equity:JJJ' }), 'briefed');
  await briefed.result();
  stage.server.set({ delayMs: 10_000 });
  const deadlineAt = new Date(Date.now() + 8_000).toISOString();
  const late = { subject: 'equity:JJJ', stakeMicroUsd: 100_000_000, deadlineAt };
  await decide(stage, 'ensemble-decision-overtaken', late);
  stage.server.set({ delayMs: 0 });
};

/** A slow member's second call answers first. */
const recordHedge = async (stage: Stage): Promise<void> => {
  const { settings } = stage.running.client.stores;
  await settings.set({ key: 'ensemble_size', category: 'decision', value: 2 });
  await settings.set({ key: 'hedge_after', category: 'decision', value: 300 });
  const slow = { fault: 'slow_headers', match: { promptIncludes: 'Statement:' } } as const;
  stage.server.set({ queue: [{ ...slow, settings: { everyMs: 5_000 } }] });
  await decide(stage, 'ensemble-decision-hedged', { subject: 'equity:HHH' });
  stage.server.set({ queue: [] });
  for (const key of ['ensemble_size', 'hedge_after']) await settings.unset(key);
};

const recordRestart = async (stage: Stage): Promise<void> => {
  const { client } = stage.running;
  const { server } = stage;
  server.clear();
  server.set({ delayMs: 1_000 });
  const started = await startDecision(client, decision({ subject: 'equity:FFF' }), 'restarted');
  await server.waitForCalls(1);
  await sendMarketEvent(client, { id: 'during', type: 'earnings', symbols: ['FFF'], reason: 'recorded' });
  server.set({ delayMs: 0 });
  await started.result();
  await record(stage, 'research-session-restarted', `${SYNTHETIC_RESEARCH}equity:FFF:complete:swing`);
};

/** A decision that wants a refresh joins a run that finds a stored brief. */
const recordRefresh = async (stage: Stage): Promise<void> => {
  const { client } = stage.running;
  const { workflow } = client.temporal;
  const workflowId = `${SYNTHETIC_RESEARCH}equity:HHH:complete:swing`;
  const input = aResearchInput('synthetic', 'equity:HHH');
  const start = (startDelay: number) =>
    workflow.start('researchSession', { workflowId, taskQueue: CONCLAVE_QUEUE, args: [input], startDelay });
  await (await start(0)).result();
  const joined = await start(3_600_000);
  const research = { kind: 'complete', template: 'swing', refresh: true } as const;
  await startDecision(client, decision({ subject: 'equity:HHH', research }), 'refreshed');
  await joined.result();
  await record(stage, 'research-session-refreshed', workflowId);
};

/** A decision whose research is terminated, so that nobody tells it of a brief. */
const recordLostResearch = async (stage: Stage): Promise<void> => {
  const { running, server } = stage;
  server.clear();
  server.set({ delayMs: 600_000 });
  const name = 'ensemble-decision-research-ended';
  const started = await startDecision(running.client, decision({ subject: 'equity:III' }), name);
  await server.waitForCalls(1);
  const research = `${SYNTHETIC_RESEARCH}equity:III:complete:swing`;
  await running.client.temporal.workflow.getHandle(research).terminate('recorded');
  server.set({ delayMs: 0 });
  await started.result();
  await record(stage, name, started.decisionId);
};

const recordBackground = async (stage: Stage): Promise<void> => {
  const { workflow } = stage.running.client.temporal;
  const run = async (type: string, name: string, args: unknown[]): Promise<void> => {
    await workflow.execute(type, { workflowId: `recorded:${name}`, taskQueue: CONCLAVE_QUEUE, args });
    await record(stage, name, `recorded:${name}`);
  };
  await run('housekeeping', 'housekeeping', []);
  const batch = { world: 'live', entries: [], resolveDue: true, prices: null };
  await run('outcomeWatch', 'outcome-watch', [batch]);
  await run('performanceRollup', 'performance-rollup', [{ world: 'live' }]);
  await run('dailyReport', 'daily-report', [{ world: 'live', day: '2025-09-15' }]);
  await record(stage, 'alert-watch', 'alert-watch');
  await record(stage, 'provider-watch', 'provider-watch');
  await record(stage, 'market-events', 'market-events');
};

/** The hands-free desk on the made-up tape: a market that never closes, so that any day will do. */
const recordDesk = async (stage: Stage): Promise<void> => {
  // Only tests move a clock.
  process.env.NODE_ENV = 'test';
  const { temporal, stores } = stage.running.client;
  const run = async (type: string, name: string, argument: unknown): Promise<void> => {
    const workflowId = `recorded:${name}`;
    await temporal.workflow.execute(type, { workflowId, taskQueue: CONCLAVE_QUEUE, args: [argument] });
    await record(stage, name, workflowId);
  };
  await stores.watchlists.add([{ market: 'CRYPTO', subject: 'equity:BTC-USD' }]);
  const set = (key: string, value: unknown) => stores.settings.set({ key, category: 'desk', value });
  await set('desk_world', 'synthetic');
  await set('detector_gap', 0.001);
  await set('detector_volatility', 1.1);
  const event = { purpose: 'event', eventId: 'recorded', covers: 'all', world: null };
  await run('cacheWarming', 'cache-warming', { request: event, going: null });
  await run('cacheWarming', 'cache-warming-skipped', {
    request: { ...event, covers: ['equity:NONE'] },
    going: null,
  });
  await run('eventWatch', 'event-watch', {});
  const date = nextTradingDay('XNYS', localDateOf('XNYS', new Date().toISOString()));
  const { openUtc, closeUtc } = sessionTimes('XNYS', date);
  const clockAt = (instant: string, minutes: number) =>
    stores.worlds.setClockOffsetForTests('synthetic', Date.parse(instant) + minutes * 60_000 - Date.now());
  await clockAt(openUtc, -30);
  const words = { symbols: 'AAA,BBB', world: 'synthetic' };
  const client = stage.running.client;
  await createCompetition(
    client,
    'recorded',
    readLiveDefinition(words, await stores.worlds.now('synthetic')),
  );
  await joinCompetition(client, 'recorded', PLAYERS);
  await startLiveCompetition(client, 'recorded');
  await run('paperDay', 'paper-day-orders', { market: 'XNYS', part: 'orders' });
  await clockAt(closeUtc, 20);
  await run('paperDay', 'paper-day', { market: 'XNYS', part: 'end_of_day' });
  await stores.worlds.setClockOffsetForTests('synthetic', 0);
};

/** A session one of whose decisions is terminated, so that it ends without that one. */
const recordUndecided = async (stage: Stage): Promise<void> => {
  const { running, server } = stage;
  const { client } = running;
  server.clear();
  server.set({ delayMs: 1_000 });
  const subjects = ['equity:JJJ', 'equity:KKK'];
  const { sessionId } = await startSession(client, request({ subjects, requestKey: 'undecided' }));
  await server.waitForCalls(2);
  await client.temporal.workflow.getHandle(`decision:equity:JJJ:${sessionId}`).terminate('recorded');
  server.set({ delayMs: 0 });
  await client.temporal.workflow.getHandle(sessionId!).result();
  await record(stage, 'market-session-undecided', sessionId!);
};

/** A session by schedule that has no real prices at first; a minute later it takes the made-up ones it is told to. */
const recordWaiting = async (stage: Stage): Promise<void> => {
  const { client } = stage.running;
  const entries = [{ market: 'CRYPTO', subject: 'equity:BTC-USD' }];
  await client.stores.watchlists.add(entries);
  await syncSchedules(client, { kinds: ['open'], dryRun: false });
  const schedule = client.temporal.schedule.getHandle('desk:CRYPTO:open');
  await schedule.trigger();
  const started = async () => (await schedule.describe()).info.recentActions[0]?.action.workflow;
  while (!(await started())) await client.stores.worlds.now('live');
  const { workflowId } = (await started())!;
  const handle = client.temporal.workflow.getHandle(workflowId);
  const waits = async () =>
    (await handle.fetchHistory()).events?.some((event) => event.timerStartedEventAttributes);
  while (!(await waits())) await client.stores.worlds.now('live');
  await client.stores.settings.set({ key: 'desk_world', category: 'desk', value: 'synthetic' });
  await handle.result();
  await record(stage, 'session-trigger-waited', workflowId);
  await client.stores.settings.unset('desk_world');
  await client.stores.watchlists.remove(entries);
  await syncSchedules(client, { kinds: ['open'], dryRun: false });
};

/** The result of the first activity of a type in a workflow's history. */
const resultOf = async <T>({ running }: Stage, workflowId: string, activity: string): Promise<T> => {
  const { events } = await running.client.temporal.workflow.getHandle(workflowId).fetchHistory();
  const scheduled = events?.find(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === activity,
  );
  const completed = events?.find(({ activityTaskCompletedEventAttributes: done }) =>
    done?.scheduledEventId?.eq(scheduled?.eventId ?? 0),
  );
  const [payload] = completed?.activityTaskCompletedEventAttributes?.result?.payloads ?? [];
  return defaultPayloadConverter.fromPayload<T>(payload!);
};

/** Asks a member of an earlier decision again, as one that is screened out would be. */
const recordProbation = async (stage: Stage): Promise<void> => {
  const decisionId = 'decision:equity:CCC:ensemble-decision-full';
  const plan = await resultOf<DecisionPlan>(stage, decisionId, 'prepareDecision');
  const screened = { ...plan, earned: { ...plan.earned, probation: plan.members.slice(0, 1) } };
  const workflowId = `probation:${decisionId}`;
  await stage.running.client.temporal.workflow.execute('probation', {
    workflowId,
    taskQueue: CONCLAVE_QUEUE,
    args: [{ input: decision({}), plan: screened, brief: null }],
  });
  await record(stage, 'probation', workflowId);
};

/** What a command starts, found by its type. */
const recordCommand = async (
  stage: Stage,
  args: readonly string[],
  names: Readonly<Record<string, string>>,
): Promise<void> => {
  const { place, client } = stage.running;
  const { code, stderr } = await conclave(args, place);
  if (code !== 0) throw new Error(`${args[0]} ended with ${code}: ${stderr}`);
  for (const [type, name] of Object.entries(names))
    for await (const { workflowId } of client.temporal.workflow.list({ query: `WorkflowType = '${type}'` })) {
      await record(stage, name, workflowId);
      break;
    }
};

/** A subject's calls in one activity; and each call as one of its own, at a provider with a limit on its calls. */
const recordPanels = async (stage: Stage): Promise<void> => {
  const { server, folder } = stage;
  const args = ['panel', 'CCC', 'DDD', '--world', 'synthetic', '--json'];
  await recordCommand(stage, args, { analystPanel: 'analyst-panel' });
  const yaml = `providers:
  - { name: rated, kind: openai-compatible, baseUrl: "${server.as('rated')}/v1", models: [one], callsPerSecond: 50 }`;
  const place = stackPlace(join(folder, 'apart'), { yaml, lingerSeconds: 5 });
  const running = await enterStack(place);
  try {
    const apart = { ...stage, running };
    await recordCommand(apart, [...args, '--model', 'rated/one'], { analystPanel: 'analyst-panel-apart' });
  } finally {
    await running.close();
    await endStack(place);
  }
};

const recordCommands = async (stage: Stage): Promise<void> => {
  const days = ['--from', '2025-09-08', '--to', '2025-09-10', '--symbols', 'AAA,BBB'];
  const models = ['--models', 'house-drift,house-momentum'];
  await recordCommand(stage, ['competition', 'replay', '--prices', stage.tape, ...days, ...models], {
    competitionReplay: 'competition-replay',
    competitionDay: 'competition-day',
  });
};

/** Verdicts in words that a tournament's models give from now on. */
const verdicts = ({ server }: Stage, words: readonly string[]): void =>
  server.set({
    answers: words.map((verdict, index) => ({
      match: { model: MODELS[index]!, promptIncludes: 'Accepted verdicts' },
      answer: { verdict, confidence: 0.8, reasons: ['recorded'] },
    })),
  });

const recordTournaments = async (stage: Stage): Promise<void> => {
  const { client } = stage.running;
  const models = MODELS.slice(0, 3).map((model) => `local/${model}`);
  const run = async (key: string, timeout: string) => {
    const wish = { task: 'risk_review', prompt: `Recorded ${key}?`, models, timeout };
    const started = await startTournament(client, wish, key);
    return { ...started, row: await untilJudged(client, started) };
  };
  verdicts(stage, ['reject', 'reject', 'reject']);
  const agreed = await run('agreed', '1h');
  await agreed.result();
  await record(stage, 'tournament-agreed', agreed.tournamentId);
  verdicts(stage, ['approve', 'reject', 'approve']);
  const disputed = await run('disputed', '1h');
  const review = await findReview(client, disputed.tournamentId);
  await client.temporal.workflow.getHandle(review!.id).signal('decide', 'approve');
  await decideReview(client, review!, { verdict: 'approve', reviewer: 'Ann', reason: 'recorded' });
  await disputed.result();
  await record(stage, 'tournament-disputed', disputed.tournamentId);
  await record(stage, 'review-decided', review!.id);
  const late = await run('late', '1s');
  await late.result();
  await record(stage, 'review-timed-out', `review:${late.tournamentId}`);
  stage.server.set({ answers: [] });
};

const recordTask = async (stage: Stage): Promise<void> => {
  const { client } = stage.running;
  const wish = { task: 'theme_analysis', prompt: 'Recorded', model: 'local/two' };
  const started = await startTask(client, wish, { requestKey: 'recorded', keysPresent: new Set() });
  await started.result();
  await record(stage, 'task-run', started.runId);
};

const recordExperiment = async (stage: Stage): Promise<void> => {
  const { client } = stage.running;
  const wish = { name: 'recorded', kind: 'model', a: 'local/one', b: 'house-drift', budgetUsd: '1' };
  await createExperiment(client, { ...wish, world: 'synthetic' }, 'recorded');
  await decide(stage, 'ensemble-decision-in-experiment', { subject: 'equity:GGG' });
  const armsId = 'arms:decision:equity:GGG:ensemble-decision-in-experiment';
  await client.temporal.workflow.getHandle(armsId).result();
  await record(stage, 'experiment-arms', armsId);
};

const PARTS = {
  session: recordSession,
  decisions: recordDecisions,
  overtaken: recordOvertaken,
  hedge: recordHedge,
  restart: recordRestart,
  refresh: recordRefresh,
  'lost-research': recordLostResearch,
  background: recordBackground,
  probation: recordProbation,
  panels: recordPanels,
  commands: recordCommands,
  tournaments: recordTournaments,
  experiment: recordExperiment,
  task: recordTask,
  undecided: recordUndecided,
  waiting: recordWaiting,
  desk: recordDesk,
} as const;

const main = async (wanted: readonly string[]): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'conclave-record-'));
  const server = await startProviderServer({ behaviour: { models: MODELS } });
  const env = { CONCLAVE_OPENAI_COMPATIBLE_URL: `${server.as('local')}/v1` };
  const place = stackPlace(join(folder, 'home'), { env, lingerSeconds: 5 });
  const tape = join(folder, 'tape.csv');
  writeGeneratedTape(tape, ['AAA', 'BBB']);
  const running = await enterStack(place);
  const stage = { running, server, tape, folder };
  try {
    for (const [name, recordPart] of Object.entries(PARTS))
      if (wanted.length === 0 || wanted.includes(name)) await recordPart(stage);
  } finally {
    await running.close();
    await endStack(place);
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
