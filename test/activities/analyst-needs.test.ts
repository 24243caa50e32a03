// What counts as an analyst's data: prices are not key figures, and a dossier's own price line is no news.
import { type AnalystData, missingNeeds } from '../../activities/analyst-needs';
import type { Bar } from '../../domain/market/bar';
import { figuresOf } from '../../domain/market/figures';

const bars: readonly Bar[] = Array.from({ length: 80 }, (_unused, index) => ({
  symbol: 'ABC',
  date: new Date(Date.UTC(2025, 0, 2) + index * 86_400_000).toISOString().slice(0, 10),
  ...{ open: 100, high: 101, low: 99, close: 100 + (index % 5), volume: 1_000 },
}));
const PRICES = '80 daily bars of ABC, 2025-01-02 to 2025-03-22';
const item = (title: string) => ({
  source: 'feed',
  title,
  publicAt: '2025-03-01T00:00:00.000Z',
  fetchedAt: '2025-03-01T00:00:00.000Z',
});
const data = (facts: Record<string, number | string>, titles: readonly string[]): AnalystData => ({
  bars,
  dossier: { facts, items: titles.map(item), quote: null },
});
const ALL = ['bars', 'facts', 'news'];

test('figures made of the bars, sector and peers are no key figures, and the price line is no news', () => {
  const known = data(
    { ...figuresOf(bars), priceCurrency: 'USD', sector: 'Energy', peers: 3, peerSymbols: 'A, B, C' },
    [PRICES],
  );
  expect(missingNeeds(ALL, known)).toEqual(['facts', 'news']);
});

test('a figure of prices is no key figure either where the bars no longer give it', () => {
  expect(figuresOf(bars)).not.toHaveProperty('highOfYear');
  expect(missingNeeds(['facts'], data({ highOfYear: 105 }, []))).toEqual(['facts']);
});

test('one key figure and one headline are enough', () => {
  expect(
    missingNeeds(ALL, data({ ...figuresOf(bars), trailingPE: 20 }, [PRICES, 'ABC wins a contract'])),
  ).toEqual([]);
});

test('a contract has no analyst data: its price is no key figure, and the question of its venue no news', () => {
  const question = { ...item('Fed funds rate above 4 %?'), source: 'kalshi' };
  const quote = { venue: 'kalshi' } as NonNullable<AnalystData['dossier']>['quote'];
  const contract = { facts: { priceOfYes: 0.4 }, items: [question], quote };
  expect(missingNeeds(ALL, { bars: [], dossier: contract })).toEqual(ALL);
  const reported = { ...contract, items: [question, item('The Fed holds')] };
  expect(missingNeeds(ALL, { bars: [], dossier: reported })).toEqual(['bars', 'facts']);
});

test('without a dossier and bars everything is missing, and an analyst that needs nothing lacks nothing', () => {
  const nothing: AnalystData = { bars: [], dossier: null };
  expect(missingNeeds(ALL, nothing)).toEqual(ALL);
  expect(missingNeeds([], nothing)).toEqual([]);
});
