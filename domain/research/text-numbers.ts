// Numbers in running text, with their signs, scales and per cent, for checking what a brief claims (A10).

export interface TextNumber {
  /** As written, for messages. */
  readonly written: string;
  readonly value: number;
  /** Decimal places written: what rounding the writer allowed himself. */
  readonly places: number;
  readonly percent: boolean;
  /** The scale word's factor; 1 without one. */
  readonly scale: number;
}

const SCALES: Readonly<Record<string, number>> = {
  k: 1e3,
  thousand: 1e3,
  m: 1e6,
  mn: 1e6,
  million: 1e6,
  b: 1e9,
  bn: 1e9,
  billion: 1e9,
  t: 1e12,
  trillion: 1e12,
};

const NUMBER =
  /(?<![\p{L}\d.,])([-+\u2212]?)[$\u20ac\u00a3]?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s?(%|per ?cent\b|(?:thousand|million|billion|trillion|bn|mn)\b|[kmbt]\b)?/giu;

// Dates, clock times and "20-day" lengths are not claims about the market.
const NOT_CLAIMS =
  /\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z?)?|\b\d{1,2}:\d{2}(?::\d{2})?\b|\b(?:19|20)\d{2}\b|\b\d+[- ](?:trading[- ])?(?:day|week|month|year|hour|minute)s?\b|\b\d+(?:st|nd|rd|th)\b|\bQ[1-4]\b|\b(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\.? \d{1,2}\b/giu;

/** Every number of a text that claims something; dates, times, years, lengths of time and ordinals are left out. */
export const numbersIn = (text: string): readonly TextNumber[] =>
  [...text.replace(NOT_CLAIMS, ' ').matchAll(NUMBER)].map((match) => {
    const [written, sign, whole, fraction = '', unit = ''] = match as unknown as string[];
    const suffix = unit?.toLowerCase() ?? '';
    const scale = SCALES[suffix] ?? 1;
    const plain = Number(`${whole?.replace(/,/g, '')}${fraction}`);
    return {
      written: written?.trim() ?? '',
      value: (sign === '-' || sign === '\u2212' ? -plain : plain) * scale,
      places: Math.max(0, (fraction?.length ?? 0) - 1),
      percent: suffix === '%' || /^per ?cent$/.test(suffix),
      scale,
    };
  });

const within = (claim: TextNumber, known: number): boolean => {
  const rounding = (0.5 * claim.scale) / 10 ** claim.places;
  return Math.abs(Math.abs(claim.value) - Math.abs(known)) <= rounding * 1.0001 + Math.abs(known) * 1e-9;
};

/**
 * True when `claim` is one of the known values, rounded as written. Signs are the text's affair ("fell 3 %"),
 * a percentage may be known as a share, and whole numbers up to 10 are counts ("two drivers") that need none.
 */
export const isSupported = (claim: TextNumber, known: readonly number[]): boolean =>
  (!claim.percent && claim.scale === 1 && Number.isInteger(claim.value) && Math.abs(claim.value) <= 10) ||
  known.some((value) => within(claim, value) || (claim.percent && within(claim, value * 100)));
