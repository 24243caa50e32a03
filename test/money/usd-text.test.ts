// Amounts as people read them.
import { usdText } from '../../domain/money/micro-usd';

test.each([
  [0, '$0.00'],
  [10_000_000, '$10.00'],
  [10_500_000, '$10.50'],
  [12_600, '$0.0126'],
  [1, '$0.000001'],
  [-2_500_000, '-$2.50'],
])('%d micro-dollars are %s', (amount, text) => {
  expect(usdText(amount)).toBe(text);
});
