import { peerFacts } from '../../activities/peer-facts';
import type { BarSeries } from '../../domain/market/bar';
import { type PriceSource, SourceFailure } from '../../sources/port';
import { createSyntheticPrices } from '../../sources/synthetic';

const ASOF = '2026-11-20T13:00:00.000Z';
const tape = createSyntheticPrices();

const ask = (symbol: string, prices: PriceSource = tape, sector: string | null = null) =>
  peerFacts({ symbol, asOf: ASOF, signal: AbortSignal.timeout(5_000), prices, sector, industry: null });

describe('peer facts', () => {
  it('compare a listed symbol with peers of its sector and exchange', async () => {
    const facts = await ask('SAP.DE');
    expect(facts).toMatchObject({ sector: 'Information Technology', peers: 1, peerSymbols: 'IFX.DE' });
    expect(facts.peerMedianReturn21dPercent).toEqual(expect.any(Number));
  });

  it('take the sector that fundamentals name, and nothing else for a symbol that is not listed', async () => {
    expect(await ask('ZZZZ', tape, 'Shipping')).toEqual({ sector: 'Shipping' });
    expect(await ask('ZZZZ')).toEqual({});
  });

  it('leave out peers whose prices cannot be had, and never use a bar that was not public', async () => {
    const asked: string[] = [];
    const broken: PriceSource = {
      ...{ name: 'test', synthetic: true },
      dailyBars: async (request): Promise<BarSeries> => {
        asked.push(request.asOf);
        if (request.symbol === 'MSFT') throw new SourceFailure('test', 'unreachable', 'down');
        return tape.dailyBars({ ...request, asOf: '2026-11-25T13:00:00.000Z' });
      },
    };
    const facts = await ask('AAPL', broken);
    expect(facts).toMatchObject({ peers: 2, peerSymbols: 'NVDA, AVGO' });
    expect(new Set(asked)).toEqual(new Set([ASOF]));
    const honest = await ask('AAPL', {
      ...broken,
      dailyBars: (request) =>
        request.symbol === 'MSFT'
          ? Promise.reject(new SourceFailure('test', 'unreachable', 'down'))
          : tape.dailyBars(request),
    });
    expect(facts).toEqual(honest);
  });
});
