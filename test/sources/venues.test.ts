// Kalshi and Polymarket, from answers in their forms served locally.
import { createGuardedFetch, type GuardedFetch } from '../../sources/fetch';
import { createKalshi } from '../../sources/kalshi';
import { createPoliteness } from '../../sources/politeness';
import { createPolymarket } from '../../sources/polymarket';
import { type LocalServer, noSignal, startLocalServer } from './local-server';

const NOW = '2026-11-20T12:00:00.000Z';
const CONDITION = `0x${'a'.repeat(64)}`;
const OTHER_CONDITION = `0x${'b'.repeat(64)}`;

const kalshiMarket = (ticker: string, more: object) => ({
  market: {
    ticker,
    event_ticker: 'KXFED-26DEC',
    title: 'Fed funds rate in December',
    yes_sub_title: 'Above 4.00 %',
    status: 'active',
    result: '',
    close_time: '2026-12-16T19:00:00Z',
    ...more,
  },
});
const gammaMarket = (more: object) => ({
  id: '501',
  question: 'Will it rain in Oslo on Monday?',
  conditionId: CONDITION,
  slug: 'rain-oslo-monday',
  endDate: '2026-11-30T12:00:00Z',
  closed: false,
  outcomes: '["Yes", "No"]',
  outcomePrices: '["0.61", "0.39"]',
  bestBid: 0.6,
  bestAsk: 0.64,
  lastTradePrice: 0.59,
  events: [{ slug: 'oslo-weather', title: 'Oslo weather' }],
  ...more,
});

const kalshiMarkets: Record<string, unknown> = {
  CENTS: kalshiMarket('CENTS', { yes_bid: 40, yes_ask: 44, last_price: 50 }),
  DOLLARS: kalshiMarket('DOLLARS', {
    yes_bid_dollars: '0.3000',
    yes_ask_dollars: '0.3100',
    last_price_dollars: '0.5',
  }),
  ONESIDED: kalshiMarket('ONESIDED', { yes_bid: 0, yes_ask: 7, last_price: 5 }),
  FALLEN: kalshiMarket('FALLEN', { yes_bid: 0, yes_ask: 3, last_price: 40 }),
  RISEN: kalshiMarket('RISEN', { yes_bid: 97, yes_ask: 100, last_price: 80 }),
  WIDE: kalshiMarket('WIDE', { yes_bid: 10, yes_ask: 60, last_price: 40 }),
  ABANDONED: kalshiMarket('ABANDONED', { yes_bid: 0, yes_ask: 60, last_price: 40 }),
  CROSSED: kalshiMarket('CROSSED', { yes_bid: 50, yes_ask: 45, last_price: 48 }),
  UNTRADED: kalshiMarket('UNTRADED', { yes_bid: 0, yes_ask: 100, last_price: 0 }),
  WON: kalshiMarket('WON', { status: 'finalized', result: 'yes', last_price: 98 }),
  LOST: kalshiMarket('LOST', { status: 'finalized', result: 'no', last_price: 3 }),
  OTHER: { markets: [] },
  LONG: kalshiMarket('LONG', { title: '-'.repeat(1_001), yes_bid: 40, yes_ask: 44 }),
  ASKED: kalshiMarket('ANSWERED', { yes_bid: 40, yes_ask: 44 }),
};

let server: LocalServer;
let fetch: GuardedFetch;
beforeAll(async () => {
  server = await startLocalServer((path, query) => {
    const ticker = /^\/markets\/([A-Z]+)$/.exec(path)?.[1];
    if (ticker) return kalshiMarkets[ticker] ? { body: kalshiMarkets[ticker] } : null;
    if (path === '/markets/501') return { body: gammaMarket({}) };
    if (path === '/markets/502') return { body: gammaMarket({ id: '502', outcomes: '["Oslo", "Bergen"]' }) };
    if (path === '/markets/503') return { body: gammaMarket({ id: '503', outcomes: 'Yes or No' }) };
    if (path === '/markets/504') return { body: gammaMarket({ id: '504', outcomes: '["No", "Yes"]' }) };
    if (path === '/markets/505') return { body: gammaMarket({}) };
    if (path !== '/markets') return null;
    const closed = query.get('closed') === 'true';
    const settled = {
      ...{ closed: true, umaResolutionStatus: 'resolved', outcomePrices: '["1", "0"]' },
      closedTime: '2026-11-19 06:40:23+00',
    };
    if (query.get('condition_ids')?.toLowerCase() === CONDITION)
      return { body: closed ? [gammaMarket(settled)] : [] };
    if (query.get('slug') === 'pending')
      return { body: [gammaMarket({ slug: 'pending', closed: true, outcomePrices: '["0.97","0.03"]' })] };
    if (query.get('slug') === 'split')
      return { body: [gammaMarket({ ...settled, slug: 'split', outcomePrices: '["0.5","0.5"]' })] };
    const nearly = ['["0.9999996","0.0000004"]', '["0.0000004","0.9999996"]'];
    const pool = ['pool-yes', 'pool-no'].indexOf(query.get('slug') ?? '');
    if (pool >= 0)
      return {
        body: [gammaMarket({ ...settled, slug: query.get('slug'), outcomePrices: nearly[pool] })],
      };
    if (query.get('slug') === 'snow-oslo-monday') return { body: [gammaMarket({})] };
    if (query.get('condition_ids') === OTHER_CONDITION) return { body: [gammaMarket({})] };
    return { body: [] };
  });
  fetch = createGuardedFetch({ operatorBases: [server.url], timeoutMs: 60_000 });
});
afterAll(async () => {
  await fetch.close();
  await server.close();
});

const options = () => ({
  fetch,
  baseUrl: server.url,
  now: () => Date.parse(NOW),
  politeness: createPoliteness({ source: 'x', minIntervalMs: 0 }),
});
const ask = (contract: string, asOf = NOW) => ({ contract, asOf, signal: noSignal() });
const kalshi = (contract: string, asOf?: string) => createKalshi(options()).quote(ask(contract, asOf));
const polymarket = (contract: string, asOf?: string) =>
  createPolymarket(options()).quote(ask(contract, asOf));

describe('Kalshi', () => {
  test('gives the mid of bid and ask, in cents or in dollars', async () => {
    expect(await kalshi('cents')).toEqual({
      venue: 'kalshi',
      contract: 'CENTS',
      title: 'Fed funds rate in December: Above 4.00 %',
      category: '',
      priceOfYes: 0.42,
      quotedAt: NOW,
      closesAt: '2026-12-16T19:00:00.000Z',
      event: 'KXFED-26DEC',
      result: null,
    });
    expect((await kalshi('DOLLARS')).priceOfYes).toBeCloseTo(0.305, 12);
  });

  test.each([
    ['the last trade where one side is empty', 'ONESIDED', 0.05],
    ['no more than the one ask, whatever was paid before', 'FALLEN', 0.03],
    ['no less than the one bid', 'RISEN', 0.97],
    ['none where the sides are far apart', 'WIDE', null],
    ['none where the only side is far away', 'ABANDONED', null],
    ['none where the sides cross', 'CROSSED', null],
    ['none where nothing was traded', 'UNTRADED', null],
  ])('has for a price %s', async (_what, ticker, price) => {
    expect(await kalshi(ticker)).toMatchObject({ contract: ticker, priceOfYes: price, result: null });
  });

  test('is refused with a question longer than any', async () => {
    await expect(kalshi('LONG')).rejects.toMatchObject({ kind: 'malformed' });
  });

  test('reports the settled result with its price', async () => {
    const closedAt = '2026-12-16T19:00:00.000Z';
    expect(await kalshi('WON')).toMatchObject({ result: 'yes', priceOfYes: 1, closedAt });
    expect(await kalshi('LOST')).toMatchObject({ result: 'no', priceOfYes: 0 });
  });

  test('fails in words for the unknown, the odd and what cannot be a ticker', async () => {
    await expect(kalshi('NOPE')).rejects.toMatchObject({ kind: 'not_found' });
    await expect(kalshi('OTHER')).rejects.toMatchObject({ kind: 'malformed' });
    await expect(kalshi('../admin')).rejects.toThrow(/not a Kalshi ticker/);
  });
});

describe('Polymarket', () => {
  test('gives the mid of bid and ask by market id', async () => {
    expect(await polymarket('501')).toMatchObject({
      venue: 'polymarket',
      contract: '501',
      title: 'Will it rain in Oslo on Monday?',
      priceOfYes: 0.62,
      event: 'oslo-weather',
      result: null,
    });
  });

  test('reads the price of yes where yes is the second outcome', async () => {
    expect((await polymarket('504')).priceOfYes).toBeCloseTo(0.38, 12);
  });

  test('looks among the closed ones too, and calls a market settled only when the oracle has', async () => {
    const closedAt = '2026-11-19T06:40:23.000Z';
    expect(await polymarket(CONDITION)).toMatchObject({ result: 'yes', priceOfYes: 1, closedAt });
    const pending = await polymarket('pending');
    expect(pending).toMatchObject({ result: null, priceOfYes: 0.97 });
    expect(pending).not.toHaveProperty('closedAt');
    expect(await polymarket('split')).toMatchObject({ result: 'void', priceOfYes: 0.5 });
  });

  test('takes a settled price that falls short of 1 or 0 by rounding for what it stands for', async () => {
    expect(await polymarket('pool-yes')).toMatchObject({ result: 'yes', priceOfYes: 1 });
    expect(await polymarket('pool-no')).toMatchObject({ result: 'no', priceOfYes: 0 });
  });

  test('fails in words for the unknown, for other than yes/no and for an odd form', async () => {
    await expect(polymarket('nothing-like-it')).rejects.toMatchObject({ kind: 'not_found' });
    await expect(polymarket('502')).rejects.toMatchObject({ kind: 'refused' });
    await expect(polymarket('503')).rejects.toMatchObject({ kind: 'malformed' });
    await expect(polymarket('a b')).rejects.toThrow(/not a Polymarket id/);
  });
});

test('neither venue takes another market for the one that was asked for', async () => {
  const another = { kind: 'malformed', message: expect.stringContaining('was answered with') };
  await expect(kalshi('ASKED')).rejects.toMatchObject(another);
  await expect(polymarket('505')).rejects.toMatchObject(another);
  await expect(polymarket('snow-oslo-monday')).rejects.toMatchObject(another);
  await expect(polymarket(OTHER_CONDITION)).rejects.toMatchObject(another);
  expect(await polymarket(`0x${'A'.repeat(64)}`)).toMatchObject({ result: 'yes' });
});

test('neither venue answers for an as-of in the past, since its price of now would be look-ahead', async () => {
  const past = '2026-11-20T11:49:00.000Z';
  await expect(kalshi('CENTS', past)).rejects.toMatchObject({ kind: 'refused' });
  await expect(polymarket('501', past)).rejects.toMatchObject({ kind: 'refused' });
});
