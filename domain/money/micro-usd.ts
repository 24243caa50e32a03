// Money is integer micro-dollars (1 USD = 1,000,000). Doubles hold integers exactly up to 9e15, nine
// billion dollars.

export type MicroUsd = number;

export const MICRO_PER_USD = 1_000_000;

const DECIMAL = /^(\d{1,9})(?:\.(\d{1,6}))?$/;

/**
 * Reads a decimal dollar amount such as `25` or `0.000125`.
 * @throws RangeError for anything else: signs, exponents, more than six places.
 */
export const parseUsd = (text: string): MicroUsd => {
  const match = DECIMAL.exec(text.trim());
  if (!match)
    throw new RangeError(
      `amount "${text}" is not a dollar amount; accepted: digits with up to six places, such as 25 or 0.05`,
    );
  return Number(match[1]) * MICRO_PER_USD + Number((match[2] ?? '').padEnd(6, '0'));
};

/** Decimal dollars with six places, e.g. `0.012500`; the form of every amount in JSON output. */
export const formatUsd = (amount: MicroUsd): string => {
  const sign = amount < 0 ? '-' : '';
  const whole = Math.abs(amount);
  return `${sign}${Math.floor(whole / MICRO_PER_USD)}.${String(whole % MICRO_PER_USD).padStart(6, '0')}`;
};

/** Dollars for people: `$10.00`, `$0.0126`, `-$2.50`; two places at least, no zeros after those that count. */
export const usdText = (amount: MicroUsd): string => {
  const digits = formatUsd(Math.abs(amount)).replace(/(\.\d\d\d*?)0+$/, '$1');
  return `${amount < 0 ? '-' : ''}$${digits}`;
};

/** The same for an amount as documents have it (`0.012500`, `-2.500000`) or in dollars. */
export const dollarText = (usd: string | number): string => usdText(Math.round(Number(usd) * MICRO_PER_USD));

/** @throws RangeError unless `amount` is a safe integer of at least 0. */
export const assertMicroUsd = (amount: number, field: string): MicroUsd => {
  if (!Number.isSafeInteger(amount) || amount < 0) {
    throw new RangeError(`${field} is ${amount}; accepted: a whole number of micro-dollars of at least 0`);
  }
  return amount;
};
