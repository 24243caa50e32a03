// What people type as symbols, read into subjects.
import { readSubjects } from '../../client/inputs';

test('a symbol counts once, however it is spelled', () => {
  expect(readSubjects('AAPL, aapl,equity:AAPL,SAP.DE')).toEqual(['equity:AAPL', 'equity:SAP.DE']);
});
