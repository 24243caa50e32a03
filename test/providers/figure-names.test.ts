import { figuresOf } from '../../domain/market/figures';
import { syntheticBars } from '../../domain/market/synthetic-tape';
import { briefFigures } from '../../providers/house/brief-figures';

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

describe('figures of the feed and of the house brief', () => {
  it('mean the same wherever they share a name, so that a brief never contradicts its own feed', () => {
    const bars = syntheticBars('AAPL', 'XNYS', '2026-11-20T22:00:00.000Z').slice(-400);
    const feed = new Map(Object.entries(figuresOf(bars)).map(([name, value]) => [plain(name), value]));
    const shared = Object.entries(briefFigures(bars, {})).filter(([name]) => feed.has(plain(name)));
    expect(shared.map(([name]) => name)).toContain('lastClose');
    for (const [name, value] of shared) expect([name, value]).toEqual([name, feed.get(plain(name))]);
  });
});
