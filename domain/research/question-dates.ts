// Dates in questions, brought to one form with their role: "by June 30, 2025" and "no later than 30 June 2025"
// are one, "by", "before", "on" and "after" are four.

const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
] as const;

const MONTH =
  '(january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\\.?';
const DAY = '(\\d{1,2})(?:st|nd|rd|th)?';
const YEAR = '(\\d{4})';

const two = (value: string | number): string => String(value).padStart(2, '0');
const monthNumber = (name: string): string =>
  two(MONTHS.findIndex((month) => month.startsWith(name.slice(0, 3).toLowerCase())) + 1);

interface Form {
  readonly pattern: RegExp;
  readonly write: (parts: readonly string[]) => string;
}

const form = (pattern: string, write: Form['write']): Form => ({
  pattern: new RegExp(`(?<![\\p{L}\\p{N}])${pattern}(?![\\p{L}\\p{N}])`, 'giu'),
  write,
});

// The longest forms first. `@` marks a date token, so that no later rule reads its digits as numbers.
const FORMS: readonly Form[] = [
  form('(\\d{4})-(\\d{2})-(\\d{2})', ([year, month, day]) => ` @${year}-${month}-${day} `),
  form(
    `${DAY} (?:of )?${MONTH},? ${YEAR}`,
    ([day, month, year]) => ` @${year}-${monthNumber(month!)}-${two(day!)} `,
  ),
  form(`${MONTH} ${DAY},? ${YEAR}`, ([month, day, year]) => ` @${year}-${monthNumber(month!)}-${two(day!)} `),
  form(`${MONTH},? (?:of )?${YEAR}`, ([month, year]) => ` @${year}-${monthNumber(month!)} `),
  form('q([1-4])[ ,]{0,2}(\\d{4})', ([quarter, year]) => ` @${year}-q${quarter} `),
  form('(first|second|third|fourth) quarter (?:of )?(\\d{4})', ([name, year]) => {
    const quarter = ['first', 'second', 'third', 'fourth'].indexOf(name!.toLowerCase()) + 1;
    return ` @${year}-q${quarter} `;
  }),
  form(`${MONTH} ${DAY}`, ([month, day]) => ` @${monthNumber(month!)}-${two(day!)} `),
  form(`${DAY} (?:of )?${MONTH}`, ([day, month]) => ` @${monthNumber(month!)}-${two(day!)} `),
  form(
    '(?<![$\u20ac\u00a3.,-])((?:19|20)\\d{2})(?!%|[.,]\\d| ?(?:dollars|points|million|billion))',
    ([year]) => ` @${year} `,
  ),
];

/** Replaces every date by one token: `@2025-06-30`, `@2025-06`, `@2025-q2`, `@06-30` (no year) or `@2025`. */
export const markDates = (text: string): string =>
  FORMS.reduce(
    (marked, { pattern, write }) =>
      marked.replace(pattern, (whole, ...rest) => {
        const offset = rest.find((part): part is number => typeof part === 'number') ?? 0;
        // Digits within a date token made by an earlier form stay as they are.
        if (/@[\d-]*$/.test(marked.slice(0, offset))) return whole;
        return write(rest.filter((part): part is string => typeof part === 'string').slice(0, -1));
      }),
    text,
  );

/** Roles that leave the meaning as it is when the phrase moves from the front of a question to its end. */
export const DATE_ROLES = [
  'by-end-of',
  'before-end-of',
  'by',
  'before',
  'after',
  'on',
  'in',
  'since',
  'until',
] as const;
