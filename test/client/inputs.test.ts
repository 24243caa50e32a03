// What people type as symbols, read into subjects.
import { readSubjects } from '../../client/inputs';

test('a symbol counts once, however it is spelled', () => {
  expect(readSubjects('AAPL, aapl,equity:AAPL,SAP.DE')).toEqual(['equity:AAPL', 'equity:SAP.DE']);
});

test('a contract counts once as well, spelled as its venue spells it', () => {
  expect(
    readSubjects(
      'market:Kalshi/kxfed-26dec-t4.00, market:kalshi/KXFED-26DEC-T4.00, market:Polymarket/0xABcd, market:polymarket/Will-It-Rain',
    ),
  ).toEqual([
    'market:kalshi/KXFED-26DEC-T4.00',
    'market:polymarket/0xabcd',
    'market:polymarket/will-it-rain',
  ]);
});
