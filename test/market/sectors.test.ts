// Sectors and peers: no symbol twice, and peers that trade on the same exchange.
import { marketOfSymbol } from '../../domain/market/market';
import { peersOf, sectorOf } from '../../domain/market/sectors';
import { loadPriceFile } from '../../sources/price-file';
import { describeWithShared } from '../support/shared-data';

test('peers share sector and exchange, and never hold the symbol itself', () => {
  for (const symbol of ['AAPL', 'sap.de', 'HSBA.L', 'MC.PA', '7203.T', 'BTC-USD', 'BRK.B']) {
    const peers = peersOf(symbol, 50);
    expect(peers.length).toBeGreaterThan(0);
    expect(new Set(peers).size).toBe(peers.length);
    expect(peers).not.toContain(symbol.toUpperCase());
    for (const peer of peers) {
      expect(sectorOf(peer)).toBe(sectorOf(symbol));
      expect(marketOfSymbol(peer)).toBe(marketOfSymbol(symbol));
    }
  }
});

test('a symbol that is not listed has no sector and no peers', () => {
  expect(sectorOf('NOSUCH')).toBeNull();
  expect(peersOf('NOSUCH')).toEqual([]);
  expect(peersOf('AAPL', 3)).toHaveLength(3);
});

describeWithShared('data/market/nasdaq100-daily.csv.gz', 'the recorded Nasdaq tape', (path) => {
  test('has a sector for nearly every company', async () => {
    const { symbols } = await loadPriceFile(path);
    const missing = symbols.filter((symbol) => sectorOf(symbol) === null);
    expect(missing.length).toBeLessThan(8);
  });
});
