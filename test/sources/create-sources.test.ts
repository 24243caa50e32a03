// The sources put together: without internet they move on at once and say what is made up.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sessionTimes, tradingDays } from '../../domain/market/calendar';
import { createSources } from '../../sources/create-sources';
import { noSignal, startLocalServer } from './local-server';

const NOW = Date.parse('2025-09-15T13:00:00.000Z');
const AS_OF = new Date(NOW).toISOString();

/** Everything points at a port where nothing listens. */
const offline = async (more: object = {}) => {
  const closed = await startLocalServer(() => null);
  await closed.close();
  const base = closed.url;
  return createSources({
    yahooBaseUrl: base,
    yahooCookieUrl: `${base}/cookie`,
    kalshiBaseUrl: base,
    polymarketBaseUrl: base,
    secFilesBaseUrl: base,
    secDataBaseUrl: base,
    secUserAgent: 'Desk desk@example.org',
    newsFeeds: [`${base}/feed?s={symbol}`],
    now: () => NOW,
    ...more,
  });
};
const bars = { symbol: 'AAPL', asOf: AS_OF, days: 60 };

describe('sources without internet', () => {
  test('give the made-up tape, labelled, and remember that Yahoo cannot be reached', async () => {
    const sources = await offline();
    const { series, results } = await sources.prices.dailyBarsWithResults({ ...bars, signal: noSignal() });
    expect(series).toMatchObject({ synthetic: true, source: 'synthetic' });
    expect(results.map(({ source, offline: out }) => [source, out])).toEqual([
      ['yahoo', true],
      ['synthetic', false],
    ]);
    expect(await sources.pricesReachable(noSignal())).toBe(false);
    const resting = sources.states().filter((state) => state.restingUntil !== null);
    expect(resting).toEqual([{ source: 'yahoo', restingUntil: NOW + 300_000 }]);
    await sources.close();
  });

  test('fail in words for news, fundamentals and venues, none of which is made up for a live world', async () => {
    const sources = await offline();
    const asked = { symbol: 'AAPL', asOf: AS_OF, signal: noSignal() };
    const unreachable = { name: 'SourceFailure', kind: 'unreachable' };
    await expect(sources.news.headlines({ ...asked, limit: 5 })).rejects.toMatchObject(unreachable);
    await expect(sources.fundamentals.fundamentals(asked)).rejects.toMatchObject(unreachable);
    for (const venue of Object.values(sources.predictionMarkets)) {
      await expect(venue.quote({ contract: 'ABC', asOf: AS_OF, signal: noSignal() })).rejects.toMatchObject(
        unreachable,
      );
    }
    await sources.close();
  });

  test('have no prices where the made-up tape is not wanted, and nothing else where it always is', async () => {
    const never = await offline({ synthetic: 'never' });
    await expect(never.prices.dailyBars({ ...bars, signal: noSignal() })).rejects.toMatchObject({
      kind: 'unreachable',
    });
    await never.close();
    const always = await offline({ synthetic: 'always' });
    const asked = { symbol: 'AAPL', asOf: AS_OF, signal: noSignal() };
    expect((await always.prices.dailyBars({ ...bars, signal: noSignal() })).synthetic).toBe(true);
    expect((await always.news.headlines({ ...asked, limit: 1 }))[0]?.synthetic).toBe(true);
    expect((await always.fundamentals.fundamentals(asked)).figures.note).toMatch(/made-up/);
    expect(always.states().every((state) => state.restingUntil === null)).toBe(true);
    await always.close();
  });
});

describe('a hiccup', () => {
  const days = tradingDays('XNYS', '2025-08-20', '2025-09-12');
  const chartOf = (symbol: string) => {
    const values = days.map(() => 100);
    const quote = [{ open: values, high: values, low: values, close: values, volume: values }];
    const timestamp = days.map((day) => Date.parse(sessionTimes('XNYS', day).openUtc) / 1000);
    return { chart: { result: [{ meta: { symbol, currency: 'USD' }, timestamp, indicators: { quote } }] } };
  };

  test('of one request costs no other symbol its prices, nor this one', async () => {
    let drops = 1;
    const server = await startLocalServer((path) => {
      if (path.endsWith('/MSFT') && drops-- > 0) return { drop: true };
      return { body: chartOf(path.slice(path.lastIndexOf('/') + 1)) };
    });
    const sources = createSources({ yahooBaseUrl: server.url, synthetic: 'never', now: () => NOW });
    for (const symbol of ['AAPL', 'MSFT', 'NVDA']) {
      const { bars: found } = await sources.prices.dailyBars({ ...bars, symbol, signal: noSignal() });
      expect(found.at(-1)).toMatchObject({ symbol, date: '2025-09-12' });
    }
    expect(server.asked.filter((path) => path.includes('/MSFT'))).toHaveLength(2);
    await sources.close();
    await server.close();
  });

  test('of one feed silences that feed alone', async () => {
    const item = (symbol: string | null) =>
      `<item><title>${symbol} grows</title><pubDate>Mon, 15 Sep 2025 08:00:00 GMT</pubDate></item>`;
    const server = await startLocalServer((_path, query) => ({
      body: `<rss version="2.0"><channel><title>t</title>${item(query.get('s'))}</channel></rss>`,
    }));
    const gone = await startLocalServer(() => null);
    await gone.close();
    const newsFeeds = [`${gone.url}/?s={symbol}`, `${server.url}/?s={symbol}`];
    const sources = createSources({ newsFeeds, now: () => NOW });
    for (const symbol of ['AAPL', 'MSFT']) {
      const found = await sources.news.headlines({ symbol, asOf: AS_OF, limit: 5, signal: noSignal() });
      expect(found.map(({ title }) => title)).toEqual([`${symbol} grows`]);
    }
    const resting = sources.states().filter(({ restingUntil }) => restingUntil !== null);
    expect(resting.map(({ source }) => source)).toEqual([`rss:${new URL(gone.url).host}`]);
    await sources.close();
    await server.close();
  });
});

describe('a price file behind Yahoo', () => {
  const folder = mkdtempSync(join(tmpdir(), 'conclave-behind-yahoo-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (rows: readonly string[]): string => {
    const path = join(folder, `${rows.length}-${rows[0]!.slice(0, 14)}.csv`);
    writeFileSync(path, ['symbol,time,open,high,low,close,volume', ...rows, ''].join('\n'));
    return path;
  };
  const ROWS = ['AAPL,2025-09-11,10,11,9,10.5,1000', 'AAPL,2025-09-12,10.5,12,10,11,1100'];
  const behind = async (pricesFile: string) => {
    const server = await startLocalServer(() => ({ status: 429, body: 'Too Many Requests' }));
    const sources = createSources({
      ...{ yahooBaseUrl: server.url, synthetic: 'never', now: () => NOW, pricesFile },
    });
    const ask = (symbol: string) =>
      sources.prices.dailyBarsWithResults({ symbol, asOf: AS_OF, days: 60, signal: noSignal() });
    const close = async () => {
      await sources.close();
      await server.close();
    };
    return { server, sources, ask, close };
  };

  test('gives the whole series where Yahoo answers 429', async () => {
    const { sources, server, ask, close } = await behind(file(ROWS));
    const { series, results } = await ask('AAPL');
    expect(series).toMatchObject({ source: 'price-file', synthetic: false });
    expect(series.bars.map((bar) => bar.close)).toEqual([10.5, 11]);
    expect(results.map(({ source, ok, kind }) => [source, ok, kind])).toEqual([
      ['yahoo', false, 'rate_limited'],
      ['price-file', true, null],
    ]);
    expect(server.asked.length).toBeGreaterThan(0);
    expect(await sources.pricesReachable(noSignal())).toBe(true);
    await close();
  });

  test('makes no symbol unknown that it lacks, and what it has too late is no price', async () => {
    const { ask, close } = await behind(file(ROWS));
    await expect(ask('MSFT')).rejects.toMatchObject({
      ...{ kind: 'rate_limited' },
      message: expect.stringContaining('price-file: symbol MSFT is not in'),
    });
    await close();
    const late = await behind(file(['AAPL,2025-08-01,10,11,9,10.5,1000']));
    await expect(late.ask('AAPL')).rejects.toMatchObject({ kind: 'rate_limited' });
    expect(await late.sources.pricesReachable(noSignal())).toBe(false);
    await late.close();
    const coins = await behind(file(['BTC-USD,2025-09-14,10,11,9,10.5,1000']));
    expect(await coins.sources.pricesReachable(noSignal())).toBe(true);
    await coins.close();
  });
});

test('a base URL that is none is refused when the sources are made', () => {
  expect(() => createSources({ yahooBaseUrl: 'not a url' })).toThrow(/yahooBaseUrl "not a url".*http/);
});
