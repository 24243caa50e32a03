// Deterministic answers of any JSON Schema: the same model and prompt always give the same answer, so that
// a repeated call can be told from a different one.
import { createHash } from 'node:crypto';

type Schema = Readonly<Record<string, unknown>>;

/** A number in [0, 1) from any text. */
export const fraction = (text: string): number =>
  createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32;

/** The probability that the server's model `model` gives for `prompt`: in [.05, .95], two decimals. */
export const probabilityFor = (model: string, prompt: string): number =>
  Math.round((0.05 + 0.9 * fraction(`${model}|${prompt}`)) * 100) / 100;

const SIGNAL_CHOICES = 'bullish';

const numberFor = (name: string, seed: string, p: number): number => {
  if (name.startsWith('p_')) return p;
  if (name === 'quality') return 70 + Math.floor(25 * fraction(seed));
  if (name === 'confidence') return Math.round(100 * (0.5 + fraction(seed) / 2)) / 100;
  return Math.round(10_000 * fraction(seed)) / 100;
};

const chosen = (choices: readonly unknown[], seed: string, p: number): unknown => {
  if (choices.includes(SIGNAL_CHOICES)) return p > 0.5 ? 'bullish' : p < 0.5 ? 'bearish' : 'neutral';
  return choices[Math.floor(fraction(seed) * choices.length)];
};

const typeOf = (schema: Schema): unknown => (Array.isArray(schema.type) ? schema.type[0] : schema.type);

/** A value of `schema`; `p` is used for every field whose name begins with `p_`. */
export const answerFor = (schema: Schema, name: string, seed: string, p: number): unknown => {
  if (Array.isArray(schema.enum)) return chosen(schema.enum, seed, p);
  switch (typeOf(schema)) {
    case 'object':
      return Object.fromEntries(
        Object.entries((schema.properties ?? {}) as Readonly<Record<string, Schema>>).map(([key, field]) => [
          key,
          answerFor(field, key, `${seed}.${key}`, p),
        ]),
      );
    case 'array':
      return [0, 1].map((index) => answerFor((schema.items ?? {}) as Schema, name, `${seed}[${index}]`, p));
    case 'number':
      return numberFor(name, seed, p);
    case 'integer':
      return Math.round(numberFor(name, seed, p));
    case 'boolean':
      return fraction(seed) > 0.5;
    default:
      return `Test server's ${name.replace(/_/g, ' ')} number ${Math.floor(1000 * fraction(seed))}.`;
  }
};
