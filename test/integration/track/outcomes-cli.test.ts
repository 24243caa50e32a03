// Outcomes, ranking and replays through the command line, on made-up questions and on recorded closes.
import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { ConclaveClient } from '../../../client/connect';
import { readRecorded } from '../../../client/inputs';
import type { RankDocument } from '../../../client/rank';
import { isTradingDay } from '../../../domain/market/calendar';
import { scoreForecast } from '../../../domain/track/forecast-score';
import type { PerformanceRollupResult } from '../../../workflows/contracts/outcomes';
import { CONCLAVE_QUEUE } from '../../../workflows/contracts/task-queues';
import { type ApiServer, apiServer } from '../../support/api-server';
import { conclave } from '../../support/conclave-cli';
import { runLiveLoop } from '../../support/live-loop';
import type { RunningStack } from '../../support/running-stack';
import { type VirtualQuestions, writeVirtualQuestions } from '../../support/virtual-questions';
import { aProposition } from '../db/rows';

jest.setTimeout(600_000);

const QUESTIONS = 4;

let api: ApiServer;
let running: RunningStack;
let files: VirtualQuestions;
let world: string;

interface OutcomesDocument {
  readonly resolved: number;
  readonly corrected: number;
  readonly voided: number;
  readonly unchanged: number;
  readonly leftOut: number;
  readonly forecastsScored: number;
  readonly pending: readonly { readonly propositionId: string; readonly reason: string }[];
}

interface ErrorDocument {
  readonly error: { readonly code: string; readonly message: string };
}

const cli = (...args: readonly string[]) => conclave([...args, '--json'], running.place);
const outcomes = async (...args: readonly string[]): Promise<OutcomesDocument> => {
  const result = await cli('outcomes', ...args, '--world', world);
  if (result.code !== 0) throw new Error(result.stderr + result.stdout);
  return result.json<OutcomesDocument>();
};
const idOf = (index: number): string => `${world}/question:${files.questions[index]!.rowId}`;
const scoresOf = async (propositionId: string) =>
  (await running.client.stores.performance.scores({ world })).filter(
    (score) => score.propositionId === propositionId,
  );

beforeAll(async () => {
  api = await apiServer();
  running = api.running;
  files = writeVirtualQuestions(mkdtempSync(join(tmpdir(), 'outcomes-')), QUESTIONS);
  world = (await readRecorded(files.folder, files.questions[0]!.rowId, files.members)).world;
  await runLiveLoop({ client: running.client, files, world });
});

afterAll(async () => {
  expect(api.faults).toEqual([]);
  await api.close();
});

describe('outcomes', () => {
  test('a correction rescores every forecast, a void takes the scores out, and both keep what was', async () => {
    const truth = files.questions[0]!.y === 1;
    const corrected = await outcomes('correct', idOf(0), truth ? 'no' : 'yes', '--reason', 'misread');
    expect(corrected).toMatchObject({ corrected: 1, forecastsScored: files.members.length });
    for (const score of await scoresOf(idOf(0))) {
      expect(score).toMatchObject({ yes: !truth, outcomeRevision: 2 });
      expect(score.brier).toBeCloseTo(scoreForecast(score.probability, truth ? 0 : 1).brier, 12);
    }
    expect((await outcomes('void', idOf(0), '--reason', 'ambiguous')).voided).toBe(1);
    expect(await scoresOf(idOf(0))).toEqual([]);
    const back = await outcomes('correct', idOf(0), truth ? 'yes' : 'no');
    expect(back).toMatchObject({ corrected: 1, forecastsScored: files.members.length });
    const revisions = await running.client.stores.outcomes.revisions(idOf(0));
    expect(revisions.map(({ status }) => status)).toEqual(['resolved', 'resolved', 'void', 'resolved']);
  });

  test('an import of what is known changes nothing, and leaves unknown rows out only when asked', async () => {
    expect(await outcomes('import', files.questionsFile)).toMatchObject({
      unchanged: QUESTIONS,
      resolved: 0,
      forecastsScored: 0,
    });
    const file = join(files.folder, 'some.csv');
    writeFileSync(file, `row_id,y\n${files.questions[1]!.rowId},${files.questions[1]!.y}\nnever-asked,1\n`);
    const refused = await cli('outcomes', 'import', file, '--world', world);
    expect(refused.code).toBe(2);
    expect(refused.json<ErrorDocument>().error.message).toMatch(/some\.csv row 2: .*never-asked.*is unknown/);
    expect(await outcomes('import', file, '--known-only')).toMatchObject({ unchanged: 1, leftOut: 1 });
  });

  test.each([
    [
      'an outcome that is none',
      'row_id,y\nROW,maybe\n',
      /row 1: outcome is "maybe"; accepted: yes, no, void/,
    ],
    [
      'an outcome before the forecast',
      'row_id,y,resolved_at\nROW,1,2020-01-01\n',
      /row 1: outcome before the forecast/,
    ],
    [
      'an outcome at a time without a zone',
      'row_id,y,resolved_at\nROW,1,2099-01-01T00:00:00\n',
      /row 1: resolved_at is "2099-01-01T00:00:00"; accepted: a day .* or an instant/,
    ],
    ['two contents for one proposition', 'row_id,y\nROW,TRUE\nROW,FALSE\n', /row 2: (duplicate|.*already)/],
    ['a file without rows', 'row_id,y\n', /holds no row/],
    ['a file without the columns', 'question,answer\na,1\n', /row 1: proposition is empty/],
  ])('an import with %s is refused with row and reason', async (_, text, message) => {
    const { rowId, y } = files.questions[2]!;
    const file = join(files.folder, 'bad.csv');
    const [right, wrong] = y === 1 ? ['1', '0'] : ['0', '1'];
    writeFileSync(file, text.replaceAll('ROW', rowId).replace('TRUE', right!).replace('FALSE', wrong!));
    const result = await cli('outcomes', 'import', file, '--world', world);
    expect(result.code).toBe(2);
    expect(result.json<ErrorDocument>().error.message).toMatch(message);
  });

  test('an import where the clock runs is refused as a whole for one row that is dated ahead', async () => {
    const { stores } = running.client;
    const ids = ['known', 'ahead'].map((name) => `live/question:${name}`);
    for (const id of ids) await stores.propositions.put(aProposition({ id }));
    const file = join(files.folder, 'ahead.csv');
    const rows = ids.map((id, index) => `${id},yes,${['2025-09-22', '2099-01-01'][index]}`);
    writeFileSync(file, `proposition,outcome,resolved_at\n${rows.join('\n')}\n`);
    const result = await cli('outcomes', 'import', file);
    expect(result.code).toBe(2);
    expect(result.json<ErrorDocument>().error.message).toMatch(
      /^ahead\.csv row 2: resolved_at 2099-01-02T.* is ahead of now \(.*\); accepted: when it became public/,
    );
    expect(await stores.outcomes.currentOf(ids)).toEqual([]);
  });

  test('an outcome that differs is refused unless it is a correction', async () => {
    const wrong = files.questions[3]!.y === 1 ? 'no' : 'yes';
    const result = await cli('outcomes', 'enter', idOf(3), wrong, '--world', world);
    expect(result.code).toBe(2);
    expect(result.json<ErrorDocument>().error.message).toMatch(/has the outcome .* correct it to change it/);
  });

  test('over HTTP they are entered, corrected, voided, sent in bulk, looked up and listed by the same rules', async () => {
    const send = async (method: string, path: string, body?: object) => {
      const answer = await fetch(`${api.url}/api/v1/outcomes${path}`, {
        method,
        ...(body
          ? { body: JSON.stringify({ world, ...body }), headers: { 'content-type': 'application/json' } }
          : {}),
      });
      return { status: answer.status, json: await answer.json() };
    };
    const [right, wrong] = files.questions[1]!.y === 1 ? ['yes', 'no'] : ['no', 'yes'];
    const one = { proposition: idOf(1), outcome: right };
    expect((await send('POST', '', one)).json).toMatchObject({ unchanged: 1, resolved: 0 });
    expect(await send('POST', '', { ...one, outcome: wrong })).toMatchObject({
      status: 400,
      json: { detail: expect.stringMatching(/has the outcome .* correct it to change it/) },
    });
    const voided = await send('POST', '', { ...one, outcome: 'void', reason: 'ambiguous' });
    expect(voided.json).toMatchObject({ voided: 1 });
    expect(await scoresOf(idOf(1))).toEqual([]);
    const back = await send('POST', '', { ...one, correct: true });
    expect(back.json).toMatchObject({ corrected: 1, forecastsScored: files.members.length });
    const rows = [one, { row_id: 'never-asked', outcome: 'yes' }];
    expect(await send('POST', '/import', { outcomes: rows })).toMatchObject({
      status: 400,
      json: { detail: expect.stringMatching(/^outcomes\.1: .*never-asked.* is unknown/) },
    });
    const sent = await send('POST', '/import', { outcomes: rows, knownOnly: true });
    expect(sent.json).toMatchObject({ unchanged: 1, leftOut: 1 });
    expect((await send('POST', '/resolve', {})).json).toMatchObject({ resolved: 0, pending: [] });
    const listed = await send('GET', `?world=${encodeURIComponent(world)}&state=resolved&limit=50`);
    expect(listed.json).toEqual(
      (await cli('outcomes', 'list', '--world', world, '--state', 'resolved')).json(),
    );
  });

  test('the list shows state, outcome and revision', async () => {
    const { outcomes: listed } = (await cli('outcomes', 'list', '--world', world)).json<{
      outcomes: { proposition: string; state: string; outcome: string; revision: number }[];
    }>();
    expect(listed).toHaveLength(QUESTIONS);
    expect(listed.find(({ proposition }) => proposition === idOf(0))).toMatchObject({
      state: 'resolved',
      revision: 4,
    });
  });
});

describe('rank', () => {
  test('orders models by the lower bound of their skill and shows all five strategies', async () => {
    const document = (await cli('rank', '--world', world)).json<{
      models: { model: string; n: number; skillLow: number; band: number }[];
      strategies: { strategy: string; n: number; chosen: number }[];
    }>();
    expect(document.models.map(({ model }) => model).sort()).toEqual([...files.members].sort());
    const lows = document.models.map(({ skillLow }) => skillLow);
    expect(lows).toEqual([...lows].sort((x, y) => y - x));
    expect(document.strategies).toHaveLength(5);
    expect(document.strategies.every(({ n }) => n === QUESTIONS)).toBe(true);
    expect(document.strategies.find(({ chosen }) => chosen > 0)?.strategy).toBe('weighted_vote');
  });

  const byAgent = async (window: string): Promise<RankDocument> => {
    const agent = new Client({ name: 'test', version: '1' });
    const transport = new StreamableHTTPClientTransport(new URL(`${api.url}/mcp`));
    await agent.connect(transport as Parameters<typeof agent.connect>[0]);
    const { structuredContent } = await agent.callTool({ name: 'rank', arguments: { world, window } });
    await agent.close();
    return structuredContent as unknown as RankDocument;
  };

  const byApi = async (window: string) => {
    const answer = await fetch(`${api.url}/api/v1/track?world=${encodeURIComponent(world)}&window=${window}`);
    return (await answer.json()) as {
      n: number;
      ranking: Record<string, unknown>[];
      strategies: Record<string, unknown>[];
    };
  };

  test.each(['all', '1h'])(
    'says the same on the command line, over HTTP and to agents, window %s',
    async (window) => {
      const typed = (await cli('rank', '--world', world, '--window', window)).json<RankDocument>();
      const told = await byAgent(window);
      expect(told).toEqual({ ...typed, asOf: told.asOf });
      const { n, ranking, strategies } = await byApi(window);
      expect(ranking).toEqual(
        typed.models.map((row) => ({
          ...{ member: row.model, band: row.band, n: row.n, clusters: row.observations },
          ...{ skill: row.skill, lower: row.skillLow, upper: row.skillHigh, skillPerUsd: row.skillPerUsd },
        })),
      );
      expect(strategies).toEqual(
        typed.strategies
          .filter(({ scored }) => scored > 0)
          .map(({ strategy, scored, brier, meanOfMembersBrier }) => ({
            ...{ strategy, n: scored, brier, meanOfMembersBrier },
          })),
      );
      expect(n).toBe(typed.models.reduce((sum, row) => sum + row.n, 0));
      const all = QUESTIONS * files.members.length;
      if (window === 'all') expect(n).toBe(all);
      else expect(n).toBeLessThan(all);
    },
  );

  test('shows what each member contributes, how well it is calibrated, and whether agreement is right', async () => {
    const by = (view: string, ...more: readonly string[]) =>
      cli('rank', '--world', world, '--by', view, ...more);
    const contribution = (await by('contribution')).json<{
      n: number;
      members: { model: string; value: number; leaveOneOut: number; pnlMicroUsd: number }[];
    }>();
    expect(contribution.n).toBe(QUESTIONS);
    expect(contribution.members.map(({ model }) => model).sort()).toEqual([...files.members].sort());
    const calibration = (await by('calibration')).json<{ models: { n: number; ece: number }[] }>();
    expect(calibration.models.every(({ n, ece }) => n === QUESTIONS && ece >= 0)).toBe(true);
    const { calibrators } = (await by('calibration')).json<{
      calibrators: { model: string; category: string }[];
    }>();
    expect(calibrators.length).toBeGreaterThanOrEqual(files.members.length);
    for (const shown of calibrators) {
      const scope = { world, model: shown.model, marketCategory: shown.category };
      const [stored] = await running.client.stores.calibrators.history(scope);
      const { status, n, trainedThrough, activatedAt, createdAt, body } = stored!;
      expect(shown).toMatchObject({ version: stored!.id, status, n, trainedThrough, activatedAt, createdAt });
      expect(shown).toMatchObject({ kind: 'platt', slope: body.slope, intercept: body.intercept });
    }
    const agreement = (await by('agreement')).json<{ categories: { category: string; n: number }[] }>();
    expect(agreement.categories.reduce((sum, { n }) => sum + n, 0)).toBe(QUESTIONS);
    const { category } = agreement.categories[0]!;
    const one = (await by('agreement', '--category', category)).json<{ categories: unknown[] }>();
    expect(one.categories).toHaveLength(1);
    expect((await by('agreement', '--window', '2h')).code).toBe(2);
  });
});

/** As the schedule does it. */
const rollUpPerformance = (client: ConclaveClient, key: string): Promise<PerformanceRollupResult> =>
  client.temporal.workflow.execute('performanceRollup', {
    workflowId: `performance:${world}:${key}`,
    taskQueue: CONCLAVE_QUEUE,
    args: [{ world }],
  });

describe('performance windows', () => {
  test('are rolled up per model, and the same instant again changes nothing', async () => {
    const { client } = running;
    const first = await rollUpPerformance(client, 'first');
    const windows = await client.stores.performance.windows({ world, timeWindow: 'all' });
    const whole = windows.filter(
      ({ marketCategory, volatilityRegime, timeToExpiry }) =>
        marketCategory === '*' && volatilityRegime === '*' && timeToExpiry === '*',
    );
    expect(whole.map(({ model }) => model).sort()).toEqual([...files.members].sort());
    expect(whole.every(({ n }) => n === QUESTIONS)).toBe(true);
    const shown = (await cli('rank', '--world', world, '--by', 'context')).json<{
      rows: { n: number; skill: number; skillLow: number; skillHigh: number }[];
    }>();
    const rows = windows.filter(
      ({ marketCategory, volatilityRegime, timeToExpiry }) =>
        marketCategory === '*' && (volatilityRegime !== '*' || timeToExpiry !== '*'),
    );
    expect(shown).toMatchObject({ n: rows.length, window: 'all' });
    const counted = (list: readonly { n: number }[]) => list.map(({ n }) => n).sort();
    expect(counted(shown.rows)).toEqual(counted(rows));
    for (const { skill, skillLow, skillHigh } of shown.rows) {
      expect(skillLow).toBeLessThanOrEqual(skill);
      expect(skillHigh).toBeGreaterThanOrEqual(skill);
    }
    const answer = await fetch(`${api.url}/api/v1/windows?world=${encodeURIComponent(world)}`);
    expect(await answer.json()).toEqual(shown);
    expect((await rollUpPerformance(client, 'second')).windows).toBe(first.windows);
    expect(await client.stores.performance.windows({ world, timeWindow: 'all' })).toHaveLength(
      windows.length,
    );
  });
});

describe('replay', () => {
  const decisionOf = async (index: number) => {
    const page = await running.client.stores.decisions.list({ world, limit: 500 });
    return page.decisions.find(({ propositionId }) => propositionId === idOf(index))!;
  };

  test('under what was stored it says what was said, and costs nothing', async () => {
    const decision = await decisionOf(3);
    const replayed = (await cli('replay', decision.id)).json<{
      replay: { probability: number };
      costUsd: string;
    }>();
    expect(replayed.replay.probability).toBeCloseTo(decision.probability!, 12);
    expect(replayed.costUsd).toBe('0');
  });

  test('under weights by hand it follows the one member that has weight', async () => {
    const decision = await decisionOf(2);
    const [member] = decision.members;
    const replayed = (await cli('replay', decision.id, '--weights', `${member!.model}=1`)).json<{
      replay: { probability: number };
      strategies: unknown[];
    }>();
    const p = Math.min(0.99, Math.max(0.01, member!.probability!));
    const expected = 1 / (1 + ((1 - p) / p) ** 1.25);
    expect(replayed.replay.probability).toBeCloseTo(expected, 9);
    expect(replayed.strategies).toHaveLength(5);
  });

  test.each([
    [['--weights', 'nobody=1'], /"nobody", which took no part/],
    [['--weights', 'a=-1'], /weights\.a is -1; accepted: a number of at least 0/],
    [['--strategy', 'majority'], /strategy is "majority"; accepted: calibrated_confidence, cascade/],
  ])('refuses %j', async (args, message) => {
    const decision = await decisionOf(2);
    const result = await cli('replay', decision.id, ...args);
    expect(result.code).toBe(2);
    expect(result.json<ErrorDocument>().error.message).toMatch(message);
  });
});

describe('due outcomes', () => {
  /** A tape of one symbol whose price rises every day; split two for one after the reference day. */
  const tape = (split: boolean): string => {
    const days = Array.from({ length: 460 }, (_, index) => {
      const date = new Date(Date.UTC(2024, 5, 3) + index * 86_400_000).toISOString().slice(0, 10);
      return { date, close: 100 + index / 10 + (index % 3) / 100 };
    }).filter(({ date }) => isTradingDay('XNYS', date));
    const lines = days.map(({ date, close }) => {
      const price = split ? close / 2 : close;
      return `AAPL,${date},${price},${price},${price},${price},1000`;
    });
    return `symbol,time,open,high,low,close,volume\n${lines.join('\n')}\n`;
  };

  test('are looked up in one series that holds both closes, so that a split changes nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'closes-'));
    const [before, after] = [join(folder, 'before.csv'), join(folder, 'after.csv')];
    writeFileSync(before, tape(false));
    writeFileSync(after, tape(true));
    const decided = await cli('decide', 'AAPL', '--as-of', '2025-08-11', '--prices', before);
    expect(decided.code).toBe(0);
    const content = createHash('sha256').update(tape(false)).digest('hex').slice(0, 12);
    const replayWorld = `replay:${content}`;
    const early = (
      await cli('outcomes', 'resolve', '--world', replayWorld, '--prices', after)
    ).json<OutcomesDocument>();
    expect(early).toMatchObject({ resolved: 0, pending: [] });
    const late = (
      await cli(
        ...['outcomes', 'resolve', '--world', replayWorld, '--prices', after, '--as-of', '2025-08-20'],
      )
    ).json<OutcomesDocument>();
    expect(late.resolved).toBe(1);
    expect(late.forecastsScored).toBeGreaterThan(0);
    const { outcomes: known, propositions } = running.client.stores;
    const [resolved] = await propositions.list({ world: replayWorld, state: 'resolved', limit: 1 });
    const outcome = await known.current(resolved!.id);
    // Under the decision's own closes the halved ones would have been a fall.
    expect(outcome).toMatchObject({ yes: true, source: 'price-file' });
    expect(outcome!.referenceValue).toBeLessThan(80);
  });
});
