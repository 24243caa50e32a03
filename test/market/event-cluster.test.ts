import { eventClusterOf } from '../../domain/market/event-cluster';
import { toSubject } from '../../domain/market/subject';

it.each([
  ['market:kalshi/KXFED-26DEC-T4.25', 'market:kalshi/KXFED-26DEC-'],
  ['market:kalshi/KXCPI-26JUN-T0.1', 'market:kalshi/KXCPI-26JUN-'],
  ['market:kalshi/KXCPI-26JUN-T-0.1', 'market:kalshi/KXCPI-26JUN-'],
  ['market:kalshi/KXBTCMAX150-25-SEP30-149999.99', 'market:kalshi/KXBTCMAX150-25-'],
  ['market:kalshi/KXFED-26DEC', 'market:kalshi/KXFED-26DEC'],
  ['market:polymarket/a-b-c', 'market:polymarket/a-b-c'],
  ['equity:BRK.B', 'equity:BRK.B'],
])('%s stands or falls with %s', (subject, cluster) => {
  expect(eventClusterOf(subject)).toBe(cluster);
  expect(subject.startsWith(cluster)).toBe(true);
});

it('a strike that is spelled otherwise stands or falls with the same event', () => {
  expect(eventClusterOf(toSubject('market:Kalshi/kxfed-26dec-t4.25'))).toBe('market:kalshi/KXFED-26DEC-');
});
