// Reading registry entries from the outside (the seed file, the CLI, HTTP) and combining the seed with what
// users added, edited or removed (D1). Everything wrong is named at its field.
import {
  type ModelEntry,
  type ModelPrice,
  type Retirement,
  SPEEDS,
  type Speed,
  STRENGTHS,
  type Strength,
} from './model';

type Fields = Readonly<Record<string, unknown>>;

const fail = (field: string, value: unknown, accepted: string): never => {
  throw new RangeError(`${field} is ${JSON.stringify(value) ?? 'missing'}; accepted: ${accepted}`);
};

const text = (fields: Fields, field: string, pattern: RegExp, accepted: string): string => {
  const value = fields[field];
  return typeof value === 'string' && pattern.test(value) ? value : fail(field, value, accepted);
};

const number = (fields: Fields, field: string, range: readonly [number, number], whole: boolean): number => {
  const value = fields[field];
  const ok =
    typeof value === 'number' &&
    Number.isFinite(value) &&
    value >= range[0] &&
    value <= range[1] &&
    (!whole || Number.isInteger(value));
  return ok ? value : fail(field, value, `a${whole ? ' whole' : ''} number from ${range[0]} to ${range[1]}`);
};

const flag = (fields: Fields, field: string): boolean => {
  const value = fields[field];
  return typeof value === 'boolean' ? value : fail(field, value, 'true or false');
};

const optionalText = (fields: Fields, field: string, pattern: RegExp, accepted: string): string | null =>
  fields[field] === null || fields[field] === undefined ? null : text(fields, field, pattern, accepted);

const MOST_PER_1M = 100_000 * 1_000_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

const micro = (fields: Fields, field: string): number => {
  const value = fields[field];
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= MOST_PER_1M
    ? value
    : fail(field, value, 'whole micro-dollars per 1M tokens, 0 to 100000000000');
};

const optionalMicro = (fields: Fields, field: string): number | null =>
  fields[field] === null || fields[field] === undefined ? null : micro(fields, field);

const objectAt = (value: unknown, field: string): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : fail(field, value, 'an object');

const parseLongContext = (value: unknown): ModelPrice['longContext'] => {
  if (value === null || value === undefined) return null;
  const fields = objectAt(value, 'longContext');
  return {
    aboveInputTokens: number(fields, 'aboveInputTokens', [1, 100_000_000], true),
    inputPer1M: micro(fields, 'inputPer1M'),
    outputPer1M: micro(fields, 'outputPer1M'),
    cachedInputPer1M: optionalMicro(fields, 'cachedInputPer1M'),
    cacheWritePer1M: optionalMicro(fields, 'cacheWritePer1M'),
  };
};

/** @throws RangeError naming the field and the accepted form. */
const parseModelPrice = (value: unknown): ModelPrice => {
  const fields = objectAt(value, 'price');
  const readOn = optionalText(fields, 'readOn', DAY, 'a day such as 2026-11-20');
  return {
    validFrom: text(fields, 'validFrom', /^\d{4}-\d{2}-\d{2}/, 'a day such as 2026-11-20'),
    inputPer1M: micro(fields, 'inputPer1M'),
    outputPer1M: micro(fields, 'outputPer1M'),
    cachedInputPer1M: optionalMicro(fields, 'cachedInputPer1M'),
    cacheWritePer1M: optionalMicro(fields, 'cacheWritePer1M'),
    longContext: parseLongContext(fields.longContext),
    source: text(fields, 'source', /\S/, 'where the figure is from'),
    ...(readOn === null ? {} : { readOn }),
  };
};

const parseRetirement = (value: unknown): Retirement => {
  const fields = objectAt(value, 'retirement');
  const day = 'a day such as 2026-11-20';
  return {
    on: text(fields, 'on', DAY, day),
    source: text(fields, 'source', /\S/, 'where the day is from'),
    readOn: text(fields, 'readOn', DAY, day),
  };
};

const parseStrengths = (value: unknown): readonly Strength[] => {
  const accepted = `a list of ${STRENGTHS.join(', ')}`;
  if (!Array.isArray(value)) return fail('strengths', value, accepted);
  for (const one of value) if (!STRENGTHS.includes(one)) fail('strengths', one, accepted);
  return [...new Set(value as Strength[])];
};

const parseSpeed = (value: unknown): Speed =>
  SPEEDS.includes(value as Speed) ? (value as Speed) : fail('speed', value, SPEEDS.join(', '));

const ID = /^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,127}$/;
const ID_FORM = 'letters, digits and . _ : / @ + -, at most 128';

/**
 * One registry entry from outside.
 * @throws RangeError naming the field and the accepted form.
 */
export const parseModelEntry = (input: unknown): ModelEntry => {
  const fields = objectAt(input, 'model');
  const price = fields.price === null || fields.price === undefined ? null : parseModelPrice(fields.price);
  const dated = fields.datedPrices;
  return {
    id: text(fields, 'id', ID, ID_FORM),
    provider: text(fields, 'provider', /^[a-z0-9][a-z0-9_-]{0,63}$/, 'a provider name such as openai'),
    providerModel: text(fields, 'providerModel', ID, `the name the provider's API expects: ${ID_FORM}`),
    displayName: text(fields, 'displayName', /\S/, 'a name to show'),
    quality: number(fields, 'quality', [0, 10], false),
    contextTokens: number(fields, 'contextTokens', [256, 100_000_000], true),
    maxOutputTokens: number(fields, 'maxOutputTokens', [1, 10_000_000], true),
    strengths: parseStrengths(fields.strengths),
    speed: parseSpeed(fields.speed),
    local: flag(fields, 'local'),
    statistical: flag(fields, 'statistical'),
    keyName: optionalText(
      fields,
      'keyName',
      /^[A-Z][A-Z0-9_]*$|^file:.+$/,
      'the name of an environment variable or file:PATH',
    ),
    researchSibling: optionalText(fields, 'researchSibling', ID, `the id of another model: ${ID_FORM}`),
    version: text(fields, 'version', /\S/, 'a version name'),
    price,
    ...(fields.retirement === undefined ? {} : { retirement: parseRetirement(fields.retirement) }),
    ...(dated === undefined
      ? {}
      : {
          datedPrices: Array.isArray(dated)
            ? dated.map(parseModelPrice)
            : fail('datedPrices', dated, 'a list'),
        }),
  };
};

/** The seed file `{ models: [...] }`. @throws RangeError naming the entry and the field. */
export const parseRegistry = (input: unknown): readonly ModelEntry[] => {
  const { models } = objectAt(input, 'registry');
  if (!Array.isArray(models)) return fail('models', models, 'a list of models');
  return models.map((one, index) => {
    try {
      return parseModelEntry(one);
    } catch (error) {
      throw new RangeError(`models[${index}].${(error as Error).message}`);
    }
  });
};

/**
 * An entry with some fields replaced, as `models edit` does.
 * @throws RangeError naming the field and the accepted form; the id cannot change.
 */
export const editedEntry = (entry: ModelEntry, change: Fields): ModelEntry => {
  if (change.id !== undefined && change.id !== entry.id) fail('id', change.id, 'nothing: an id is kept');
  const { datedPrices: _kept, ...plain } = entry;
  return parseModelEntry(change.price === undefined ? { ...entry, ...change } : { ...plain, ...change });
};
