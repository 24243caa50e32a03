// A competition replayed as people do: one command, then everything recomputed from its orders and the tape;
// killed on the way and started again; with the future cut off; and with input that cannot be.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../../db/database';
import { type ServeOptions, serve } from '../../../server/serve';
import { CONCLAVE, conclave } from '../../support/conclave-cli';
import { writeGeneratedTape } from '../../support/generated-tape';
import { endStack, enterStack, type RunningStack, stackPlace } from '../../support/running-stack';

jest.setTimeout(240_000);

const folder = mkdtempSync(join(tmpdir(), 'conclave-competition-'));
const place = stackPlace(join(folder, 'home'), { lingerSeconds: 60 });
const TAPE = join(folder, 'tape.csv');
const CUT = join(folder, 'cut.csv');
const BENT = join(folder, 'bent.csv');
const SYMBOLS = ['AAPL', 'MSFT', 'NVDA'];
const MODELS = ['house-mean-reversion', 'house-analogue', 'house-logistic', 'house-momentum'];
const TO = '2025-09-12';
const DAYS = 8;

interface Order {
  readonly account: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly placedOn: string;
  readonly quantity: number;
  readonly probability: number | null;
  readonly filledOn: string | null;
  readonly filledQuantity: number;
  readonly feeUsd: string;
}

interface Snapshot {
  readonly account: string;
  readonly date: string;
  readonly equityUsd: string;
}

interface Board {
  readonly status: string;
  readonly world: string;
  readonly research: { readonly sessions: number; readonly reads: number };
  readonly board: readonly {
    readonly account: string;
    readonly scored: number;
    readonly brier: number | null;
  }[];
  readonly orders: readonly Order[];
  readonly snapshots: readonly Snapshot[];
  readonly refused: readonly { readonly symbol: string; readonly reason: string }[];
}

const args = (name: string, prices = TAPE): readonly string[] => [
  ...['competition', 'replay', name, '--json', '--prices', prices, '--from', '2025-09-03', '--to', TO],
  ...['--symbols', SYMBOLS.join(','), '--models', MODELS.join(','), '--horizon', '2'],
];

let running: RunningStack;
let whole: Board;

const replay = async (name: string, prices?: string): Promise<Board> => {
  const result = await conclave(args(name, prices), place);
  // Notes may come, such as of a worker that is still on its way.
  expect([result.code, result.code === 0 ? '' : result.stderr + result.stdout]).toEqual([0, '']);
  return result.json<Board>();
};

/** What must be the same, whatever the competition is called and wherever its prices lie. */
const figures = ({ board, orders, snapshots }: Board) => ({ board, orders, snapshots });

beforeAll(async () => {
  writeGeneratedTape(TAPE, SYMBOLS);
  const lines = readFileSync(TAPE, 'utf8').trim().split('\n');
  writeFileSync(
    CUT,
    `${lines.filter((line) => !(line.split(',')[1]! > TO && line.includes('2025'))).join('\n')}\n`,
  );
  running = await enterStack(place);
  whole = await replay('whole');
});

afterAll(async () => {
  await running.close();
  await endStack(place);
  rmSync(folder, { recursive: true, force: true });
});

const tape = (): ReadonlyMap<string, { readonly open: number; readonly close: number }> =>
  new Map(
    readFileSync(TAPE, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
      .map(([symbol, date, open, , , close]) => [
        `${symbol} ${date}`,
        { open: Number(open), close: Number(close) },
      ]),
  );

test('one command runs every day for every account, researches once and scores its own outcomes', () => {
  expect(whole.status).toBe('finished');
  expect(whole.world).toMatch(/^replay:[0-9a-f]{12}$/);
  expect(whole.board).toHaveLength(MODELS.length + 2);
  expect(whole.snapshots).toHaveLength(DAYS * (MODELS.length + 2));
  expect(whole.research).toMatchObject({
    sessions: DAYS * SYMBOLS.length,
    reads: DAYS * SYMBOLS.length * MODELS.length,
  });
  expect(whole.orders.some(({ account }) => MODELS.includes(account))).toBe(true);
  for (const { account, scored, brier } of whole.board.filter((row) => MODELS.includes(row.account)))
    expect([account, scored > 0, brier === null]).toEqual([account, true, false]);
});

test('equity can be recomputed from orders and prices to the cent', () => {
  const bars = tape();
  const at = (symbol: string, date: string) => bars.get(`${symbol} ${date}`)!;
  for (const { account, date, equityUsd } of whole.snapshots) {
    let cash = 100_000;
    const shares = new Map<string, number>();
    for (const order of whole.orders.filter((each) => each.account === account)) {
      if (order.filledOn === null || order.filledOn > date) continue;
      const sign = order.side === 'buy' ? 1 : -1;
      const price = at(order.symbol, order.filledOn).open * (1 + sign * 0.0005);
      const value = price * order.filledQuantity;
      cash -= sign * value + value * 0.0005;
      shares.set(order.symbol, (shares.get(order.symbol) ?? 0) + sign * order.filledQuantity);
    }
    const held = [...shares].reduce((sum, [symbol, count]) => sum + count * at(symbol, date).close, 0);
    expect(Math.abs(cash + held - Number(equityUsd))).toBeLessThan(0.005);
  }
});

test('bars with the future removed change nothing', async () => {
  expect(readFileSync(CUT, 'utf8').length).toBeLessThan(readFileSync(TAPE, 'utf8').length);
  const cut = await replay('cut', CUT);
  expect(cut.world).not.toBe(whole.world);
  expect(figures(cut)).toEqual(figures(whole));
});

test('what happens after an open changes no order placed before it', async () => {
  const last = '2025-09-09';
  const next = '2025-09-10';
  const doubled = (line: string): string => {
    const [symbol, date, ...rest] = line.split(',');
    if (!date?.startsWith('20') || date <= last) return line;
    return [symbol, date, ...rest.map((value, index) => (index < 4 ? 2 * Number(value) : value))].join(',');
  };
  writeFileSync(BENT, `${readFileSync(TAPE, 'utf8').trim().split('\n').map(doubled).join('\n')}\n`);
  const bent = await replay('bent', BENT);
  const placed = ({ orders }: Board) =>
    orders
      .filter(({ placedOn }) => placedOn <= next)
      .map(({ account, symbol, side, placedOn, quantity, probability }) => [
        ...[account, symbol, side, placedOn, quantity, probability],
      ]);
  const upTo = ({ snapshots }: Board) => snapshots.filter(({ date }) => date <= last);
  expect(placed(bent)).toEqual(placed(whole));
  expect(upTo(bent)).toEqual(upTo(whole));
  expect(bent.refused.length).toBeGreaterThan(0);
  expect(bent.orders.filter(({ placedOn }) => placedOn > next)).toEqual([]);
});

test('a competition can be defined, joined, replayed by its name and read', async () => {
  const run = async (...words: readonly string[]) =>
    (await conclave(['competition', ...words, '--json'], place)).json<Record<string, unknown>>();
  const period = ['--from', '2025-09-11', '--to', TO, '--prices', TAPE, '--symbols', 'AAPL,MSFT'];
  expect(await run('create', 'friends', ...period)).toMatchObject({ status: 'open' });
  expect(await run('join', 'friends', '--models', 'house-drift,house-momentum')).toMatchObject({ added: 2 });
  const replayed = await run('replay', 'friends');
  expect(replayed).toMatchObject({ status: 'finished', from: '2025-09-11' });
  expect(await run('board', 'friends')).toEqual(replayed);
  const { competitions } = await run('status', 'friends');
  expect(competitions).toMatchObject([{ status: 'finished', lastDay: TO }]);
  const listed = (await run('list')).competitions as readonly { readonly competitionId: string }[];
  expect(listed.slice(0, 1)).toEqual(competitions);
  expect(listed.map(({ competitionId }) => competitionId)).toContain('whole');
  const { stdout } = await conclave(['competition', 'list'], place);
  expect(stdout).toMatch(new RegExp(`^friends +finished +4 accounts, up to ${TO}\n`));
});

test('a model whose key is not set is not waited for: its forecasts say why there are none', async () => {
  const period = ['--from', '2025-09-11', '--to', '2025-09-11', '--prices', TAPE, '--symbols', 'AAPL'];
  const words = ['competition', 'replay', 'keyless', '--json', ...period];
  const result = await conclave([...words, '--models', 'gpt-4o-mini,house-drift'], place);
  expect(result.json<Board>().status).toBe('finished');
  const db = openDatabase(running.stack.databaseUrl, { poolSize: 1 });
  const sql = `select status, failure, reasons from forecasts where model = 'gpt-4o-mini'`;
  const forecasts = await db.query(sql);
  await db.close();
  expect(forecasts).toEqual([
    {
      status: 'failed',
      failure: 'unavailable',
      reasons: ['Not asked: it needs OPENAI_API_KEY, which is not set where the workers run'],
    },
  ]);
});

test('the API defines, joins and replays a competition like the command', async () => {
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const logger = quiet as unknown as ServeOptions['logger'];
  const { client } = running;
  const server = await serve({
    ...{ client, config: place.config, host: '127.0.0.1', port: 0, pricesFolder: folder, logger },
  });
  const post = async (path: string, body: unknown = {}) => {
    const answer = await fetch(`http://127.0.0.1:${server.port}/api/v1/competitions${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const definition = { prices: 'tape.csv', symbols: ['AAPL', 'MSFT'], from: '2025-09-11', to: TO };
  const before = await client.stores.competitions.list();
  const bare = await post('', { ...definition, name: 'by-api', from: '2025-11-03', to: '2025-11-10' });
  expect([bare.status, bare.body.detail]).toEqual([
    400,
    expect.stringContaining('no prices: the bars of AAPL'),
  ]);
  expect(await client.stores.competitions.list()).toEqual(before);
  expect((await post('', { ...definition, name: 'by-api' })).status).toBe(201);
  const models = ['house-drift', 'house-momentum'];
  expect((await post('/by-api/models', { models })).body).toEqual({ competitionId: 'by-api', added: 2 });
  expect((await post('/by-api/start')).body.detail).toMatch(/replays a period/);
  expect((await post('/by-api/replay')).status).toBe(202);
  const { world } = await client.stores.competitions.get('by-api').then((row) => row!);
  await client.temporal.workflow.getHandle(`competition:${world}`).result();
  const board = async (name: string) => {
    const answer = await fetch(`http://127.0.0.1:${server.port}/api/v1/competitions/${name}`);
    return figures((await answer.json()) as Board);
  };
  expect(await board('by-api')).toEqual(await board('friends'));
  await server.close();
});

/** Resolves once a day of the competition is written; looks again after each answer of the database. */
const someDay = async (name: string): Promise<void> => {
  const { competitions } = running.client.stores;
  while ((await competitions.snapshots(name)).length === 0);
};

const workerPids = (): readonly number[] =>
  [...readFileSync(join(place.home, 'logs', 'worker-1.log'), 'utf8').matchAll(/"pid":(\d+)/g)].map((match) =>
    Number(match[1]),
  );

test('killed with its worker on the way and started again, it ends with the identical board', async () => {
  const child = spawn(process.execPath, [...CONCLAVE, ...args('killed')], {
    env: place.env,
    cwd: place.home,
    stdio: 'ignore',
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve) =>
    child.once('close', (_code, signal) => resolve(signal)),
  );
  await someDay('killed');
  process.kill(workerPids().at(-1)!, 'SIGKILL');
  child.kill('SIGKILL');
  const signal = await ended;
  const { competitions } = running.client.stores;
  const status = (await competitions.get('killed'))?.status;
  // Where the kill comes late, the replay may have ended before it.
  const isOver = (await competitions.snapshots('killed')).length === whole.snapshots.length;
  if (!isOver) expect([signal, status]).toEqual(['SIGKILL', 'running']);
  expect(figures(await replay('killed'))).toEqual(figures(whole));
});

test('the same command again shows the same competition and does nothing twice', async () => {
  expect(await replay('whole')).toEqual(whole);
});

const wrong = (...words: readonly string[]) => conclave(['competition', 'replay', ...words], place);
const base = ['--prices', TAPE, '--symbols', 'AAPL', '--from', '2025-09-03', '--to', TO];

test.each([
  [
    'a period without prices',
    [...base, '--models', 'house-drift,house-momentum', '--to', '2025-12-01'],
    'no prices',
  ],
  [
    'an unknown symbol',
    [...base, '--models', 'house-drift,house-momentum', '--symbols', 'AAPL,ZZZZ'],
    'symbol ZZZZ is not in',
  ],
  [
    'an unknown model',
    [...base, '--models', 'house-drift,house-oracle'],
    'model "house-oracle" is not in the registry',
  ],
  ['one model alone', [...base, '--models', 'house-drift'], 'accepted: at least 2'],
  [
    'a period that runs backward',
    [...base, '--models', 'house-drift,house-momentum', '--to', '2025-09-01'],
    'is after to',
  ],
  [
    'a closed period',
    [...base, '--models', 'house-drift,house-momentum', '--from', '2025-09-06', '--to', '2025-09-07'],
    'no trading day',
  ],
  [
    'other parameters under a known name',
    ['whole', ...base, '--models', 'house-drift,house-momentum'],
    'exists with other parameters',
  ],
])('%s is refused by name with exit code 2', async (_title, words, message) => {
  const { competitions } = running.client.stores;
  const before = await competitions.list();
  const result = await wrong(...words);
  expect(await competitions.list()).toEqual(before);
  expect(result.stderr).toContain(message);
  expect([result.code, result.stdout]).toEqual([2, '']);
});
