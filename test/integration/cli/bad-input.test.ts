// Bad input to the command line: one paragraph that names what is wrong and the accepted form, the right exit
// code, nothing on stdout, and nothing half-done.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { conclave } from '../../support/conclave-cli';
import { GENERATED_AS_OF, writeGeneratedTape } from '../../support/generated-tape';
import { type RunningStack, runningStack } from '../../support/running-stack';

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'conclave-bad-'));
const TAPE = join(folder, 'tape.csv');
const HEADER = 'symbol,time,open,high,low,close,volume';
const onTape = ['--prices', TAPE, '--as-of', GENERATED_AS_OF];

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

let running: RunningStack;

beforeAll(async () => {
  writeGeneratedTape(TAPE, ['AAPL']);
  running = await runningStack();
});

afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Case {
  readonly title: string;
  readonly args: readonly string[];
  /** All must be in the message: what is wrong, and the accepted form. */
  readonly names: readonly (string | RegExp)[];
}

const bars = (name: string, ...rows: readonly string[]): readonly string[] => [
  ...['session', '--symbols', 'AAPL', '--as-of', '2025-01-06', '--prices'],
  file(name, `${[HEADER, ...rows].join('\n')}\n`),
];

const QUESTIONS =
  'row_id,source,base_id,forecast_due_date,resolution_date,y,market_value_freeze,market_date,market_value_due,qtype,category,question';
const FORECASTS = 'row_id,system,p,n_trials,usd_per_trial,n_rows_of_question,silent_half';

/** Three questions that two systems answered, and what is wrong with them. */
const backtest = (
  name: string,
  wrong: { readonly question?: string; readonly forecast?: string; readonly members?: string },
): readonly string[] => {
  const rows = ['a,2025-01-01,2025-01-08,1', 'b,2025-02-01,2025-02-08,0', 'c,2025-03-01,2025-03-08,1'];
  const asked = [...rows, ...(wrong.question ? [wrong.question] : [])].map((row) => {
    const [id, due, resolution, y] = row.split(',');
    return `${id},s,${id},${due},${resolution},${y},,,,dataset,c,Question ${id}`;
  });
  const said = ['a', 'b', 'c'].flatMap((id) => [`${id},m1,0.6,1,0.01,1,0`, `${id},m2,0.4,1,0.01,1,0`]);
  return [
    ...['backtest', '--members', wrong.members ?? 'm1,m2'],
    ...['--questions', file(`${name}-questions.csv`, `${[QUESTIONS, ...asked].join('\n')}\n`)],
    ...[
      '--forecasts',
      file(
        `${name}-forecasts.csv`,
        `${[FORECASTS, ...said, ...(wrong.forecast ? [wrong.forecast] : [])].join('\n')}\n`,
      ),
    ],
  ];
};

const CASES: readonly Case[] = [
  {
    title: 'a backtest of a probability above 1',
    args: backtest('above', { forecast: 'c,m3,1.4,1,0.01,1,0' }),
    names: ['row 7', 'system m3', 'p is "1.4"', 'accepted: a probability in [0, 1]'],
  },
  {
    title: 'a backtest of a probability that is no number',
    args: backtest('nan', { forecast: 'c,m3,nan,1,0.01,1,0' }),
    names: ['row 7', 'p is "nan"', 'accepted: a probability in [0, 1]'],
  },
  {
    title: 'a backtest of one forecast told twice',
    args: backtest('twice', { forecast: 'c,m1,0.7,1,0.01,1,0' }),
    names: ['row 7', 'duplicate forecast', 'row_id c', 'accepted: one content'],
  },
  {
    title: 'a backtest of an outcome before its forecast',
    args: backtest('before', { question: 'd,2025-03-08,2025-03-01,0' }),
    names: ['row 4', 'outcome before the forecast', '2025-03-01', 'accepted'],
  },
  {
    title: 'a backtest of an unknown member',
    args: backtest('unknown', { members: 'm1,nobody' }),
    names: ['member "nobody"', 'accepted: m1, m2'],
  },
  {
    title: 'a symbol that is none',
    args: ['session', '--symbols', 'A$%'],
    names: ['symbol "A$%"', 'accepted', 'SAP.DE'],
  },
  {
    title: 'a symbol that the tape does not have',
    args: ['session', '--symbols', 'ZZZZ', ...onTape],
    names: ['ZZZZ', 'tape.csv', 'AAPL'],
  },
  {
    title: 'a symbol to research that the tape does not have',
    args: ['research', 'ZZZZ', ...onTape],
    names: ['ZZZZ', 'AAPL'],
  },
  {
    title: 'an unknown model',
    args: ['session', '--symbols', 'AAPL', '--members', 'house-drift,no-such', ...onTape],
    names: ['model "no-such"', 'conclave models'],
  },
  {
    title: 'an unknown model in a decision',
    args: ['decide', 'AAPL', '--members', 'no-such', '--world', 'synthetic'],
    names: ['model "no-such"', 'conclave models'],
  },
  {
    title: 'an unknown provider',
    args: ['models', '--provider', 'no-such'],
    names: ['no-such', 'Accepted', 'house'],
  },
  {
    title: 'an unknown session kind',
    args: ['session', '--symbols', 'AAPL', '--kind', 'lunch'],
    names: ['kind is "lunch"', 'pre_market, open, afternoon, close'],
  },
  {
    title: 'an unknown research kind',
    args: ['research', 'AAPL', '--kind', 'deep'],
    names: ['kind is "deep"', 'complete, technical, financial, web'],
  },
  { title: 'an unknown market', args: ['session', '--market', 'XXXX'], names: ['market "XXXX"', 'XNYS'] },
  {
    title: 'an unknown strategy',
    args: ['session', '--symbols', 'AAPL', '--strategy', 'best'],
    names: ['strategy is "best"', 'weighted_vote'],
  },
  {
    title: 'an unknown template',
    args: ['session', '--symbols', 'AAPL', '--template', 'long'],
    names: ['template is "long"', 'swing, day, value'],
  },
  {
    title: 'a price that is no number',
    args: bars('number.csv', 'AAPL,2025-01-02,1,2,0.5,1.5,100', 'AAPL,2025-01-03,1,2,0.5,abc,100'),
    names: ['number.csv', 'line 3', 'column close', '"abc"'],
  },
  {
    title: 'a day that is none',
    args: bars('day.csv', 'AAPL,2025-13-02,1,2,0.5,1.5,100'),
    names: ['day.csv', 'line 2', 'column time'],
  },
  {
    title: 'a row with too few fields',
    args: bars('short.csv', 'AAPL,2025-01-02,1,2'),
    names: ['short.csv', 'line 2'],
  },
  {
    title: 'a header without the needed columns',
    args: [
      'session',
      '--symbols',
      'AAPL',
      '--as-of',
      '2025-01-06',
      '--prices',
      file('header.csv', 'symbol,time,open\n'),
    ],
    names: ['header.csv', 'line 1', 'close', HEADER],
  },
  {
    title: 'a price file that is not there',
    args: ['session', '--symbols', 'AAPL', '--as-of', '2025-01-06', '--prices', join(folder, 'none.csv')],
    names: ['none.csv', 'no such file'],
  },
  {
    title: 'an as-of day in the future',
    args: ['session', '--symbols', 'AAPL', '--as-of', '2099-06-01', '--prices', TAPE],
    names: ['2099-06-01', 'in the future', 'accepted'],
  },
  {
    title: 'an as-of day that does not exist',
    args: ['session', '--symbols', 'AAPL', '--as-of', '2025-02-30'],
    names: ['2025-02-30', 'YYYY-MM-DD'],
  },
  {
    title: 'an as-of day on which the exchange is closed',
    args: ['session', '--symbols', 'AAPL', '--as-of', '2025-09-14', '--prices', TAPE],
    names: ['closed on 2025-09-14', 'weekend', '2025-09-15'],
  },
  {
    title: 'an as-of instant that is none',
    args: ['session', '--symbols', 'AAPL', '--as-of', '2025-09-15Tnoon', '--prices', TAPE],
    names: ['2025-09-15Tnoon', 'accepted'],
  },
  {
    title: 'a tape without a day of it',
    args: ['session', '--symbols', 'AAPL', '--prices', TAPE],
    names: ['--prices', '--as-of'],
  },
  {
    title: 'a negative stake of a session',
    args: ['session', '--symbols', 'AAPL', '--stake', '-5'],
    names: ['stake is "-5"', 'accepted', '7.50'],
  },
  {
    title: 'a negative stake of a decision',
    args: ['decide', 'AAPL', '--stake=-1'],
    names: ['stake is "-1"', 'accepted'],
  },
  {
    title: 'a stake in words',
    args: ['decide', 'AAPL', '--stake', 'much'],
    names: ['stake is "much"', 'accepted'],
  },
  {
    title: 'a horizon of no days',
    args: ['session', '--symbols', 'AAPL', '--horizon', '0'],
    names: ['horizon is 0', '1 to 250'],
  },
  {
    title: 'a latency scale that is no number',
    args: ['decide', 'AAPL', '--latency-scale', 'x'],
    names: ['latency-scale "x"', 'accepted'],
  },
  {
    title: 'a deadline beyond every date',
    args: ['decide', 'AAPL', '--deadline', '99999999999999h'],
    names: ['deadline "99999999999999h"', 'accepted'],
  },
  {
    title: 'a deadline without a zone',
    args: ['decide', 'AAPL', '--deadline', '2099-11-20T15:30:00'],
    names: ['deadline "2099-11-20T15:30:00"', 'with a zone'],
  },
  {
    title: 'a folder of analysts that is not there',
    args: ['panel', 'AAPL', '--analysts-folder', 'no-such-folder', '--world', 'synthetic'],
    names: ['--analysts-folder', 'no-such-folder is not there'],
  },
  { title: 'nothing to decide', args: ['decide'], names: ['nothing to decide', '--row'] },
  {
    title: 'a recorded folder that is not there',
    args: ['decide', '--row', 'x', '--recorded', '/nowhere', '--members', 'a'],
    names: ['/nowhere', 'questions.csv.gz'],
  },
  {
    title: 'a row without a folder',
    args: ['decide', '--row', 'x', '--members', 'a'],
    names: ['--row and --recorded go together'],
  },
  { title: 'an event without its symbols', args: ['event', 'earnings'], names: ['symbols', 'accepted'] },
  {
    title: 'an event of an unknown type without a scope',
    args: ['event', 'rumour'],
    names: ['scope', 'symbols or everything', 'earnings'],
  },
  { title: 'a command that does not exist', args: ['frobnicate'], names: ['frobnicate', '--help'] },
  {
    title: 'a session to follow that there is not',
    args: ['session', '--follow', 'session:live:XNYS:2020-01-01:open'],
    names: ['follow "session:live:XNYS:2020-01-01:open" is not a session', 'accepted'],
  },
  {
    title: 'an option that does not exist',
    args: ['session', '--frobnicate'],
    names: ['--frobnicate', '--help'],
  },
];

/** What a command starts; entities that live on by themselves are not counted. */
const STARTED = `WorkflowType IN ('marketSession', 'sessionTrigger', 'researchSession', 'ensembleDecision')`;

const counted = async (query: string): Promise<number> => {
  const { count } = await running.client.temporal.workflow.count(query);
  return count;
};

const startedSoFar = (): Promise<number> => counted(STARTED);

/** Longer than what another file has left behind takes; a trigger that waits for prices may never end. */
const MOST_WAIT_MS = 60_000;

/** What another file has left running on this stack may still start more of the kind that is counted. */
const untilOthersHaveEnded = async (): Promise<void> => {
  const deadline = Date.now() + MOST_WAIT_MS;
  while ((await counted(`${STARTED} AND ExecutionStatus = 'Running'`)) > 0 && Date.now() < deadline)
    await setTimeout(100);
};

/** Two at a time: as many as the machine has cores, and no more. */
const runAll = async (): Promise<ReadonlyMap<string, Awaited<ReturnType<typeof conclave>>>> => {
  const results = new Map<string, Awaited<ReturnType<typeof conclave>>>();
  const queue = [...CASES];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift())
      results.set(next.title, await conclave(next.args, running.place));
  };
  await Promise.all([worker(), worker()]);
  return results;
};

let results: Awaited<ReturnType<typeof runAll>>;
let before: number;

beforeAll(untilOthersHaveEnded);

beforeAll(async () => {
  before = await startedSoFar();
  results = await runAll();
});

test.each(CASES)('$title is refused with exit code 2 and the way out', ({ title, names }) => {
  const { code, stdout, stderr } = results.get(title)!;
  const text = stderr.trim();
  for (const name of names) expect(text).toMatch(typeof name === 'string' ? new RegExp(literal(name)) : name);
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(text.split('\n\n')).toHaveLength(1);
  expect(text.split('\n').length).toBeLessThanOrEqual(2);
  expect(text).not.toMatch(/\n\s+at |node_modules|\[object/);
});

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

test('none of them started a workflow', async () => {
  expect(await startedSoFar()).toBe(before);
});

test('with --json the error is the one document on stdout', async () => {
  const result = await conclave(['session', '--symbols', 'AAPL', '--stake', '-5', '--json'], running.place);
  expect(result.code).toBe(2);
  expect(result.json()).toEqual({
    error: { code: 'wrong_use', message: expect.stringContaining('stake is "-5"'), fix: expect.any(String) },
  });
});
