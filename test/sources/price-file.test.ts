// Price files: what is read, what is refused with line and column, and that the future never shows.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sessionInstant } from '../../domain/market/session-times';
import { createPriceFileSource, hashPriceFile, loadPriceFile } from '../../sources/price-file';
import { describeWithShared } from '../support/shared-data';
import { noSignal } from './local-server';

const HEADER = 'symbol,time,open,high,low,close,volume';
const ROWS = [
  'ABC,2025-09-10,10,11,9,10.5,1000',
  'ABC,2025-09-11,10.5,12,10,11,1100',
  'ABC,2025-09-12,11,11.5,10.8,11.2,900',
  'ABC,2025-09-15,11.2,13,11,12.9,5000',
];
const AS_OF = '2025-09-15T13:00:00.000Z';

let folder: string;
let count = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'conclave-prices-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const write = (content: string | Buffer, name = `prices-${count}.csv`): string => {
  count += 1;
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const lines = (rows: readonly string[]) => [HEADER, ...rows, ''].join('\n');
const barsOf = (path: string, symbol = 'ABC', asOf = AS_OF) =>
  createPriceFileSource(path, { now: () => 0 }).dailyBars({ symbol, asOf, days: 300, signal: noSignal() });

describe('reading a price file', () => {
  test('gives the bars known at the as-of, in order, whatever the order of rows and columns', async () => {
    const series = await barsOf(write(lines([ROWS[3]!, ROWS[1]!, ROWS[0]!, ROWS[2]!])));
    expect(series.bars.map((bar) => bar.close)).toEqual([10.5, 11, 11.2]);
    expect(series).toMatchObject({ symbol: 'ABC', currency: 'USD', source: 'price-file', synthetic: false });
    const turned = ROWS.map((row) => row.split(',').reverse().join(','));
    const reversed = [HEADER.split(',').reverse().join(','), ...turned].join('\r\n');
    expect((await barsOf(write(reversed))).bars).toEqual(series.bars);
  });

  test('knows the bar of the day itself from its close', async () => {
    const path = write(lines(ROWS));
    expect((await barsOf(path, 'ABC', '2025-09-15T19:59:59.999Z')).bars).toHaveLength(3);
    expect((await barsOf(path, 'ABC', '2025-09-15T20:00:00.000Z')).bars).toHaveLength(4);
  });

  test('gives the same when the future is removed from the file', async () => {
    const whole = await barsOf(write(lines(ROWS)));
    const cut = await barsOf(write(lines(ROWS.slice(0, 3))));
    expect(cut).toEqual(whole);
  });

  test('counts a file and its gzip as one content', async () => {
    const plain = write(lines(ROWS));
    const zipped = write(gzipSync(lines(ROWS)), 'zipped-without-the-ending.csv');
    expect(await hashPriceFile(zipped)).toBe(await hashPriceFile(plain));
    expect((await loadPriceFile(plain)).symbols).toEqual(['ABC']);
  });

  test('finds a coin as BTC-USD where the file says BTC, weekends included', async () => {
    const path = write(
      lines([
        'BTC,2025-09-13,9,9,9,9,1',
        'BTC,2025-09-14,9,9,9,9,1',
        'BTC,2025-09-12,9,9,9,9,1',
        'BTC,2025-09-07,9,9,9,9,1',
      ]),
    );
    expect((await barsOf(path, 'BTC-USD')).bars.map((bar) => bar.symbol)).toEqual(Array(4).fill('BTC-USD'));
    await expect(barsOf(path, 'BTC')).rejects.toMatchObject({
      kind: 'malformed',
      message: expect.stringMatching(/CRYPTO/),
    });
  });
});

describe('a malformed price file', () => {
  test.each([
    [
      'a word for a price',
      ['ABC,2025-09-10,10,11,9,ten,1'],
      /line 2, column close: "ten" is not a number above 0/,
    ],
    ['a negative price', [ROWS[0]!, 'ABC,2025-09-11,-1,1,1,1,1'], /line 3, column open: "-1"/],
    ['a negative volume', ['ABC,2025-09-10,1,1,1,1,-5'], /line 2, column volume/],
    ['NaN', ['ABC,2025-09-10,1,NaN,1,1,5'], /line 2, column high/],
    ['a day that does not exist', ['ABC,2025-02-30,1,1,1,1,1'], /line 2, column time: "2025-02-30"/],
    ['a high below the low', ['ABC,2025-09-10,10,9,11,10,1'], /line 2, column high: 9 is below low 11/],
    ['an empty symbol', [',2025-09-10,1,1,1,1,1'], /line 2, column symbol: is empty/],
    ['a second bar for a day', [ROWS[0]!, ROWS[0]!], /line 3, column time: ABC has a second bar/],
    ['a missing cell', ['ABC,2025-09-10,10,11,9,10'], /line 2, column/],
    ['a quote that never ends', ['ABC,"2025-09-10,10,11,9,10,1'], /line \d+, column/],
  ])('with %s is refused naming line and column', async (_, rows, message) => {
    await expect(barsOf(write(lines(rows)))).rejects.toMatchObject({
      name: 'SourceFailure',
      kind: 'malformed',
      message: expect.stringMatching(message),
    });
  });

  test('without a column, without rows, cut off, missing or a folder is refused in words', async () => {
    await expect(barsOf(write('symbol,time,open\nABC,2025-09-10,1\n'))).rejects.toThrow(
      /line 1: column high, low, close, volume is missing; accepted header: symbol,time/,
    );
    await expect(barsOf(write(`${HEADER}\n`))).rejects.toThrow(/line 2: the file has no rows/);
    await expect(barsOf(write(''))).rejects.toThrow(/no rows/);
    const zipped = gzipSync(lines(ROWS));
    await expect(barsOf(write(zipped.subarray(0, zipped.length - 12)))).rejects.toThrow(
      /not a whole gzip file/,
    );
    await expect(barsOf(join(folder, 'nowhere.csv'))).rejects.toMatchObject({ kind: 'not_found' });
    await expect(barsOf(folder)).rejects.toMatchObject({ kind: 'refused' });
  });

  test('that does not know the symbol, or ends long before the as-of, says what it has', async () => {
    const path = write(lines(ROWS));
    await expect(barsOf(path, 'XYZ')).rejects.toMatchObject({
      kind: 'not_found',
      message: expect.stringMatching(/1 symbols: ABC/),
    });
    await expect(barsOf(path, 'ABC', '2025-09-01T13:00:00.000Z')).rejects.toThrow(
      /from 2025-09-10 to 2025-09-15/,
    );
    await expect(barsOf(path, 'ABC', '2025-09-30T13:00:00.000Z')).rejects.toMatchObject({ kind: 'stale' });
  });
});

describe('whether a file has fresh prices', () => {
  const freshAt = (path: string, asOf = AS_OF): Promise<boolean> =>
    createPriceFileSource(path, { now: () => 0 }).hasFreshPrices({ days: 5, asOf, signal: noSignal() });

  test.each(['ABC', 'SAP.DE', 'SONY.T', 'BTC-USD'])('is told of %s as its own bars are', async (symbol) => {
    const path = write(lines(ROWS.slice(0, 3).map((row) => row.replace('ABC', symbol))));
    const days = Array.from({ length: 12 }, (_, day) => `2025-09-${12 + day}T13:00:00.000Z`);
    const fresh = await Promise.all(days.map((asOf) => freshAt(path, asOf)));
    const given = (asOf: string) => barsOf(path, symbol, asOf).then(Boolean, () => false);
    expect(fresh).toEqual(await Promise.all(days.map(given)));
    expect(new Set(fresh).size).toBe(2);
  });

  test('goes by each market: bars of a weekend, or of a day on which New York was closed', async () => {
    const coins = write(lines(['BTC-USD,2025-09-13,9,9,9,9,1', 'BTC-USD,2025-09-14,9,9,9,9,1']));
    expect(await freshAt(coins)).toBe(true);
    expect(await freshAt(write(lines(['SAP.DE,2025-07-04,9,9,9,9,1'])), '2025-07-07T06:00:00.000Z')).toBe(
      true,
    );
  });

  test('is true for one recent symbol among dead ones and such as trade nowhere known', async () => {
    const dead = ['AAA,2025-06-02,9,9,9,9,1', 'BBB.XX,2025-09-12,9,9,9,9,1'];
    expect(await freshAt(write(lines(dead)))).toBe(false);
    expect(await freshAt(write(lines([...dead, ROWS[2]!])))).toBe(true);
  });

  test('is false without a file and beyond the calendar', async () => {
    expect(await freshAt(join(folder, 'nowhere.csv'))).toBe(false);
    expect(await freshAt(write(lines(ROWS)), '2028-06-01T13:00:00.000Z')).toBe(false);
  });
});

describeWithShared('data/market/nasdaq100-daily.csv.gz', 'the recorded Nasdaq tape', (path) => {
  test('is read whole, and each symbol passes the content checks at several instants', async () => {
    const file = await loadPriceFile(path);
    expect(file.symbols.length).toBeGreaterThan(100);
    expect([...file.bars.values()].reduce((sum, bars) => sum + bars.length, 0)).toBe(8023);
    for (const date of ['2025-06-27', '2025-08-01', '2025-09-30']) {
      for (const symbol of file.symbols) {
        const { bars } = await barsOf(path, symbol, sessionInstant('XNYS', date, 'close'));
        expect(bars.at(-1)!.date < date).toBe(true);
      }
    }
  });
});

describeWithShared('data/market/crypto-daily.csv.gz', 'the recorded coins', (path) => {
  test('trade every day of the week', async () => {
    const { bars } = await barsOf(path, 'ETH-USD', '2025-11-16T00:00:00.000Z');
    expect(bars.at(-1)!.date).toBe('2025-11-15');
    expect(bars).toHaveLength(300);
  });
});
