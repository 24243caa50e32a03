// A panel against the test provider server: all calls at once, failures that cost a retry and no more, a deadline
// that leaves a stated partial result, a kill that repeats no answered call.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { recordOutcomes } from '../../../client/outcomes';
import { type PanelHandle, type PanelRequest, readAnalysts, startPanel } from '../../../client/panel';
import { research } from '../../../client/research';
import type { AnalystFolder } from '../../../config/analyst-folders';
import { openDatabase } from '../../../db/database';
import type { PanelProgress } from '../../../workflows/contracts/panel';
import { conclave } from '../../support/conclave-cli';
import { GENERATED_AS_OF, writeGeneratedTape } from '../../support/generated-tape';
import { aPanelRequest } from '../../support/panel-request';
import type { CallRecord } from '../../support/provider-server/call-log';
import { type ProviderServer, startProviderServer } from '../../support/provider-server/provider-server';
import { aResearchInput } from '../../support/research-input';
import { endStack, enterStack, type RunningStack, stackPlace, statusOf } from '../../support/running-stack';

jest.setTimeout(240_000);

const WORLD = 'synthetic';
const SYMBOLS = ['AAPL', 'MSFT'];
const ANALYSTS = 17;
const CALLS = ANALYSTS * SYMBOLS.length;
const MODEL = 'local/writer';
const FOLDERS: readonly AnalystFolder[] = [];

let server: ProviderServer;
let running: RunningStack;

beforeAll(async () => {
  server = await startProviderServer({ behaviour: { models: ['writer'] } });
  const home = join(process.env.CONCLAVE_TEST_RUN_HOME!, 'panel');
  mkdirSync(home, { recursive: true });
  const env = { CONCLAVE_OPENAI_COMPATIBLE_URL: `${server.as('local')}/v1` };
  running = await enterStack(stackPlace(home, { env, lingerSeconds: 5 }));
  // The first worker asks the server for its models.
  while (!(await running.client.stores.registry.get(MODEL))) await setTimeout(50);
  await Promise.all(
    SYMBOLS.map((symbol) => research(running.client, aResearchInput(WORLD, `equity:${symbol}`))),
  );
});

afterAll(async () => {
  await running?.close();
  if (running) await endStack(running.place);
  await server?.close();
});

beforeEach(() => {
  server.clear();
  server.set({ delayMs: 0, mix: [], queue: [] });
});

const request = (changes: Partial<PanelRequest> = {}): PanelRequest =>
  aPanelRequest({
    world: WORLD,
    subjects: SYMBOLS.map((symbol) => `equity:${symbol}`),
    model: MODEL,
    ...changes,
  });

const start = (key: string, changes: Partial<PanelRequest> = {}, ids: readonly string[] | null = null) =>
  startPanel(running.client, request(changes), readAnalysts(FOLDERS, ids), key);

/** The most calls that were under way at one instant, by the server's own log. */
const mostAtOnce = (calls: readonly CallRecord[]): number => {
  const marks = calls.flatMap(({ receivedAt, endedAt }) => [
    { at: receivedAt, step: 1 },
    { at: endedAt ?? '9', step: -1 },
  ]);
  marks.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.step - b.step));
  let [now, most] = [0, 0];
  for (const { step } of marks) {
    now += step;
    most = Math.max(most, now);
  }
  return most;
};

const panelCalls = (): readonly CallRecord[] =>
  server.calls().filter(({ schemaName }) => schemaName === 'analyst');

const transactionsOf = async (panelId: string): Promise<number> => {
  const db = openDatabase(running.stack.databaseUrl, { applicationName: 'test' });
  try {
    const [row] = await db.query<{ readonly transactions: number }>(
      'select count(distinct xmin::text) as transactions from panel_predictions where panel_id = $1',
      [panelId],
    );
    return row?.transactions ?? 0;
  } finally {
    await db.close();
  }
};

test('seventeen analysts on two symbols run at once, and all predictions are one transaction', async () => {
  server.set({ delayMs: 10_000 });
  const panel = await start('at-once');
  const result = await panel.result();
  expect(result).toMatchObject({ status: 'complete', model: MODEL });
  expect(panelCalls()).toHaveLength(CALLS);
  expect(mostAtOnce(panelCalls())).toBe(CALLS);
  expect(result.portfolio.map(({ answered, status }) => [answered, status])).toEqual([
    [ANALYSTS, 'decided'],
    [ANALYSTS, 'decided'],
  ]);
  const rows = await running.client.stores.panels.predictionsOf(panel.panelId);
  expect(rows).toHaveLength(CALLS);
  expect(rows.every(({ reasons, propositionId }) => reasons.length > 0 && propositionId !== null)).toBe(true);
  expect(await transactionsOf(panel.panelId)).toBe(1);
});

interface Ranking {
  readonly models: readonly {
    model: string;
    n: number;
    skillLow: number;
    skill: number;
    skillHigh: number;
  }[];
}

test('outcomes score what each analyst said, and only the ranking of analysts shows it', async () => {
  const { subjects } = await (await start('at-once')).result();
  const ids = subjects.flatMap(({ propositionId }) => propositionId ?? []);
  const entry = { action: 'enter' as const, resolvedAt: null, source: 'test', reason: 'closed so' };
  const entries = ids.map((propositionId, index) => ({ ...entry, propositionId, yes: index === 0 }));
  const recorded = await recordOutcomes(running.client, WORLD, entries, 'panel');
  expect(recorded).toMatchObject({ resolved: SYMBOLS.length, scored: CALLS });
  // No decision was made: there is nothing that weights or calibrators could learn from.
  expect(recorded.record).toMatchObject({ outcomes: 0, newVersions: 0 });

  const rank = (...args: string[]) => conclave(['rank', '--world', WORLD, ...args], running.place);
  const { models } = (await rank('--analysts', '--json')).json<Ranking>();
  const analysts = readAnalysts(FOLDERS, null).map(({ id }) => `analyst:${id}`);
  expect(models.map(({ model }) => model).sort()).toEqual(analysts.sort());
  expect(
    models.every(({ n, skillLow, skill, skillHigh }) => n === 2 && skillLow <= skill && skill <= skillHigh),
  ).toBe(true);
  const text = (await rank('--analysts')).stdout;
  expect(text).toMatch(/analyst:buffett +2 +[+-]\d\.\d{4} \[/);
  expect(text).not.toMatch(/Strategies/);
  expect((await rank('--json')).json<Ranking>().models).toEqual([]);
  for (const view of ['calibration', 'contribution', 'agreement'])
    expect((await rank('--by', view, '--json')).json()).toMatchObject({ n: 0 });
  expect((await rank('--analysts', '--category', 'equity', '--json')).code).toBe(2);
});

/** One analyst's calls take long, whoever else has answered. */
const slowLynch = (forMs: number) => ({
  mix: [
    {
      fault: 'slow_headers' as const,
      share: 1,
      match: { promptIncludes: 'Peter Lynch' },
      settings: { everyMs: forMs },
    },
  ],
});

/** Looks until so many answers are on the board. */
const landed = async (panel: PanelHandle, count: number): Promise<PanelProgress> => {
  for (;;) {
    const progress = await panel.progress().catch(() => null);
    if (progress && progress.done >= count) return progress;
    await setTimeout(50);
  }
};

test('answers are on the board while the slow ones are still awaited', async () => {
  server.set(slowLynch(15_000));
  const panel = await start('progress');
  const seen = await landed(panel, CALLS - SYMBOLS.length);
  expect(seen).toMatchObject({ step: 'asking', model: MODEL, total: CALLS });
  expect(seen.cells.filter(({ status }) => status === 'asking').map(({ analyst }) => analyst)).toEqual([
    'lynch',
    'lynch',
  ]);
  expect((await panel.result()).status).toBe('complete');
});

test('with a tenth of the calls failing at once with 500, at least 95 % are complete', async () => {
  // One call of each: a call that fails a second time is not asked again.
  const queue = ['Benjamin Graham', 'Charlie Munger', 'Michael Burry', 'Cathie Wood'].map((name) => ({
    fault: 'server_error' as const,
    match: { promptIncludes: name },
  }));
  server.set({ delayMs: 200, queue });
  const result = await (await start('faults')).result();
  const predictions = result.subjects.flatMap((subject) => subject.predictions);
  const failures = server.calls().filter(({ outcome }) => outcome === 'server_error').length;
  expect(failures).toBe(queue.length);
  expect(predictions.filter(({ status }) => status === 'answered').length).toBeGreaterThanOrEqual(
    0.95 * CALLS,
  );
  expect(
    predictions.every(({ status, probability }) => (status === 'answered') === (probability !== null)),
  ).toBe(true);
});

test('what has not landed by the deadline is failed, never neutral, and the result says so', async () => {
  server.set({ delayMs: 60_000 });
  const result = await (await start('deadline', { deadlineMs: 3_000 }, ['graham', 'burry'])).result();
  expect(result.status).toBe('abstained');
  expect(result.notes.join()).toMatch(/deadline passed.*0 of 4 calls answered, 4 failed/);
  for (const view of result.portfolio)
    expect(view).toMatchObject({ probability: null, failed: 2, needed: 1 });
  const rows = await running.client.stores.panels.predictionsOf(result.panelId);
  expect(rows.map(({ failure, probability }) => [failure, probability])).toEqual(
    Array(4).fill(['timed_out', null]),
  );
});

test('analysts whose model is refused for its key end the command with 4', async () => {
  server.set({ mix: [{ fault: 'auth_echo', share: 1 }] });
  const flags = ['--analysts', 'graham,technicals', '--model', MODEL, '--world', WORLD, '--json'];
  const { code, json } = await conclave(['panel', 'AAPL', ...flags], running.place);
  const { predictions } = json<{ predictions: readonly { failure: string | null }[] }>();
  expect([code, predictions.map(({ failure }) => failure)]).toEqual([4, ['auth', 'auth']]);
});

test('the same key attaches to the same panel; other analysts, wordings or settings are another one', async () => {
  const ids = ['graham', 'wood'];
  const first = await start('key', {}, ids);
  await first.result();
  const calls = panelCalls().length;
  const again = await start('key', {}, ids);
  expect(again.panelId).toBe(first.panelId);
  await again.result();
  expect(panelCalls()).toHaveLength(calls);
  const other = await start('key', {}, ['graham']);
  const reworded = readAnalysts(FOLDERS, ids).map((analyst) => ({
    ...analyst,
    version: `${analyst.version.slice(1)}0`,
  }));
  const changed = await startPanel(running.client, request(), reworded, 'key');
  expect(new Set([first, other, changed].map(({ panelId }) => panelId)).size).toBe(3);
  await Promise.all([other.result(), changed.result()]);
  // Nothing of the first panel is reused: two symbols each for one analyst, then for two.
  expect(panelCalls()).toHaveLength(calls + 2 + 4);
});

test('without keys the house plays, whoever lacks data abstains, and a user adds an analyst as a file', async () => {
  const folder = join(running.place.home, 'analysts');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'contrarian.md'),
    '---\nid: contrarian\nname: The contrarian\ngroup: market\nneeds: [bars]\n---\nTake the other side.\n',
  );
  const flags = ['--world', WORLD, '--json'];
  const house = await conclave(['panel', 'AAPL', '--model', 'house', ...flags], running.place);
  expect(house.json()).toMatchObject({
    status: 'complete',
    provider: 'house',
    synthetic: true,
    totals: { asked: 18, failed: 0, costUsd: '0.000000' },
  });
  const own = await conclave(
    ['panel', 'AAPL', '--analysts', 'contrarian', '--model', MODEL, ...flags],
    running.place,
  );
  expect(own.json()).toMatchObject({ predictions: [{ analyst: 'contrarian', status: 'answered' }] });
});

test('with prices alone, a hosted analyst that needs key figures or news abstains unasked', async () => {
  const tape = join(running.place.home, 'prices.csv');
  writeGeneratedTape(tape, ['AAPL']);
  const args = ['panel', 'AAPL', '--model', MODEL, '--prices', tape, '--as-of', GENERATED_AS_OF, '--json'];
  const { panelId, predictions } = (await conclave(args, running.place)).json<{
    panelId: string;
    predictions: { analyst: string; status: string; failure: string | null; costUsd: string | null }[];
  }>();
  const folders = [{ path: join(running.place.home, 'analysts'), namedBy: null }];
  const needs = new Map(readAnalysts(folders, null).map((analyst) => [analyst.id, analyst.needs]));
  for (const { analyst, status, failure } of predictions) {
    const served = needs.get(analyst)!.every((need) => need === 'bars');
    expect([analyst, status, failure]).toEqual([
      analyst,
      ...(served ? ['answered', null] : ['abstained', 'no_data']),
    ]);
  }
  const answered = predictions.filter(({ status }) => status === 'answered');
  expect(answered.length).toBeGreaterThan(0);
  expect(panelCalls()).toHaveLength(answered.length);
  const [row] = await running.client.stores.panels.predictionsOf(panelId);
  const forecasts = await running.client.stores.forecasts.ofProposition(row!.propositionId!);
  expect(forecasts.map(({ model }) => model.replace('analyst:', '')).sort()).toEqual(
    answered.map(({ analyst }) => analyst).sort(),
  );
  // A replay's forecasts were made at its instant, wherever its clock is.
  expect(forecasts.every(({ createdAt }) => Date.parse(createdAt) === Date.parse(row!.createdAt))).toBe(true);
});

test('bad input is named before anything is asked', async () => {
  const fails = async (...args: string[]) => {
    const result = await conclave(['panel', ...args, '--world', WORLD, '--json'], running.place);
    expect(result.code).toBe(2);
    return result.json<{ error: { message: string } }>().error.message;
  };
  expect(await fails('AAPL', '--analysts', 'merlin')).toMatch(/analyst "merlin" is unknown; accepted: /);
  expect(await fails('AAPL', '--model', 'nobody')).toMatch(/model "nobody" cannot be called; accepted: /);
  expect(await fails('AAPL', '--quorum', '99')).toMatch(/quorum is 99; accepted: at most \d+, the analysts/);
  const folder = join(running.place.home, 'broken');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'oops.md'), 'Take the other side.\n');
  expect(await fails('AAPL', '--analysts-folder', folder)).toMatch(/oops\.md: there is no front matter/);
  expect(panelCalls()).toHaveLength(0);
});

/** The answer's key within the key of a sending. */
const answerKeyOf = ({ callKey }: CallRecord): string => callKey.slice(0, callKey.indexOf(MODEL));

test('a worker killed in the middle repeats no answered call', async () => {
  // Far longer than it takes to get to the kill, after which they are answered at once.
  server.set(slowLynch(60_000));
  const panel = await start('killed');
  const before = await landed(panel, CALLS - SYMBOLS.length);
  const { parts } = await statusOf(running.place.config);
  const worker = parts.find(({ name }) => name.startsWith('worker'));
  process.kill(worker!.pid!, 'SIGKILL');
  server.set({ mix: [] });
  expect(before.done).toBe(CALLS - SYMBOLS.length);
  expect((await panel.result()).status).toBe('complete');
  const answered = panelCalls().filter(({ outcome }) => outcome !== 'abandoned');
  const quick = answered.map(answerKeyOf).filter((key) => !key.includes('/lynch@'));
  expect(quick).toHaveLength(CALLS - SYMBOLS.length);
  expect(new Set(quick).size).toBe(quick.length);
  expect(await running.client.stores.panels.predictionsOf(panel.panelId)).toHaveLength(CALLS);
});

const reservedFor = async (panelId: string): Promise<number> => {
  const db = openDatabase(running.stack.databaseUrl, { applicationName: 'test' });
  try {
    const [row] = await db.query<{ readonly most: number }>(
      `select coalesce(sum(coalesce(actual_micro_usd, reserved_micro_usd)), 0)::bigint as most from ledger
       where decision_id = $1 and status <> 'void'`,
      [panelId],
    );
    return Number(row!.most);
  } finally {
    await db.close();
  }
};

test('a ceiling holds for all calls of a panel together, and ends with it', async () => {
  const { caps } = running.client.stores;
  const prices = ['--price-in', '10', '--price-out', '10'];
  expect((await conclave(['models', 'edit', MODEL, ...prices], running.place)).code).toBe(0);
  server.set({ delayMs: 1_000 });
  const ceiling = 500_000;
  const panel = await start('ceiling', { maxCostMicroUsd: ceiling });
  const result = await panel.result();
  const rows = await running.client.stores.panels.predictionsOf(panel.panelId);
  const answered = rows.filter(({ status }) => status === 'answered').length;
  expect(answered).toBeGreaterThan(0);
  expect(answered).toBeLessThan(CALLS);
  expect(rows.filter(({ failure }) => failure === 'budget')).toHaveLength(CALLS - answered);
  expect(await reservedFor(panel.panelId)).toBeLessThanOrEqual(ceiling);
  expect(result.costMicroUsd).toBeGreaterThan(0);
  expect((await caps.limits()).filter(({ key }) => key === panel.panelId)).toEqual([]);
});
