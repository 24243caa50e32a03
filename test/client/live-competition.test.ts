import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CompetitionWords, readDefinition, readLiveDefinition } from '../../client/competition-input';

const FRIDAY_MORNING = '2026-11-20T13:00:00.000Z';
const read = (words: CompetitionWords, now = FRIDAY_MORNING) =>
  readLiveDefinition({ symbols: 'AAPL,MSFT', ...words }, now);

describe('a competition that trades day by day', () => {
  it('begins today while the open is ahead, else on the next trading day', () => {
    expect(read({})).toMatchObject({
      ...{ market: 'XNYS', symbols: ['AAPL', 'MSFT'], from: '2026-11-20', prices: null, liveWorld: 'live' },
    });
    expect(read({}, '2026-11-20T15:00:00.000Z').from).toBe('2026-11-23');
    expect(read({}, '2026-11-25T22:00:00.000Z').from).toBe('2026-11-27');
  });

  it('begins with the next UTC day in a market that never closes', () => {
    expect(read({ symbols: 'BTC-USD,ETH-USD' })).toMatchObject({ market: 'CRYPTO', from: '2026-11-21' });
    expect(read({ symbols: 'BTC-USD' }, '2026-11-20T23:45:00.000Z').from).toBe('2026-11-21');
  });

  it.each<[CompetitionWords, RegExp]>([
    [{ from: '2026-12-01' }, /prices and from belong to replays/],
    [{ prices: 'bars.csv' }, /belong to replays/],
    [
      { symbols: 'market:kalshi/KXFED-26DEC-T4.00' },
      /symbol "market:kalshi\/KXFED-26DEC-T4.00" is a contract.* no daily bars.*accepted: symbols in USD/,
    ],
    [{ symbols: 'AAPL,SAP.DE' }, /trades on another market/],
    [{ symbols: 'SAP.DE' }, /quoted in EUR; accepted: symbols in USD/],
    [{ to: '2026-11-01' }, /to 2026-11-01 is before the first day 2026-11-20/],
    [{ world: 'mars' }, /world "mars" is unknown; accepted: live, or synthetic/],
    [{ feeBps: 'many' }, /fee-bps "many" is not a number/],
  ])('%j is refused in words', (words, message) => {
    expect(() => read(words)).toThrow(message);
  });
});

it('a replay of a coin too small to be valued in micro-dollars is refused with its price', async () => {
  const prices = join(mkdtempSync(join(tmpdir(), 'coins-')), 'bars.csv');
  const close = (day: number) => (day === 3 ? 0.00001249 : 0.01);
  const lines = [1, 2, 3, 4].map((day) => {
    const price = close(day);
    return `SHIB-USD,2025-07-0${day},${price},${price},${price},${price},1`;
  });
  writeFileSync(prices, `symbol,time,open,high,low,close,volume\n${lines.join('\n')}\n`);
  const replay = (to: string) => readDefinition({ prices, symbols: 'SHIB-USD', from: '2025-07-01', to });
  await expect(replay('2025-07-04')).rejects.toThrow(
    /symbol SHIB-USD closes at \$0.00001249 on 2025-07-03: .* accepted: symbols above it/,
  );
  expect(await replay('2025-07-02')).toMatchObject({ symbols: ['SHIB-USD'] });
});
