// Doctor on what is not broken yet: prices that cannot be had, over real HTTP on this machine, and a disk that fills.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../config/load';
import { lastKnownTradingDay, sessionTimes } from '../../domain/market/calendar';
import { checkSpace } from '../../stack/diagnosis';
import { checkPrices } from '../../stack/price-check';
import { checkPricesFile } from '../../stack/prices-file-check';
import { startLocalServer } from '../sources/local-server';
import { withoutTimeLimits } from '../support/no-time-limits';

// What is checked is prices of now, whenever that is: beyond the committed days, weekdays trade.
jest.mock('../../domain/market/exchange-calendars', () => ({
  ...jest.requireActual<object>('../../domain/market/exchange-calendars'),
  CALENDAR_LAST_DAY: '2099-12-31',
}));

// Nothing here hangs.
beforeAll(() => {
  withoutTimeLimits();
});
afterAll(() => {
  jest.restoreAllMocks();
});

const chart = () => {
  const day = lastKnownTradingDay('XNYS', new Date().toISOString());
  const column = [100];
  return {
    meta: { currency: 'USD', symbol: 'SPY' },
    timestamp: [Date.parse(sessionTimes('XNYS', day).openUtc) / 1_000],
    indicators: { quote: [{ open: column, high: column, low: column, close: column, volume: column }] },
  };
};

test('a source of prices that answers is fine', async () => {
  const server = await startLocalServer(() => ({ body: { chart: { result: [chart()], error: null } } }));
  expect(await checkPrices({ baseUrl: server.url })).toMatchObject({
    ...{ name: 'prices', ok: true, fix: null },
    detail: expect.stringMatching(/^yahoo answers, to \d{4}-\d\d-\d\d$/),
  });
  await server.close();
});

test('one that cannot be reached, or answers something else, is a warning that says so', async () => {
  const server = await startLocalServer(() => ({ body: { chart: 'closed for today' } }));
  const odd = await checkPrices({ baseUrl: server.url });
  await server.close();
  const closed = await checkPrices({ baseUrl: server.url });
  expect([odd, closed]).toMatchObject([
    { ok: true, detail: expect.stringContaining('not of the known form'), fix: expect.any(String) },
    { ok: true, detail: expect.stringContaining('cannot be reached'), fix: expect.any(String) },
  ]);
});

test('a file that stands in is told from prices of everything', async () => {
  const server = await startLocalServer(() => ({ status: 429, body: 'Too Many Requests' }));
  const folder = mkdtempSync(join(tmpdir(), 'conclave-doctor-'));
  const pricesFile = join(folder, 'prices.csv');
  const day = lastKnownTradingDay('XNYS', new Date().toISOString());
  writeFileSync(pricesFile, `symbol,time,open,high,low,close,volume\nABC,${day},1,1,1,1,1\n`);
  expect(await checkPrices({ baseUrl: server.url, pricesFile })).toMatchObject({
    ...{ ok: true, detail: expect.stringContaining(`those of ${pricesFile} alone: `) },
    fix: expect.stringContaining('the file'),
  });
  writeFileSync(pricesFile, 'symbol,time,open,high,low,close,volume\nABC,2020-01-02,1,1,1,1,1\n');
  const stale = await checkPrices({ baseUrl: server.url, pricesFile });
  expect(stale.detail).toMatch(/^no real prices now/);
  rmSync(folder, { recursive: true });
  await server.close();
});

test('a file of prices that is malformed or not there starts no stack, and is told with line and column', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'conclave-doctor-'));
  const pricesFile = join(folder, 'prices.csv');
  writeFileSync(pricesFile, 'symbol,time,open,high,low,close,volume\nABC,2020-01-02,1,1,1,dear,1\n');
  const config = loadConfig({ env: { HOME: folder, CONCLAVE_PRICES_FILE: pricesFile }, cwd: folder });
  const wrong = 'environment variable CONCLAVE_PRICES_FILE: sources.pricesFile';
  await expect(checkPricesFile(config)).rejects.toThrow(
    `${wrong} ${pricesFile}: line 2, column close: "dear" is not a number above 0`,
  );
  rmSync(folder, { recursive: true });
  await expect(checkPricesFile(config)).rejects.toThrow(`${wrong} ${pricesFile}: there is no such file`);
});

test('a disk with less than 2 GB free is a warning', () => {
  expect(checkSpace('/home/desk', 2.1 * 2 ** 30)).toMatchObject({ ok: true, fix: null });
  expect(checkSpace('/home/desk', 1.9 * 2 ** 30)).toMatchObject({
    ...{ ok: true, detail: '/home/desk, 1.9 GB free' },
    fix: expect.stringContaining('CONCLAVE_HOME'),
  });
});
