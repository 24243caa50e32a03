import { eventClusterOf } from '../../domain/market/event-cluster';

it.each([
  ['market:kalshi/KXFED-26DEC-T4.25', 'market:kalshi/KXFED-26DEC-'],
  ['market:kalshi/KXFED-26DEC', 'market:kalshi/KXFED-26DEC'],
  ['market:polymarket/a-b-c', 'market:polymarket/a-b-c'],
  ['equity:BRK-B', 'equity:BRK-B'],
])('%s stands or falls with %s', (subject, cluster) => {
  expect(eventClusterOf(subject)).toBe(cluster);
  expect(subject.startsWith(cluster)).toBe(true);
});
