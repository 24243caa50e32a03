// A simulated bad day, over a real database, a real Temporal server with its own namespace and worker, a real SMTP
// server and a real webhook receiver: each alert goes out once, each recovery once, with a restart in between.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection, ScheduleOverlapPolicy } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { SMTPServer } from 'smtp-server';
import { Webhook } from 'standardwebhooks';
import { mailChannel, webhookChannel } from '../../../activities/alert-channels';
import { createAlertDelivery } from '../../../activities/alert-delivery';
import { createAlertRules } from '../../../activities/alert-rules';
import { createAlertWatch } from '../../../activities/alert-watch';
import { createCapSweep } from '../../../activities/cap-sweep';
import type { Dependencies } from '../../../activities/dependencies';
import { deskSchedules } from '../../../activities/missed-schedules';
import { createModeWatch } from '../../../activities/modes';
import { createSessionSweep } from '../../../activities/session-sweep';
import { createWorkSweep } from '../../../activities/work-sweep';
import { openDatabase } from '../../../db/database';
import { createRunCap } from '../../../db/run-cap';
import { createStores } from '../../../db/stores';
import { nextTradingDay } from '../../../domain/market/calendar';
import type { ModeWatch } from '../../../domain/outage/modes';
import { reportDocument } from '../../../domain/report/report-document';
import type { AlertLook } from '../../../workflows/contracts/alerts';
import { type CallHarness, createCallHarness } from '../../support/call-harness';
import { temporalAddress, uniquePrefix } from '../../support/test-stack';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from '../db/fresh-database';
import { aDecision, aProposition, aReservation } from '../db/rows';

jest.setTimeout(120_000);

const SECRET = `whsec_${Buffer.from('the secret of a bad day').toString('base64')}`;
const NAMESPACE = uniquePrefix();
const QUEUE = 'alerts';
const EVERY_MS = 3_600_000;

interface Received {
  readonly id: string;
  readonly type: string;
  readonly episode: string;
}

interface PostedData {
  readonly episode: string;
  readonly decisionId?: string;
  readonly day?: string;
}

let test: TestDatabase;
let harness: CallHarness;
let temporal: Client;
let bundle: WorkflowBundleWithSourceMap;
let receiver: Server;
let mailServer: SMTPServer;
let receiverStatus = 200;
const hooks: Received[] = [];
const mails: string[] = [];
const deliveredDocuments: PostedData[] = [];
const refused: string[] = [];

const startReceiver = async (): Promise<void> => {
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const headers = request.headers as Record<string, string>;
      const event = new Webhook(SECRET).verify(body, headers) as { type: string; data: PostedData };
      if (receiverStatus === 200) {
        hooks.push({ id: headers['webhook-id']!, type: event.type, episode: event.data.episode });
        if (!event.type.startsWith('alert.')) deliveredDocuments.push(event.data);
      } else refused.push(headers['webhook-id']!);
      response.writeHead(receiverStatus).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
};

const startMailServer = async (): Promise<void> => {
  mailServer = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString());
        done();
      });
    },
  });
  await new Promise<void>((resolve) => mailServer.listen(0, '127.0.0.1', resolve));
};

const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;

/** A worker as a process would have it: its own connections, its own stores. */
const startWorker = async () => {
  const db = openDatabase(test.url, { poolSize: 4, applicationName: 'alert worker' });
  const dependencies: Dependencies = {
    ...harness.dependencies,
    db,
    stores: createStores(db),
    client: temporal,
    alertChannels: [
      webhookChannel({ url: `http://127.0.0.1:${portOf(receiver)}/hook`, readSecret: () => SECRET }),
      mailChannel({
        from: 'desk@example.org',
        to: ['trader@example.org'],
        readUrl: () => `smtp://127.0.0.1:${portOf(mailServer.server)}`,
      }),
    ],
  };
  const connection = await NativeConnection.connect({ address: await temporalAddress() });
  const worker = await Worker.create({
    connection,
    namespace: NAMESPACE,
    taskQueue: QUEUE,
    workflowBundle: bundle,
    activities: createAlertWatch(dependencies),
  });
  const running = worker.run();
  return async (): Promise<void> => {
    worker.shutdown();
    await running;
    await connection.close();
    await db.close();
  };
};

const look = (): Promise<AlertLook> =>
  temporal.workflow.getHandle('alert-watch').executeUpdate<AlertLook, []>('lookForAlerts');

const waitIsOver = () =>
  test.db.query('update alert_deliveries set due_at = clock_timestamp() where delivered_at is null');

const session = async (wallMs: number, date: string, world = 'synthetic'): Promise<void> => {
  const { sessions } = harness.stores;
  const id = `session:${world}:XNYS:${date}:pre_market:${wallMs}`;
  await sessions.open({
    ...{ id, world, market: 'XNYS', date, kind: 'pre_market', mode: 'normal' },
    ...{
      decisionAt: '2026-01-05T14:00:00.000Z',
      scheduledAt: world === 'live' ? '2026-01-05T14:00:00.000Z' : null,
      stakeMicroUsd: 1,
      subjects: ['equity:AAA'],
      synthetic: world === 'synthetic',
    },
  });
  await sessions.close(id, {
    status: 'finished',
    costMicroUsd: 0,
    savedMicroUsd: 0,
    providerCalls: 0,
    mode: 'normal',
    note: null,
  });
  await test.db.query('update market_sessions set wall_ms = $2 where id = $1', [id, wallMs]);
};

const calls = async (good: number, bad: number): Promise<void> => {
  await test.db.query('truncate health_checks');
  for (let n = 0; n < good + bad; n += 1)
    await harness.stores.health.observe({
      ...{ provider: 'openai', model: 'm', origin: 'call', latencyMs: 5 },
      ...{ ok: n < good, failure: n < good ? null : 'unavailable' },
    });
};

const decisions = async (good: number, bad: number): Promise<void> => {
  for (let n = 0; n < good + bad; n += 1)
    await harness.stores.decisions.recordDecision(
      aDecision({
        id: `decision-${good}-${n}`,
        ...(n < good ? {} : ({ status: 'abstained', probability: null } as const)),
      }),
      [],
    );
};

/** Scores of one model: old ones well calibrated, those of this week as told. */
const scores = (recentP: number): Promise<unknown> =>
  test.db.transaction(async (sql) => {
    await sql.query('set local session_replication_role = replica');
    await sql.query("delete from model_performance where model = 'gpt-test'");
    await sql.query(
      `insert into propositions (id, world, subject, statement, category, as_of, resolves_at, rule)
       select 'p' || n, 'live', 'equity:P' || n, 's', 'equity', clock_timestamp(), clock_timestamp(), '{}'
       from generate_series(0, 79) n on conflict do nothing`,
    );
    await sql.query(
      `insert into model_performance (forecast_id, world, model, model_version, proposition_id, outcome_revision,
         market_category, volatility_regime, time_to_expiry, probability, yes, accuracy, confidence_calibration,
         calibration_bin, brier, log_loss, response_time_ms, decision_quality, forecast_at, resolved_at, scored_at)
       select 'f' || n, 'live', 'gpt-test', '1', 'p' || n, 1, 'equity', 'unknown', '1-7d', p, yes, 1, 0, 0,
         (p - yes::int) ^ 2, 0.1, 1, 0.5, at, at, at
       from (select n, n % 10 < 5 as yes, case when n < 40 then 0.5 else $1::float8 end as p,
               clock_timestamp() - make_interval(days => case when n < 40 then 30 else 1 end) as at
             from generate_series(0, 79) n) made`,
      [recentP],
    );
  });

const cap = (spent: number, limit: number) =>
  test.db.query(
    `insert into caps (scope, key, period, limit_micro_usd, spent_micro_usd, policy, opened_at)
     values ('month', '*', to_char(world_now('live') at time zone 'UTC', 'YYYY-MM'), $2, $1, 'stop', clock_timestamp())
     on conflict (scope, key, period) where closed_at is null do update
     set spent_micro_usd = excluded.spent_micro_usd, limit_micro_usd = excluded.limit_micro_usd`,
    [spent, limit],
  );

const breaker = (type: 'force_open' | 'force_close') =>
  harness.stores.breakers.apply(
    { provider: 'openai', model: 'm' },
    type === 'force_open' ? { type, until: '2099-01-01T00:00:00.000Z' } : { type },
  );

const mode = (pending: ModeWatch['pending'] = null) => createModeWatch(harness.dependencies).refresh(pending);

const makeSchedule = async (): Promise<void> => {
  await temporal.schedule.create({
    scheduleId: 'desk:XNYS:pre_market',
    spec: { calendars: [{ hour: 3, year: 2099 }] },
    action: { type: 'startWorkflow', workflowType: 'sessionTrigger', taskQueue: QUEUE, args: [] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '25 minutes' },
  });
  // The server's list lags behind by moments, and a schedule that is new may not be ready to be looked at.
  const listed = () => deskSchedules(temporal, {}).catch(() => []);
  while ((await listed()).length === 0) await delay(50);
};

/** After this trading day's session can start no more: the next one as of the bad day's begin. */
let missedDay: string;

const setClock = (afterMs = 0) =>
  harness.stores.worlds.setClockOffsetForTests(
    'live',
    Date.parse(`${missedDay}T20:00:00.000Z`) - Date.now() + afterMs,
  );

const badDay = async (): Promise<void> => {
  missedDay = nextTradingDay('XNYS', new Date().toISOString().slice(0, 10));
  await setClock();
  await session(40_000, '2026-01-05');
  // What ran on made-up prices is not the session that was missed.
  await session(40_000, missedDay);
  await calls(12, 8);
  await decisions(8, 12);
  await scores(0.95);
  await cap(960_000, 1_000_000);
  await breaker('force_open');
  await mode();
  await harness.stores.modes.override({ mode: 'halted', reason: 'a test', by: 'tester' });
};

const goodDay = async (): Promise<void> => {
  await session(2_000, missedDay, 'live');
  await calls(20, 0);
  await test.db.query('truncate ensemble_decisions cascade');
  await decisions(20, 0);
  await scores(0.5);
  // What is spent stays spent: a higher limit ends the episodes.
  await cap(960_000, 10_000_000);
  await breaker('force_close');
  const { pending } = await mode();
  await setClock(300_000);
  await mode(pending);
  await harness.stores.modes.endOverride({ reason: 'the test is over', by: 'test' });
};

const EPISODES = [
  'accuracy:gpt-test',
  'breaker:openai:m',
  'calibration:gpt-test',
  'cap:50',
  'cap:80',
  'cap:95',
  'errors',
  'mode:by_hand',
  'mode:cached',
  'schedule:desk:XNYS:pre_market',
  'session_slow:XNYS:pre_market',
  'success',
];

const short = (episode: string): string => episode.replace(/^cap:.*:(\d+)$/, 'cap:$1');
const hooked = (type: string): readonly string[] =>
  hooks
    .filter((hook) => hook.type === type)
    .map(({ episode }) => short(episode))
    .sort();
const mailed = (beginning: 'Episode' | 'Over: '): number =>
  mails.filter((mail) => (beginning === 'Over: ') === /^Subject: \[Conclave\] Over: /m.test(mail)).length;

beforeAll(async () => {
  test = await freshTestDatabase(5);
  harness = await createCallHarness(test.url, [
    { name: 'openai', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1', readKey: () => 'sk-x' },
  ]);
  await harness.stores.propositions.put(aProposition());
  await harness.stores.worlds.enter({ id: 'synthetic', asOf: null });
  await Promise.all([startReceiver(), startMailServer()]);
  const connection = await Connection.connect({ address: await temporalAddress() });
  await connection.workflowService.registerNamespace({
    namespace: NAMESPACE,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
  temporal = new Client({ connection, namespace: NAMESPACE });
  bundle = await bundleWorkflowCode({
    workflowsPath: require.resolve('../../../workflows/alert-watch.ts'),
    logger: new DefaultLogger('ERROR'),
  });
}, STACK_START_MS);

afterAll(async () => {
  await temporal?.connection.close();
  await harness?.close();
  await test?.drop();
  receiver?.close();
  await new Promise<void>((resolve) => mailServer.close(() => resolve()));
});

it('fires each alert once, ends each once, and loses and repeats none over a restart', async () => {
  const stop = await startWorker();
  await temporal.workflow.start('alertWatch', {
    workflowId: 'alert-watch',
    taskQueue: QUEUE,
    args: [{ everyMs: EVERY_MS }],
  });
  await makeSchedule();
  for (const each of await Promise.all([look(), look()])) expect(each).toMatchObject({ open: 0, waiting: 0 });
  // Nor is the first of the watch's own made beside another.
  const { events } = await temporal.workflow.getHandle('alert-watch').fetchHistory();
  const steps = (events ?? []).flatMap((event) => {
    if (event.activityTaskScheduledEventAttributes) return ['begun'];
    return event.activityTaskCompletedEventAttributes ? ['done'] : [];
  });
  expect(steps.length).toBeGreaterThanOrEqual(4);
  expect(steps.join(' ')).not.toContain('begun begun');

  await badDay();
  await look();
  expect(await look()).toMatchObject({ open: EPISODES.length, sent: 0, waiting: 0 });
  expect(hooked('alert.raised')).toEqual(EPISODES);
  expect(mailed('Episode')).toBe(EPISODES.length);

  await goodDay();
  receiverStatus = 503;
  expect(await look()).toMatchObject({ open: 0, failed: EPISODES.length, waiting: EPISODES.length });
  await stop();

  receiverStatus = 200;
  const stopAgain = await startWorker();
  await waitIsOver();
  expect(await look()).toMatchObject({ sent: EPISODES.length, waiting: 0 });
  expect(await look()).toMatchObject({ open: 0, sent: 0, waiting: 0 });
  await stopAgain();

  expect(hooked('alert.raised')).toEqual(EPISODES);
  expect(hooked('alert.resolved')).toEqual(EPISODES);
  expect(mailed('Over: ')).toBe(EPISODES.length);
  expect([...refused].sort()).toEqual(
    hooks
      .filter(({ type }) => type === 'alert.resolved')
      .map(({ id }) => id)
      .sort(),
  );
  expect(new Set(hooks.map(({ id }) => id)).size).toBe(hooks.length);
});

it('ends what its rule no longer names, and leaves open what is undecided', async () => {
  const { alerts, settings } = harness.stores;
  const raise = (kind: string, episode: string) =>
    alerts.raise({ kind, episode, severity: 'warning', title: episode, details: {} });
  // A schedule that is gone, a model without outcomes, a market without sessions of late, a rule that is off.
  await raise('schedule', 'schedule:desk:XLON:open');
  await raise('accuracy', 'accuracy:gone');
  await raise('session_slow', 'session_slow:XETR:open');
  await raise('success', 'success');
  await settings.set({ key: 'alert_success_percent', category: 'alerts', value: null });
  // Between the threshold and the margin inside it.
  await calls(91, 9);
  await raise('errors', 'errors');
  // The rule is in no such mode any more: whoever left it was killed before saying so.
  await raise('mode', 'mode:degraded');
  const { holdRules } = createAlertRules({ stores: harness.stores, client: temporal });
  expect(await holdRules()).toEqual([]);
  const left = (await alerts.list({ openOnly: true })).map(({ episode }) => episode).sort();
  expect(left).toEqual(['errors']);
  // Days on, nothing has run; then nobody wants it to. Visibility hears of the pause a moment later.
  const missed = async () => (await alerts.list({ openOnly: true, kind: 'schedule' })).length;
  await setClock(5 * 86_400_000);
  await holdRules();
  expect(await missed()).toBe(1);
  await temporal.schedule.getHandle('desk:XNYS:pre_market').pause();
  while ((await missed()) > 0) await holdRules();
  await setClock(300_000);
  await settings.unset('alert_success_percent');
  // No channel is there to be told; later tests count what theirs are told.
  await test.db.query('truncate alerts cascade');
});

it('takes no session by hand for the scheduled one that came after it', async () => {
  const at = (hour: string) => `${missedDay}T${hour}:00:00.000Z`;
  const open = (id: string, scheduledAt: string | null) =>
    harness.stores.sessions.open({
      ...{ id, world: 'live', market: 'XETR', date: missedDay, kind: 'open', mode: 'normal' },
      ...{ decisionAt: at('08'), scheduledAt, stakeMicroUsd: 1, subjects: [], synthetic: false },
    });
  const started = async () =>
    (await harness.stores.alertFacts.startedSessions('live')).filter(({ market }) => market === 'XETR');
  await open('by-hand', null);
  expect(await started()).toMatchObject([{ date: missedDay, scheduled: false }]);
  const startedAt = (await started())[0]!.startedAt;
  expect(new Date(startedAt).toISOString()).toBe(startedAt);
  await open('by-schedule', at('08'));
  expect(await started()).toMatchObject([{ date: missedDay, scheduled: true }]);
});

it('closes the ceiling of a decision that was terminated, and keeps that of one that waits', async () => {
  const { caps, ledger } = harness.stores;
  const ids = ['decision:equity:AAA:ended', 'decision:equity:AAA:waits'];
  for (const scope of ['decision', 'market_session'] as const)
    await caps.setLimit({ scope, key: '*', limitMicroUsd: 90, policy: 'stop', reason: 'r' });
  for (const workflowId of ids) {
    await temporal.workflow.start('ensembleDecision', { workflowId, taskQueue: 'nobody' });
    await createRunCap(caps).open(workflowId, 50);
    const about = { callKey: workflowId, decisionId: workflowId, sessionId: `session:${workflowId}` };
    await ledger.reserve(aReservation({ ...about, amountMicroUsd: 40 }));
    await temporal.workflow.start('marketSession', { workflowId: about.sessionId, taskQueue: 'nobody' });
  }
  await test.db.query("update ledger set reserved_at = reserved_at - interval '8 days'");
  for (const ended of [ids[0]!, `session:${ids[0]}`]) await temporal.workflow.getHandle(ended).terminate();
  const { closeEndedCaps } = createCapSweep({ stores: harness.stores, client: temporal });
  expect([await closeEndedCaps(), await closeEndedCaps()]).toEqual([2, 0]);
  const keys = [ids[1], `session:${ids[1]}`].sort();
  expect((await caps.status()).flatMap(({ key }) => (key === '*' ? [] : [key])).sort()).toEqual(keys);
  expect((await caps.limits()).flatMap(({ key }) => (key === '*' ? [] : [key]))).toEqual([ids[1]]);
});

/** Visibility hears of a workflow a moment after it begins or ends. */
const listed = async (workflowType: string, running: number): Promise<void> => {
  const query = `WorkflowType = "${workflowType}" and ExecutionStatus = "Running"`;
  while ((await temporal.workflow.count(query)).count !== running);
};

it('keeps the cap of an experiment that is over while any arms run', async () => {
  const { caps, experiments } = harness.stores;
  const id = 'experiment:over';
  await experiments.create({
    ...{ id, name: 'n', world: 'live', kind: 'model', armA: 'a', armB: 'b', model: null, category: null },
    ...{ alpha: 0.05, budgetMicroUsd: 50 },
  });
  await createRunCap(caps).open(id, 50);
  await test.db.query("update caps set opened_at = opened_at - interval '3 days' where key = $1", [id]);
  await experiments.end(id, 'stopped', 'r');
  await test.db.query("update experiments set ended_at = ended_at - interval '2 days' where id = $1", [id]);
  const own = async () => (await caps.limits()).filter(({ key }) => key === id).length;
  const { closeEndedCaps } = createCapSweep({ stores: harness.stores, client: temporal });
  const arms = { workflowId: 'arms:decision:late', taskQueue: 'nobody' };
  const handle = await temporal.workflow.start('experimentArms', arms);
  await listed('experimentArms', 1);
  await closeEndedCaps();
  expect(await own()).toBe(1);
  await handle.terminate();
  await listed('experimentArms', 0);
  await closeEndedCaps();
  expect(await own()).toBe(0);
});

it('closes the budgets of warming that was terminated once none runs, and leaves those that a person set', async () => {
  const { caps } = harness.stores;
  const [bySchedule, byEvent, changed] = [
    'warming:live:XNYS:2026-03-02',
    'event-research:lost',
    'warming:own',
  ];
  const limit = { scope: 'market_session', limitMicroUsd: 50, policy: 'stop' } as const;
  for (const key of [bySchedule, byEvent, changed])
    await caps.setLimit({ ...limit, key, reason: 'warming budget' });
  await caps.setLimit({ ...limit, key: changed, limitMicroUsd: 90, reason: 'more' });
  const keys = [bySchedule, byEvent, changed];
  const own = async () =>
    (await caps.limits()).flatMap(({ key }) => (keys.includes(key) ? [key] : [])).sort();
  const { closeEndedCaps } = createCapSweep({ stores: harness.stores, client: temporal });
  await closeEndedCaps();
  expect(await own()).toEqual(keys.toSorted());
  await test.db.query("update caps set opened_at = opened_at - interval '2 hours' where key = any($1)", [
    keys,
  ]);
  // The workflow of a schedule is named for its market and its time, not for its budget.
  const warming = { workflowId: 'warming:XNYS-2026-03-02T13:00:00Z', taskQueue: 'nobody' };
  const handle = await temporal.workflow.start('cacheWarming', warming);
  await listed('cacheWarming', 1);
  await closeEndedCaps();
  expect(await own()).toEqual(keys.toSorted());
  await handle.terminate();
  await listed('cacheWarming', 0);
  await closeEndedCaps();
  expect(await own()).toEqual([changed]);
  await caps.removeLimit({ scope: 'market_session', key: changed, reason: 'r' });
});

it('closes the record of a session that was terminated, which opens again when it is run again', async () => {
  const { sessions, worlds } = harness.stores;
  const { closeLostSessions } = createSessionSweep({ stores: harness.stores, client: temporal });
  // The bad day's sessions had no workflow.
  await closeLostSessions();
  await worlds.enter({ id: 'synthetic', asOf: null });
  const day = { world: 'synthetic', market: 'XNYS', date: '2026-11-20', kind: 'pre_market' } as const;
  const rest = {
    mode: 'normal',
    stakeMicroUsd: 1,
    subjects: [],
    synthetic: true,
    scheduledAt: null,
  } as const;
  const start = (id: string) => ({ id, ...day, ...rest, decisionAt: '2026-11-20T14:00:00.000Z' });
  const ids = ['session:lost', 'session:runs', 'session:young'];
  for (const id of ids) {
    await sessions.open(start(id));
    await temporal.workflow.start('marketSession', { workflowId: id, taskQueue: 'nobody' });
  }
  await test.db.query(
    "update market_sessions set started_at = started_at - interval '2 hours' where id in ('session:lost', 'session:runs')",
  );
  for (const id of ['session:lost', 'session:young']) await temporal.workflow.getHandle(id).terminate();
  expect([await closeLostSessions(), await closeLostSessions()]).toEqual([1, 0]);
  const statuses = async () => Promise.all(ids.map(async (id) => (await sessions.get(id))?.status));
  expect(await statuses()).toEqual(['failed', 'running', 'running']);
  expect((await sessions.get('session:lost'))?.note).toContain('from outside');
  await sessions.open(start('session:lost'));
  expect(await statuses()).toEqual(['running', 'running', 'running']);
});

it('reads the scores of models by subject and day, with the forecasts of seven days', async () => {
  await scores(0.7);
  await test.db.query(
    `update propositions set subject = 'equity:SAME' where id in ('p0', 'p1', 'p40', 'p41', 'p42')`,
  );
  const days = (await harness.stores.alertFacts.scoredDays()).filter(({ model }) => model === 'gpt-test');
  expect(days).toHaveLength(80 - 3);
  const [before, fresh] = days.filter(({ subject }) => subject === 'equity:SAME');
  expect(before).toMatchObject({ fresh: false, n: 2, brier: 0.5, forecasts: [] });
  expect(fresh).toMatchObject({ fresh: true, n: 3, forecasts: Array(3).fill({ p: 0.7, y: 1 }) });
  expect(fresh!.brier).toBeCloseTo(3 * 0.3 ** 2, 12);
  expect(new Date(fresh!.resolvedAt).toISOString()).toBe(fresh!.resolvedAt);
  await test.db.query(
    `update propositions set subject = 'equity:P' || substr(id, 2) where subject = 'equity:SAME'`,
  );
});

it('reads weeks of the ledger and a year of scores every few minutes, and when somebody asks', async () => {
  let read = 0;
  const counted = <Read extends (...parts: never[]) => unknown>(through: Read) =>
    ((...parts: Parameters<Read>) => {
      read += 1;
      return through(...parts);
    }) as Read;
  const { spend, alertFacts } = harness.stores;
  const { lookForAlerts } = createAlertWatch({
    ...harness.dependencies,
    client: temporal,
    stores: {
      ...harness.stores,
      spend: { ...spend, recentDays: counted(spend.recentDays) },
      alertFacts: { ...alertFacts, scoredDays: counted(alertFacts.scoredDays) },
    },
  });
  const reads: number[] = [];
  for (const thorough of [false, false, true, false]) {
    read = 0;
    await new MockActivityEnvironment().run(lookForAlerts, { thorough });
    reads.push(read);
  }
  expect(reads).toEqual([2, 0, 2, 0]);
});

it('closes the record of research, tournaments and reviews that were terminated, and of none that runs', async () => {
  const { stores } = harness;
  const sweep = createWorkSweep({ ...harness.dependencies, client: temporal });
  const swept = async () => [
    await sweep.closeLostResearch(),
    await sweep.closeLostTournaments(),
    await sweep.closeLostReviews(),
  ];
  await swept();
  const key = { world: 'live', asOf: null, kind: 'complete', template: 'swing' } as const;
  const promptId = await stores.taskTexts.put('hold or sell?');
  const task = { taskType: 'strategy_advice', promptId, options: ['yes', 'no'], declaredDefault: 'no' };
  const about = { targetKind: 'decision', options: ['approve', 'reject'], declaredDefault: 'reject' };
  const rows: Record<string, string> = {};
  for (const name of ['lost', 'runs', 'young']) {
    const start = async (workflowType: string, workflowId: string) => {
      const handle = await temporal.workflow.start(workflowType, { workflowId, taskQueue: 'nobody' });
      if (name !== 'runs') await handle.terminate();
      return handle.firstExecutionRunId;
    };
    const runId = await start('researchSession', `research:${name}`);
    rows[name] = `research:${name}/${runId}~1`;
    await stores.research.start({ ...key, id: rows[name], key: name, subject: 'equity:AAA' });
    await start('tournament', `tournament:${name}`);
    const limits = { timeoutMs: 1, budgetMicroUsd: null };
    await stores.tournaments.open({ id: `tournament:${name}`, world: 'live', ...task, ...limits });
    const [id, targetId] = [`review:decision:${name}`, `decision:${name}`];
    await start('review', id);
    const question = { workflowId: id, question: 'q', dueAt: '2020-01-01T00:00:00.000Z' };
    await stores.reviews.open({ id, targetId, world: 'live', ...about, ...question });
  }
  for (const [table, column] of [
    ['research_sessions', 'started_at'],
    ['tournaments', 'created_at'],
  ])
    await test.db.query(`update ${table} set ${column} = ${column} - interval '2 hours' where id !~ 'young'`);
  await test.db.query("update reviews set due_at = clock_timestamp() where id ~ 'young'");
  expect([await swept(), await swept()]).toEqual([
    [1, 1, 1],
    [0, 0, 0],
  ]);
  const open = await test.db.query<{ id: string }>(
    `select id from research_sessions where ended_at is null and id ~ '^research:'
     union select id from tournaments where ended_at is null union select id from reviews where status = 'waiting'`,
  );
  const left = ['runs', 'young'].flatMap((name) => [
    rows[name]!,
    `tournament:${name}`,
    `review:decision:${name}`,
  ]);
  expect(open.map(({ id }) => id).sort()).toEqual(left.sort());
  expect(await stores.reviews.get('review:decision:lost')).toMatchObject({
    status: 'cancelled',
    verdict: null,
  });
});

it('posts and mails each decision and report once, from when a setting asks for it, over a restart', async () => {
  const { decisions: store, reports, settings, worlds } = harness.stores;
  await worlds.setClockOffsetForTests('live', 0);
  await test.db.query("update ensemble_decisions set created_at = clock_timestamp() - interval '30 days'");
  const posted = (type: string): readonly string[] =>
    hooks.flatMap((hook) => (hook.type === type ? [hook.id] : []));
  const mailedAbout = (subject: string): number => mails.filter((mail) => mail.includes(subject)).length;
  const record = (changes: Partial<Parameters<typeof aDecision>[0]> & { readonly id: string }) =>
    store.recordDecision(aDecision({ world: 'live', ...changes }), []);
  const report = async (day: string, complete: boolean) => {
    const madeAt = await worlds.now('live');
    const facts = await reports.facts('live', day);
    await reports.put(reportDocument({ world: 'live', day, complete, madeAt }, facts));
  };
  const today = (await worlds.now('live')).slice(0, 10);

  let stop = await startWorker();
  await record({ id: 'decision:before' });
  await look();
  expect(posted('decision.recorded')).toEqual([]);

  for (const key of ['deliver_decisions', 'deliver_reports'])
    await settings.set({ key, category: 'desk', value: key === 'deliver_reports' ? 'both' : 'webhook' });
  await record({ id: 'decision:first' });
  await record({
    id: 'decision:parked',
    status: 'parked',
    probability: null,
    action: 'hold',
    sizeMicroUsd: 0,
  });
  await record({ id: 'decision:of-a-replay', world: 'synthetic' });
  await report('2026-01-05', true);
  await report(today, false);
  receiverStatus = 503;
  expect(await look()).toMatchObject({ sent: 0, failed: 1, waiting: 1 });
  await stop();

  receiverStatus = 200;
  stop = await startWorker();
  await test.db.query('update deliveries set due_at = clock_timestamp() where delivered_at is null');
  await store.endParked('decision:parked', { status: 'no_consensus', trade: null, why: 'rejected' });
  await report(today, true);
  expect(await look()).toMatchObject({ sent: 4, failed: 0, waiting: 0 });
  expect(await look()).toMatchObject({ sent: 0, failed: 0, waiting: 0 });
  await stop();

  expect(posted('decision.recorded')).toHaveLength(2);
  expect(refused).toContain(posted('decision.recorded')[0]);
  expect(posted('report.made')).toHaveLength(1);
  expect([mailedAbout(`Conclave on ${today}`), mailedAbout('decision:first')]).toEqual([1, 0]);
  expect(deliveredDocuments.map(({ decisionId, day }) => decisionId ?? day)).toEqual([
    'decision:first',
    'decision:parked',
    today,
  ]);
});

describe('a channel that does not work', () => {
  const raise = (episode: string) =>
    harness.stores.alerts.raise({ kind: 'test', episode, severity: 'info', title: episode, details: {} });
  const pendingOf = (channel: string) =>
    test.db.query<{ readonly lastError: string | null }>(
      'select last_error from alert_deliveries where channel = $1 and delivered_at is null order by alert_id',
      [channel],
    );

  it('for a reason that nobody foresaw, holds up no other', async () => {
    await raise('unforeseen');
    const url = `http://127.0.0.1:${portOf(receiver)}/hook`;
    const said: string[] = [];
    const { deliverAlerts } = createAlertDelivery({
      ...harness.dependencies,
      alertChannels: [
        webhookChannel({
          url,
          readSecret: () => {
            throw new Error('unforeseen');
          },
        }),
        { name: 'email', send: async ({ event }) => void said.push(event.data.episode as string) },
      ],
    });
    expect(await deliverAlerts()).toEqual({ sent: 2, failed: 1 });
    expect(said).toEqual(['unforeseen']);
    expect(await pendingOf('webhook')).toEqual([{ lastError: 'failed: Error' }]);
  });

  it('in time, leaves the rest to another look', async () => {
    await test.db.query('truncate alert_deliveries, alerts cascade');
    for (const episode of ['first', 'second']) await raise(episode);
    const { deliverAlerts } = createAlertDelivery(harness.dependencies, 0);
    expect(await deliverAlerts()).toEqual({ sent: 1, failed: 0 });
    expect(await deliverAlerts()).toEqual({ sent: 0, failed: 0 });
    await waitIsOver();
    expect(await deliverAlerts()).toEqual({ sent: 1, failed: 0 });
  });
});
