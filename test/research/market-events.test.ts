import { covers, parseMarketEvent } from '../../domain/research/market-events';

const RECEIVED = '2026-03-02T14:30:00.000Z';
const read = (input: unknown, more = {}) => parseMarketEvent(input, { receivedAt: RECEIVED, ...more });
const earnings = { id: 'e1', type: 'earnings', symbols: ['AAPL'], reason: 'Q4' };

describe('market events', () => {
  test('the documented signal is read', () => {
    expect(read(earnings)).toEqual({
      id: 'e1',
      type: 'earnings',
      scope: { kind: 'symbols', subjects: ['equity:AAPL'] },
      reason: 'Q4',
      at: RECEIVED,
      world: null,
    });
  });

  test.each(['market_crash', 'rate_change', 'geopolitical'])('%s covers everything', (type) => {
    const event = read({ id: 'e', type, reason: 'r' });
    expect(covers(event, { world: 'replay:0123456789ab', subject: 'market:kalshi/X' })).toBe(true);
  });

  test.each(['earnings', 'major_news'])('%s covers the named symbols only, however spelled', (type) => {
    const event = read({ id: 'e', type, reason: 'r', symbols: [' sap.de', 'SAP.DE', 'market:Kalshi/kxfed'] });
    expect(event.scope).toEqual({ kind: 'symbols', subjects: ['equity:SAP.DE', 'market:kalshi/KXFED'] });
    expect(covers(event, { world: 'live', subject: 'equity:Sap.de' })).toBe(true);
    expect(covers(event, { world: 'live', subject: 'equity:SAP' })).toBe(false);
  });

  test('a custom type declares its scope with each event', () => {
    expect(read({ ...earnings, type: 'fda_ruling', scope: 'symbols' }).scope.kind).toBe('symbols');
    const all = { id: 'e', type: 'war_room', reason: 'r', scope: 'everything' };
    expect(read(all).scope.kind).toBe('everything');
    expect(() => read({ ...earnings, type: 'fda_ruling' })).toThrow(
      'event.scope is missing; accepted: symbols or everything, because fda_ruling',
    );
    expect(() => read({ ...earnings, type: 'constructor' })).toThrow('event.scope is missing');
  });

  test('an event of one world does not cover another', () => {
    const event = read({ ...earnings, world: 'live' });
    expect(covers(event, { world: 'live', subject: 'equity:AAPL' })).toBe(true);
    expect(covers(event, { world: 'synthetic', subject: 'equity:AAPL' })).toBe(false);
  });

  test.each([
    ['an event that is no object', 'boom', 'event is not an object'],
    ['a missing id', { ...earnings, id: undefined }, 'event.id is missing; accepted'],
    ['an id with spaces', { ...earnings, id: 'a b' }, 'event.id is "a b"; accepted'],
    ['a missing type', { ...earnings, type: undefined }, 'event.type is missing; accepted'],
    ['a type in capitals', { ...earnings, type: 'Earnings' }, 'event.type is "Earnings"; accepted'],
    [
      'no symbols',
      { ...earnings, symbols: [] },
      'event.symbols is []; accepted: a list of 1 to 1000 symbols',
    ],
    ['symbols as text', { ...earnings, symbols: 'AAPL' }, 'event.symbols is "AAPL"; accepted'],
    ['an empty symbol', { ...earnings, symbols: ['AAPL', ' '] }, 'event.symbols[1] is " "; accepted'],
    [
      'a symbol of odd characters',
      { ...earnings, symbols: ['AA;DROP'] },
      'event.symbols[0] is "AA;DROP"; accepted',
    ],
    [
      'symbols for everything',
      { ...earnings, type: 'market_crash' },
      'event.symbols is ["AAPL"]; accepted: nothing',
    ],
    [
      'a scope against its type',
      { ...earnings, scope: 'everything' },
      'event.scope is "everything"; accepted: symbols, which',
    ],
    [
      'an unknown scope',
      { ...earnings, scope: 'sector' },
      'event.scope is "sector"; accepted: symbols or everything',
    ],
    ['no reason', { ...earnings, reason: '  ' }, 'event.reason is "  "; accepted'],
    [
      'an instant without a zone',
      { ...earnings, at: '2026-03-02T14:30:00' },
      'event.at is "2026-03-02T14:30:00"; accepted',
    ],
    [
      'a day that does not exist',
      { ...earnings, at: '2026-02-30T12:00:00Z' },
      'event.at is "2026-02-30T12:00:00Z"; accepted',
    ],
    [
      'an instant before year 1',
      { ...earnings, at: '0001-01-01T00:00:00+05:00' },
      'event.at is "0001-01-01T00:00:00+05:00"; accepted',
    ],
    ['an instant of year 0', { ...earnings, at: '0000-01-01T00:00:00Z' }, 'event.at is'],
    ['a NUL', { ...earnings, reason: 'a\u0000b' }, 'event.reason holds a NUL or half a character'],
    [
      'half a character in a prefixed symbol',
      { ...earnings, symbols: ['market:kalshi/\udc00'] },
      'event.symbols.0 holds a NUL or half a character',
    ],
    ['an unknown world', { ...earnings, world: 'mars' }, 'event.world is "mars"; accepted'],
  ])('%s is refused with the field named', (_name, input, message) => {
    expect(() => read(input)).toThrow(message);
  });

  test('the CLI may leave the id to the receiver', () => {
    expect(read({ ...earnings, id: undefined }, { fallbackId: 'cli-1' }).id).toBe('cli-1');
  });
});
