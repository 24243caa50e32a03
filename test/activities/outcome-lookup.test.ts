import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dependencies } from '../../activities/dependencies';
import { createOutcomeLookup, type LookupContext } from '../../activities/outcome-lookup';
import type { Bar } from '../../domain/market/bar';
import type { Proposition, ResolutionRule } from '../../domain/market/proposition';
import { checkBars } from '../../sources/check-bars';
import { type MarketQuote, type PriceSource, SourceFailure } from '../../sources/port';

const bar = (date: string, close: number): Bar => ({
  symbol: 'AAPL',
  date,
  open: close,
  high: close,
  low: close,
  close,
  volume: 1,
});

const CLOSE_ABOVE: ResolutionRule = {
  type: 'close_above',
  symbol: 'AAPL',
  referenceDate: '2025-09-12',
  referenceClose: 234,
  resolveDate: '2025-09-19',
};

const proposition = (changes: Partial<Proposition> = {}): Proposition => ({
  id: 'p',
  world: 'live',
  subject: 'equity:AAPL',
  statement: 's',
  category: 'equity',
  asOf: '2025-09-12T20:00:00.000Z',
  resolvesAt: '2025-09-19T20:00:00.000Z',
  rule: CLOSE_ABOVE,
  priceOfYes: null,
  priceAt: null,
  ...changes,
});

const context = (now: string): LookupContext => ({
  now,
  prices: null,
  signal: new AbortController().signal,
});

const priceSource = (bars: readonly Bar[], synthetic = false): PriceSource => ({
  name: 'test',
  synthetic,
  dailyBars: async () => ({
    symbol: 'AAPL',
    currency: 'USD',
    source: 'test',
    synthetic,
    bars,
    fetchedAt: '2025-09-20T00:00:00.000Z',
  }),
});

const lookupWith = (sources: object) => createOutcomeLookup({ sources } as unknown as Dependencies).lookUp;

const SOON = '2025-09-19T21:00:00.000Z';
const LATE = '2025-10-10T00:00:00.000Z';

describe('a close above its reference', () => {
  test.each([
    ['yes when it rose', 101, true],
    ['no when it fell', 99, false],
    ['no when it stood still', 100, false],
  ])('is %s, by two closes of the same series', async (_, close, yes) => {
    const prices = priceSource([bar('2025-09-12', 100), bar('2025-09-19', close)]);
    // The reference close of the rule, 234, is of another split adjustment and must not be used.
    const found = await lookupWith({ prices })(proposition(), context(SOON));
    expect(found).toMatchObject({ status: 'resolved', yes, referenceValue: 100, resolvingValue: close });
    expect(found).toMatchObject({ resolvedAt: '2025-09-19T20:00:00.000Z' });
  });

  test('keeps what could be traded between the two closes, and where a day has no bar', async () => {
    const prices = priceSource([bar('2025-09-12', 100), bar('2025-09-15', 90), bar('2025-09-19', 91)]);
    const found = await lookupWith({ prices })(proposition(), context(SOON));
    const { entryPrices } = found as Extract<typeof found, { status: 'resolved' }>;
    expect(entryPrices?.map(({ price }) => price)).toEqual([90, 90, null, null, null, null, null, null, 91]);
    expect(entryPrices?.[0]?.at).toBe('2025-09-15T13:30:00.000Z');
  });

  test('waits in the live world until the closing auction shows, since what is read is kept', async () => {
    const prices = priceSource([bar('2025-09-12', 100), bar('2025-09-19', 101)]);
    const lookUp = lookupWith({ prices, synthetic: { prices } });
    const inParis = proposition({
      resolvesAt: '2025-09-19T15:30:00.000Z',
      rule: { ...CLOSE_ABOVE, symbol: 'AI.PA' } as ResolutionRule,
    });
    expect(await lookUp(inParis, context('2025-09-19T16:14:59.000Z'))).toEqual({
      status: 'pending',
      reason: 'the close of 2025-09-19 is settled from 2025-09-19T16:15:00.000Z on',
    });
    expect(await lookUp(inParis, context('2025-09-19T16:15:00.000Z'))).toMatchObject({ status: 'resolved' });
    const madeUp = { ...inParis, world: 'synthetic' };
    expect(await lookUp(madeUp, context('2025-09-19T15:30:00.000Z'))).toMatchObject({ status: 'resolved' });
  });

  test('waits for a missing close, and is void when it has not come after ten days', async () => {
    const lookUp = lookupWith({ prices: priceSource([bar('2025-09-12', 100)]) });
    expect(await lookUp(proposition(), context(SOON))).toMatchObject({ status: 'pending' });
    expect(await lookUp(proposition(), context(LATE))).toMatchObject({
      status: 'void',
      reason: 'test has no close of AAPL on 2025-09-19',
    });
  });

  test('never takes the made-up tape for the truth of the live world', async () => {
    const bars = [bar('2025-09-12', 100), bar('2025-09-19', 101)];
    const lookUp = lookupWith({
      prices: priceSource(bars, true),
      synthetic: { prices: priceSource(bars, true) },
    });
    expect(await lookUp(proposition(), context(LATE))).toMatchObject({ status: 'pending' });
    expect(await lookUp(proposition({ world: 'synthetic' }), context(SOON))).toMatchObject({
      status: 'resolved',
    });
  });

  test('stays pending while its source fails, and names the failure', async () => {
    const prices = {
      ...priceSource([]),
      dailyBars: () => Promise.reject(new SourceFailure('yahoo', 'rate_limited', 'later')),
    };
    expect(await lookupWith({ prices })(proposition(), context(LATE))).toEqual({
      status: 'pending',
      reason: 'yahoo: rate_limited',
    });
  });

  /** Its last bar is of that day; a source has checked its bars by the as-of, as the real ones do. */
  const endingOn = (last: string): PriceSource => {
    const source = priceSource(
      ['2025-09-12', '2025-09-16', '2025-09-19'].filter((date) => date <= last).map((date) => bar(date, 100)),
    );
    return {
      ...source,
      dailyBars: async (request) =>
        checkBars(await source.dailyBars(request), { market: 'XNYS', asOf: request.asOf }),
    };
  };

  test('is void ten days on where the share no longer trades, unless it did on its day', async () => {
    const taken = lookupWith({ prices: endingOn('2025-09-12') });
    expect(await taken(proposition(), context(SOON))).toMatchObject({ status: 'pending' });
    expect(await taken(proposition(), context(LATE))).toMatchObject({
      ...{ status: 'void', source: 'test' },
      reason: expect.stringMatching(/last bar is of 2025-09-12, 5 trading days before 2025-09-19/),
    });
    const halted = await lookupWith({ prices: endingOn('2025-09-16') })(proposition(), context(LATE));
    expect(halted).toMatchObject({ status: 'void', reason: 'test has no close of AAPL on 2025-09-19' });
    const later = await lookupWith({ prices: endingOn('2025-09-19') })(proposition(), context(LATE));
    expect(later).toMatchObject({ status: 'resolved', yes: false });
    const unknown = {
      ...priceSource([]),
      dailyBars: () => Promise.reject(new SourceFailure('yahoo', 'not_found', 'AAPL is unknown')),
    };
    expect(await lookupWith({ prices: unknown })(proposition(), context(LATE))).toEqual({
      ...{ status: 'void', source: 'yahoo', reason: 'AAPL is unknown' },
    });
  });

  test('waits for a longer price file where the one at hand ends before its day', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'lookup-')), 'prices.csv');
    const text = 'symbol,time,open,high,low,close,volume\nAAPL,2025-09-12,1,1,1,1,1\n';
    writeFileSync(path, text);
    const prices = { path, hash: createHash('sha256').update(text).digest('hex') };
    const work = lookupWith({ priceFile: () => endingOn('2025-09-12') })(proposition(), {
      ...context(LATE),
      prices,
    });
    expect(await work).toEqual({ status: 'pending', reason: 'test: stale' });
  });

  test('is refused from a price file that has changed since', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'lookup-')), 'prices.csv');
    writeFileSync(path, 'symbol,time,open,high,low,close,volume\nAAPL,2025-09-12,1,1,1,1,1\n');
    const hash = createHash('sha256').update('something else').digest('hex');
    const work = lookupWith({})(proposition(), { ...context(SOON), prices: { path, hash } });
    await expect(work).rejects.toThrow(/has changed since the request/);
  });
});

describe('a contract', () => {
  const quote = (result: MarketQuote['result'], closedAt?: string) => ({
    predictionMarkets: {
      kalshi: { name: 'kalshi', quote: async () => ({ result, closedAt, quotedAt: SOON }) },
    },
  });
  const contract = proposition({
    rule: { type: 'venue_settlement', venue: 'kalshi', contract: 'KXFED' },
  });

  test.each([
    ['yes', { status: 'resolved', yes: true, source: 'kalshi', resolvedAt: SOON }],
    ['no', { status: 'resolved', yes: false }],
    ['void', { status: 'void', source: 'kalshi' }],
    [null, { status: 'pending' }],
  ] as const)('that its venue settles to %s is so here', async (result, expected) => {
    expect(await lookupWith(quote(result))(contract, context(SOON))).toMatchObject(expected);
  });

  test.each([
    ['early, as it was closed', '2025-09-15T14:30:00.000Z', '2025-09-15T14:30:00.000Z'],
    ['in time, as it was seen', contract.resolvesAt, SOON],
    ['before it was asked, as it was asked', '2025-09-12T14:30:00.000Z', contract.asOf],
    ['ahead of now, as it was seen', LATE, SOON],
  ])('that its venue answered %s, is dated so', async (_what, closedAt, resolvedAt) => {
    const found = await lookupWith(quote('yes', closedAt))(contract, context(SOON));
    expect(found).toMatchObject({ status: 'resolved', resolvedAt });
  });

  test('is dated as it was seen by the world’s clock, whatever that of the worker says', async () => {
    const now = '2025-09-19T21:05:00.000Z';
    const found = await lookupWith(quote('yes'))(contract, context(now));
    expect(found).toMatchObject({ status: 'resolved', resolvedAt: now });
  });
});

test('what is entered by hand waits for a hand', async () => {
  const found = await lookupWith({})(proposition({ rule: { type: 'manual' } }), context(LATE));
  expect(found).toEqual({ status: 'pending', reason: 'its outcome is entered or imported by hand' });
});
