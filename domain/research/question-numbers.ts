// Numbers of a question in one spelling, whatever they were written as.

const NUMBER_WORDS: readonly string[] = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
];

// A single letter is a scale only behind an amount of money: "50m" may be a race.
const SCALES: readonly (readonly [RegExp, number])[] = [
  [/(\d+(?:\.\d+)?) ?thousand\b|(?<=\$)(\d+(?:\.\d+)?)k\b/g, 1e3],
  [/(\d+(?:\.\d+)?) ?(?:million|mn)\b|(?<=\$)(\d+(?:\.\d+)?)m\b/g, 1e6],
  [/(\d+(?:\.\d+)?) ?(?:billion|bn)\b|(?<=\$)(\d+(?:\.\d+)?)b\b/g, 1e9],
  [/(\d+(?:\.\d+)?) ?trillion\b|(?<=\$)(\d+(?:\.\d+)?)t\b/g, 1e12],
];

const oneForm = (digits: string): string => String(Number(digits));

/** Numbers in one spelling: no thousands separators, scales multiplied out, units attached, words as digits. */
export const markNumbers = (text: string): string => {
  const words = NUMBER_WORDS.reduce(
    (marked, word, value) => marked.replace(new RegExp(`\\b${word}\\b`, 'g'), String(value)),
    text,
  );
  const plain = words.replace(/(?<![\d@-])\d{1,3}(?:,\d{3})+(?!\d)/g, (whole) => whole.replace(/,/g, ''));
  const scaled = SCALES.reduce(
    (marked, [pattern, factor]) =>
      marked.replace(pattern, (_whole, digits?: string, money?: string) =>
        String(Math.round(Number(digits ?? money) * factor * 1e6) / 1e6),
      ),
    plain,
  );
  return scaled
    .replace(/(?<![\d@.-])\d+\.\d+(?!\d)/g, oneForm)
    .replace(/(\d) ?%/g, '$1% ')
    .replace(/\$ ?(\d+(?:\.\d+)?)|(\d+(?:\.\d+)?) (?:us )?dollars?\b/g, (_whole, a, b) => ` $${a ?? b} `);
};
