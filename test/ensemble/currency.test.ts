// Amounts become dollars only by a dated rate that was known on the day.
import { type ExchangeRate, toMicroUsd } from '../../domain/ensemble/currency';

const POUND: ExchangeRate = { currency: 'GBP', usdPerUnit: 1.25, date: '2025-09-12', source: 'test' };
const convert = (amount: number, currency: string, rate: ExchangeRate | null = POUND) =>
  toMicroUsd({ amount, currency, rate, asOf: '2025-09-15' });

describe('Conversion', () => {
  it('takes dollars without a rate', () => {
    expect(convert(12.34, 'USD', null)).toEqual({ status: 'converted', microUsd: 12_340_000, rate: null });
  });

  it('tells pence from pounds', () => {
    expect(convert(200, 'GBP')).toMatchObject({ status: 'converted', microUsd: 250_000_000 });
    expect(convert(200, 'GBp')).toEqual({ status: 'converted', microUsd: 2_500_000, rate: POUND });
    expect(convert(200, 'GBX')).toMatchObject({ microUsd: 2_500_000 });
  });

  it('rounds up once', () => {
    expect(convert(0.000_000_1, 'USD')).toMatchObject({ microUsd: 1 });
    expect(convert(0.07, 'GBP')).toMatchObject({ microUsd: 87_500 });
    expect(convert(1_234_567.890_123, 'USD')).toMatchObject({ microUsd: 1_234_567_890_123 });
    expect(convert(12_345_678.9, 'GBP')).toMatchObject({ microUsd: 15_432_098_625_000 });
  });

  it.each([
    ['no rate', null, /No dated exchange rate for GBP/],
    ['a rate of another currency', { ...POUND, currency: 'EUR' }, /is for EUR/],
    ['a rate of a later day', { ...POUND, date: '2025-09-16' }, /after the decision/],
    ['a rate more than a week old', { ...POUND, date: '2025-09-07' }, /too old/],
    ['a rate without a date', { ...POUND, date: '' }, /no date/],
    ['a rate of zero', { ...POUND, usdPerUnit: 0 }, /not a rate/],
  ])('refuses %s', (_, rate, why) => {
    const refused = convert(1, 'GBp', rate);
    expect(refused).toMatchObject({ status: 'refused', why: expect.stringMatching(why) });
  });

  it.each([-1, Number.NaN])('refuses the amount %p', (amount) => {
    expect(() => convert(amount, 'USD')).toThrow(/amount/);
  });
});

describe('Whole shares', () => {});
