// A small checker for the part of JSON Schema that answer forms use, so that a user's own analyst form is
// enforced as strictly as the built-in ones without a validator library in deterministic code.

export type JsonSchema = Readonly<Record<string, unknown>>;

const typeOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
};

const matchesType = (type: unknown, value: unknown): boolean => {
  if (Array.isArray(type)) return type.some((one) => matchesType(one, value));
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'number') return Number.isFinite(value);
  return typeOf(value) === type;
};

const checkRange = (schema: JsonSchema, value: unknown, at: string): string | null => {
  if (typeof value === 'number') {
    if (typeof schema.minimum === 'number' && value < schema.minimum)
      return `${at} is below ${schema.minimum}`;
    if (typeof schema.maximum === 'number' && value > schema.maximum)
      return `${at} is above ${schema.maximum}`;
  }
  const length = typeof value === 'string' || Array.isArray(value) ? value.length : null;
  const least = schema.minLength ?? schema.minItems;
  const most = schema.maxLength ?? schema.maxItems;
  if (length !== null && typeof least === 'number' && length < least) return `${at} is too short`;
  if (length !== null && typeof most === 'number' && length > most) return `${at} is too long`;
  return null;
};

const checkObject = (schema: JsonSchema, value: Record<string, unknown>, at: string): string | null => {
  const properties = (schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>;
  for (const name of (schema.required ?? []) as readonly string[])
    if (!Object.hasOwn(value, name)) return `${at}.${name} is missing`;
  for (const [name, field] of Object.entries(value)) {
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (!known && schema.additionalProperties === false) return `${at} has a field the form does not know`;
    const wrong = known && checkAgainstSchema(known, field, `${at}.${name}`);
    if (wrong) return wrong;
  }
  return null;
};

/**
 * Checks `value` against `schema` (type, enum, const, ranges, lengths, properties, required, items,
 * additionalProperties: false). Numbers must be finite.
 * @returns null when it holds, else one sentence that names the field and never quotes the value.
 */
export const checkAgainstSchema = (schema: JsonSchema, value: unknown, at = 'answer'): string | null => {
  if (schema.type !== undefined && !matchesType(schema.type, value)) return `${at} is not of the right type`;
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) return `${at} is not one of the choices`;
  if (schema.const !== undefined && schema.const !== value) return `${at} is not the fixed value`;
  const range = checkRange(schema, value, at);
  if (range) return range;
  if (Array.isArray(value) && schema.items) {
    for (const [index, item] of value.entries()) {
      const wrong = checkAgainstSchema(schema.items as JsonSchema, item, `${at}[${index}]`);
      if (wrong) return wrong;
    }
  }
  return typeOf(value) === 'object' ? checkObject(schema, value as Record<string, unknown>, at) : null;
};
