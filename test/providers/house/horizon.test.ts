// How far ahead a statement about a close looks: in days on which the symbol's own market trades.
import type { Proposition } from '../../../domain/market/proposition';
import { horizonDaysOf } from '../../../providers/house/horizon';

const days = (symbol: string, referenceDate: string, resolveDate: string): number =>
  horizonDaysOf({
    rule: { type: 'close_above', symbol, referenceDate, referenceClose: 100, resolveDate },
  } as Proposition);

test('a coin trades at weekends too, a share does not', () => {
  expect(days('BTC-USD', '2026-03-06', '2026-03-11')).toBe(5);
  expect(days('AAPL', '2026-03-06', '2026-03-13')).toBe(5);
});

test('each exchange has its own holidays: five of its trading days are five', () => {
  // Thanksgiving closes New York alone, Easter Frankfurt on a Friday and a Monday.
  expect(days('AAPL', '2025-11-24', '2025-12-02')).toBe(5);
  expect(days('SAP.DE', '2025-11-24', '2025-12-01')).toBe(5);
  expect(days('SAP.DE', '2026-04-01', '2026-04-10')).toBe(5);
});

test('what does not turn on a close has no horizon', () => {
  expect(horizonDaysOf(null)).toBe(0);
  const rule = { type: 'venue_settlement', venue: 'kalshi', contract: 'X' } as const;
  expect(horizonDaysOf({ rule } as Proposition)).toBe(0);
});
