// Values for a field of an operation, made from its schema: of every type, and just outside and inside of what it
// allows. Each is a text, as it is typed, with what a program sends that means the same.
import { typedValue } from '../../client/field-errors';
import { bodyOf, type OpenApi, type OperationAt, resolvedIn, type Schema } from './open-api';

/** Of requests that count once; no field, and not in the document. */
export const KEY_HEADER = 'Idempotency-Key';
export type Place = 'path' | 'query' | 'body' | 'header';

export interface Field {
  readonly place: Place;
  readonly schema: Schema;
}

const within = (document: OpenApi, schema: Schema | null, path: readonly string[]): Schema => {
  const [first, ...rest] = path;
  if (first === undefined || !schema) return schema ?? {};
  const plain = resolvedIn(document, schema);
  const whole = plain.anyOf?.find(({ type }) => type === 'object') ?? plain;
  const open = typeof whole.additionalProperties === 'object' ? whole.additionalProperties : {};
  return within(document, whole.properties?.[first] ?? open, rest);
};

export const fieldOf = (document: OpenApi, { operation }: OperationAt, field: string): Field => {
  if (field === KEY_HEADER) return { place: 'header', schema: { type: 'string', maxLength: 200 } };
  const parameter = operation.parameters?.find(({ name }) => name === field);
  if (parameter) return { place: parameter.in as Place, schema: parameter.schema };
  const schema = within(document, bodyOf(document, operation), field.split('.'));
  return { place: 'body', schema: resolvedIn(document, schema) };
};

const typesIn = (schema: Schema): readonly string[] =>
  schema.anyOf
    ? schema.anyOf.flatMap(typesIn)
    : ([schema.type ?? (schema.enum ? 'string' : [])].flat() as string[]);

/** As a list is typed. */
export const listOf = (text: string): readonly string[] => [
  ...new Set(
    text
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
  ),
];

/** What a program sends that means what a person types. */
export const sentFor = ({ place, schema }: Field, text: string): unknown => {
  if (place !== 'body') return text;
  const types = typesIn(schema);
  if (types.includes('array')) return listOf(text);
  return types.length > 0 && types.every((type) => type === 'string' || type === 'null')
    ? text
    : typedValue(text);
};

const POOL = [
  '',
  ' ',
  ',',
  'no-such-value',
  'a b',
  'A$%',
  '-1',
  '0',
  '1.5',
  '7',
  '1e9',
  'true',
  'null',
  '[]',
  '{}',
];
const TIMES = ['2025-02-30', '2025-06-03', '2099-06-01', '2025-06-03T10:00:00Z', '0000-01-01'];

const tooLong = (length: number | undefined): readonly string[] =>
  length !== undefined && length < 500_000 ? ['x'.repeat(length + 1)] : [];

/** Of every type, and just outside and inside of what the schema allows. */
export const valuesFor = (document: OpenApi, schema: Schema): readonly string[] => {
  const item = schema.items ? resolvedIn(document, schema.items) : {};
  const many =
    (schema.maxItems ?? 1e9) < 2_000
      ? [Array.from({ length: schema.maxItems! + 1 }, (_, n) => `A${n}`).join(',')]
      : [];
  const edges = [schema.minimum, schema.maximum].flatMap((edge) =>
    edge === undefined || Math.abs(edge) > 1e15 ? [] : [edge - 1, edge, edge + 1],
  );
  return [
    ...POOL,
    ...TIMES,
    ...edges.map(String),
    ...tooLong(schema.maxLength),
    ...tooLong(item.maxLength),
    ...many,
  ];
};
