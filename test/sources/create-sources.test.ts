// The sources put together: without internet they move on at once and say what is made up.
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

test('a base URL that is none is refused when the sources are made', () => {
  expect(() => createSources({ yahooBaseUrl: 'not a url' })).toThrow(/yahooBaseUrl "not a url".*http/);
});
