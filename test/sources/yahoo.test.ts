// Yahoo's chart and summary, from answers in its form served locally.
import { sessionTimes, tradingDays } from '../../domain/market/calendar';
import { createGuardedFetch, type GuardedFetch } from '../../sources/fetch';
import { createPoliteness } from '../../sources/politeness';
import { createYahooFundamentals } from '../../sources/yahoo-fundamentals';
import { createYahooPrices } from '../../sources/yahoo-prices';
import { feedSymbol } from '../../sources/yahoo-symbol';
import { type LocalServer, noSignal, type Reply, startLocalServer } from './local-server';

const DAYS = tradingDays('XNYS', '2025-08-20', '2025-09-15');
const seconds = (date: string) => Date.parse(sessionTimes('XNYS', date).openUtc) / 1000;
const closes = DAYS.map((_, index) => 100 + index);

const chart = (more: object = {}, symbol = 'ABC'): Reply => ({
  body: {
    chart: {
      result: [
        {
          meta: {
            currency: 'USD',
            symbol,
            regularMarketPrice: 118.4,
            regularMarketTime: seconds('2025-09-15') + 600,
          },
          timestamp: DAYS.map(seconds),
          indicators: {
            quote: [
              {
                open: closes,
                high: closes.map((close) => close + 1),
                low: closes.map((close) => close - 1),
                close: closes.map((close, index) => (index === 2 ? null : close)),
                volume: closes.map(() => 1_000),
                ...more,
              },
            ],
          },
        },
      ],
      error: null,
    },
  },
});

const accounts = (currency: string, financialCurrency: string): Reply => ({
  body: {
    quoteSummary: {
      result: [
        {
          summaryDetail: { currency, marketCap: 2e10, trailingPE: 9, priceToSalesTrailing12Months: 0.5 },
          defaultKeyStatistics: { bookValue: 2.1, trailingEps: 0.1, priceToBook: 35 },
          financialData: { financialCurrency, totalRevenue: 4e10 },
        },
      ],
    },
  },
});

let server: LocalServer;
let fetch: GuardedFetch;
/** For what hangs: the others may take their time on a busy machine. */
let impatient: GuardedFetch;
let crumbs = 0;
/** A summary that says little more than when the company reports. */
const reporting = (earnings: object) => ({
  body: { quoteSummary: { result: [{ assetProfile: {}, calendarEvents: { earnings } }], error: null } },
});

const routes: Record<string, () => Reply> = {
  '/v8/finance/chart/ABC': () => chart(),
  '/v8/finance/chart/BRK-B': () => chart({}, 'BRK-B'),
  '/v10/finance/quoteSummary/BRK-B': () => ({
    body: {
      quoteSummary: { result: [{ quoteType: { symbol: 'BRK-B' }, summaryDetail: { marketCap: 1e12 } }] },
    },
  }),
  '/v8/finance/chart/EARLY': () => ({
    body: {
      chart: {
        result: [
          {
            meta: { symbol: 'EARLY', regularMarketPrice: 100, regularMarketTime: seconds('2025-09-12') },
            timestamp: [seconds('2025-09-15') - 3_600, seconds('2025-09-15') - 3_300],
            indicators: { quote: [{ close: [85, null] }] },
          },
        ],
      },
    },
  }),
  '/v8/finance/chart/BAD': () => chart({ low: closes.map(() => -1) }),
  '/v8/finance/chart/ODD': () => ({ body: { chart: 'maintenance' } }),
  '/v8/finance/chart/GONE': () => ({
    status: 404,
    body: { chart: { result: null, error: { code: 'Not Found', description: 'No data found' } } },
  }),
  '/v8/finance/chart/BUSY': () => ({ status: 429, body: 'Too Many Requests' }),
  '/v8/finance/chart/PAGE': () => ({ body: '<!doctype html><title>Will be right back</title>' }),
  '/v8/finance/chart/VOID': () => ({ body: {} }),
  '/v8/finance/chart/NULL': () => ({ body: { chart: { result: null, error: null } } }),
  '/v8/finance/chart/OTHER': () => chart(),
  '/v8/finance/chart/DOWN': () => ({ status: 503, body: 'try later' }),
  '/v8/finance/chart/SHUT': () => ({ status: 403, body: 'denied' }),
  '/v8/finance/chart/SLOW': () => ({ hang: true }),
  '/v8/finance/chart/DRIP': () => ({ drip: true }),
  '/v10/finance/quoteSummary/PAGE': () => ({ body: '<html>consent</html>' }),
  '/v10/finance/quoteSummary/VOID': () => ({ body: {} }),
  '/v10/finance/quoteSummary/BARE': () => ({ body: { quoteSummary: { result: [{}], error: null } } }),
  '/v10/finance/quoteSummary/OTHER': () => ({
    body: { quoteSummary: { result: [{ quoteType: { symbol: 'ABC' }, summaryDetail: { beta: 1 } }] } },
  }),
  '/v10/finance/quoteSummary/BUSY': () => ({ status: 429, body: 'Too Many Requests' }),
  '/cookie': () => ({ status: 404, headers: { 'set-cookie': 'A3=abc; Path=/; HttpOnly' } }),
  '/v1/test/getcrumb': () => {
    crumbs += 1;
    return { body: `crumb/${crumbs}` };
  },
  '/v10/finance/quoteSummary/ABC': () => ({
    body: {
      quoteSummary: {
        result: [
          {
            financialData: {
              totalRevenue: 1_000,
              debtToEquity: { raw: 150, fmt: '150.00' },
              profitMargins: 'n/a',
            },
            summaryDetail: { trailingPE: 31.2, marketCap: 9e9 },
            assetProfile: { sector: 'Technology', industry: 'Consumer Electronics' },
            calendarEvents: { earnings: { earningsDate: [{ raw: 1761854400, fmt: '2025-10-30' }] } },
          },
        ],
        error: null,
      },
    },
  }),
  '/v10/finance/quoteSummary/WEEK': () => reporting({ earningsDate: [1769558400, 1769990400] }),
  '/v10/finance/quoteSummary/GUESS': () =>
    reporting({ earningsDate: [1761854400], isEarningsDateEstimate: true }),
  '/v10/finance/quoteSummary/DAY': () =>
    reporting({ earningsDate: [1769558400], isEarningsDateEstimate: false }),
  '/v10/finance/quoteSummary/VOD.L': () => accounts('GBp', 'EUR'),
  '/v10/finance/quoteSummary/TSCO.L': () => accounts('GBp', 'GBP'),
  '/v10/finance/quoteSummary/AAPL': () => accounts('USD', 'USD'),
  '/v10/finance/quoteSummary/DENIED': () => ({ status: 401, body: 'Invalid Crumb' }),
};

beforeAll(async () => {
  server = await startLocalServer((path) => routes[path]?.() ?? null);
  fetch = createGuardedFetch({ operatorBases: [server.url], timeoutMs: 60_000 });
  impatient = createGuardedFetch({ operatorBases: [server.url], timeoutMs: 500 });
});
afterAll(async () => {
  await Promise.all([fetch.close(), impatient.close()]);
  await server.close();
});

const prices = (by = fetch) => createYahooPrices({ fetch: by, baseUrl: server.url, now: () => 0 });
const bars = (symbol: string, asOf = '2025-09-15T13:00:00.000Z', by = fetch) =>
  prices(by).dailyBars({ symbol, asOf, days: 30, signal: noSignal() });

describe('Yahoo prices', () => {
  test('come as bars by exchange day, without the days it left empty and without today before the close', async () => {
    const series = await bars('abc');
    expect(series.bars.map((bar) => bar.date)).toEqual(DAYS.filter((_, index) => index !== 2).slice(0, -1));
    expect(series).toMatchObject({ symbol: 'ABC', currency: 'USD', source: 'yahoo', synthetic: false });
    expect((await bars('abc', '2025-09-15T20:00:00.000Z')).bars.at(-1)!.date).toBe('2025-09-15');
  });

  test('are asked for no later than the as-of', async () => {
    await bars('abc');
    const asked = new URL(server.asked.at(-1)!, server.url).searchParams;
    expect(Number(asked.get('period2'))).toBe(Date.parse('2025-09-15T13:00:00.000Z') / 1000);
    expect(Number(asked.get('period1'))).toBeLessThan(Number(asked.get('period2')) - 30 * 86_400);
  });

  test.each([
    ['BAD', 'malformed'],
    ['ODD', 'malformed'],
    ['GONE', 'not_found'],
    ['BUSY', 'rate_limited'],
    ['PAGE', 'malformed'],
    ['VOID', 'malformed'],
    ['NULL', 'malformed'],
    ['OTHER', 'malformed'],
    ['DOWN', 'unreachable'],
    ['SHUT', 'refused'],
  ])('of %s fail as %s', async (symbol, kind) => {
    await expect(bars(symbol)).rejects.toMatchObject({ name: 'SourceFailure', source: 'yahoo', kind });
  });

  test.each(['SLOW', 'DRIP'])('of %s, whose answer has no end, fail as unreachable', async (symbol) => {
    const failure = { name: 'SourceFailure', source: 'yahoo', kind: 'unreachable' };
    await expect(bars(symbol, undefined, impatient)).rejects.toMatchObject(failure);
  });

  test("of a symbol whose bars ended weeks ago are stale, not today's", async () => {
    await expect(bars('ABC', '2025-10-15T20:00:00.000Z')).rejects.toMatchObject({
      kind: 'stale',
      message: expect.stringContaining('the last bar is of 2025-09-15'),
    });
  });

  test('of a class share are asked for in its spelling, and come in ours', async () => {
    expect((await bars('BRK-B')).symbol).toBe('BRK.B');
    expect((await bars('brk.b')).bars.at(-1)!.symbol).toBe('BRK.B');
    const asOf = '2025-09-15T14:00:00.000Z';
    const last = await prices().lastPrice({ symbol: 'BRK.B', asOf, signal: noSignal() });
    expect(last?.price).toBe(118.4);
    expect(feedSymbol('feeds.finance.yahoo.com', 'BRK.B')).toBe('BRK-B');
    expect(feedSymbol('example.org', 'BRK.B')).toBe('BRK.B');
  });

  test('give the last trade, unless it came after the as-of', async () => {
    const last = (asOf: string) => prices().lastPrice({ symbol: 'ABC', asOf, signal: noSignal() });
    expect(await last('2025-09-15T14:00:00.000Z')).toEqual({
      price: 118.4,
      currency: 'USD',
      at: '2025-09-15T13:40:00.000Z',
      source: 'yahoo',
    });
    expect(await last('2025-09-15T13:39:00.000Z')).toBeNull();
  });

  test('give the last trade before the open, not the close of the day before', async () => {
    const asked = { symbol: 'EARLY', asOf: '2025-09-15T13:00:00.000Z', signal: noSignal() };
    expect(await prices().lastPrice(asked)).toMatchObject({ price: 85, at: '2025-09-15T12:30:00.000Z' });
  });
});

describe('Yahoo fundamentals', () => {
  const asOf = '2025-09-15T13:00:00.000Z';
  const source = (now = Date.parse(asOf)) =>
    createYahooFundamentals({
      fetch,
      baseUrl: server.url,
      cookieUrl: `${server.url}/cookie`,
      now: () => now,
      politeness: createPoliteness({ source: 'x', minIntervalMs: 0 }),
    });

  test('open a session of cookie and crumb once, and read numbers bare or wrapped', async () => {
    const one = source();
    const before = crumbs;
    const answer = await one.fundamentals({ symbol: 'ABC', asOf, signal: noSignal() });
    expect(answer).toEqual({
      figures: { marketCap: 9e9, trailingPE: 31.2, debtToEquity: 1.5, totalRevenue: 1_000 },
      publicAt: asOf,
      sector: 'Technology',
      industry: 'Consumer Electronics',
      earningsDates: ['2025-10-30'],
      earningsAt: '2025-10-30T20:00:00.000Z',
    });
    expect(server.headersOf(server.asked.length - 1).cookie).toBe('A3=abc');
    await expect(one.fundamentals({ symbol: 'DENIED', asOf, signal: noSignal() })).rejects.toMatchObject({
      kind: 'refused',
    });
    expect(crumbs).toBe(before + 1);
    await expect(one.fundamentals({ symbol: 'NONE', asOf, signal: noSignal() })).rejects.toMatchObject({
      kind: 'not_found',
    });
    expect(crumbs).toBe(before + 2);
  });

  test.each([
    ['PAGE', 'malformed'],
    ['VOID', 'malformed'],
    ['BARE', 'malformed'],
    ['OTHER', 'malformed'],
    ['BUSY', 'rate_limited'],
  ])('of %s fail as %s, whatever the status said', async (symbol, kind) => {
    const asked = source().fundamentals({ symbol, asOf, signal: noSignal() });
    await expect(asked).rejects.toMatchObject({ name: 'SourceFailure', source: 'yahoo-fundamentals', kind });
  });

  test.each([
    ['WEEK', { earningsDates: [], earningsWindow: { from: '2026-01-28', to: '2026-02-02' } }],
    ['GUESS', { earningsDates: [], earningsWindow: { from: '2025-10-30', to: '2025-10-30' } }],
    ['DAY', { earningsDates: ['2026-01-28'] }],
  ])('of %s tell a report from one that is only expected', async (symbol, expected) => {
    const { figures, publicAt, sector, industry, ...earnings } = await source().fundamentals({
      ...{ symbol, asOf, signal: noSignal() },
    });
    expect(earnings).toEqual(expected);
  });

  test('say what they are in, and leave out what would be set beside a price in another unit', async () => {
    const figures = async (symbol: string) =>
      (await source().fundamentals({ symbol, asOf, signal: noSignal() })).figures;
    const comparable = { marketCap: 2e10, trailingPE: 9, totalRevenue: 4e10 };
    const sales = { priceToSalesTrailing12Months: 0.5 };
    const perShare = { bookValue: 2.1, trailingEps: 0.1, priceToBook: 35 };
    expect(await figures('VOD.L')).toEqual({
      ...comparable,
      accountsCurrency: 'EUR',
      marketCapCurrency: 'GBP',
    });
    expect(await figures('TSCO.L')).toEqual({ ...comparable, ...sales, accountsCurrency: 'GBP' });
    expect(await figures('AAPL')).toEqual({
      ...{ ...comparable, ...sales, ...perShare },
      accountsCurrency: 'USD',
    });
  });

  test('of a class share are asked for in its spelling', async () => {
    const { figures } = await source().fundamentals({ symbol: 'BRK.B', asOf, signal: noSignal() });
    expect(figures).toEqual({ marketCap: 1e12 });
  });

  test('refuse an as-of in the past: Yahoo tells the present only', async () => {
    const later = source(Date.parse(asOf) + 3_600_000);
    await expect(later.fundamentals({ symbol: 'ABC', asOf, signal: noSignal() })).rejects.toMatchObject({
      kind: 'refused',
    });
  });
});
