// Doctor on what is not broken yet: prices that cannot be had, over real HTTP on this machine, and a disk that fills.
import { lastKnownTradingDay, sessionTimes } from '../../domain/market/calendar';
import { checkSpace } from '../../stack/diagnosis';
import { checkPrices } from '../../stack/price-check';
import { startLocalServer } from '../sources/local-server';

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
  expect(await checkPrices(server.url)).toMatchObject({
    ...{ name: 'prices', ok: true, fix: null },
    detail: expect.stringMatching(/^yahoo answers, to \d{4}-\d\d-\d\d$/),
  });
  await server.close();
});

test('one that cannot be reached, or answers something else, is a warning that says so', async () => {
  const server = await startLocalServer(() => ({ body: { chart: 'closed for today' } }));
  const odd = await checkPrices(server.url);
  await server.close();
  const closed = await checkPrices(server.url);
  expect([odd, closed]).toMatchObject([
    { ok: true, detail: expect.stringContaining('not of the known form'), fix: expect.any(String) },
    { ok: true, detail: expect.stringContaining('cannot be reached'), fix: expect.any(String) },
  ]);
});

test('a disk with less than 2 GB free is a warning', () => {
  expect(checkSpace('/home/desk', 2.1 * 2 ** 30)).toMatchObject({ ok: true, fix: null });
  expect(checkSpace('/home/desk', 1.9 * 2 ** 30)).toMatchObject({
    ...{ ok: true, detail: '/home/desk, 1.9 GB free' },
    fix: expect.stringContaining('CONCLAVE_HOME'),
  });
});
