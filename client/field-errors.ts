// Turns a schema's complaints into messages that name the field and the accepted form, for the API and for
// commands alike, so that the same mistake reads the same everywhere.
import type { z } from 'zod';
import { UNSTORABLE_TEXT, unstorableText } from '../domain/storable';
import { BadInput } from './inputs';

export interface FieldError {
  readonly field: string;
  readonly message: string;
}

type Issue = z.core.$ZodIssue;

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'missing';
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
};

const acceptedOf = (issue: Issue): string => {
  switch (issue.code) {
    case 'invalid_value':
      return issue.values.map(String).join(', ');
    case 'too_small':
      return `${issue.origin === 'number' || issue.origin === 'int' ? 'a number' : `a length (${issue.origin})`} of at least ${issue.minimum}`;
    case 'too_big':
      return `${issue.origin === 'number' || issue.origin === 'int' ? 'a number' : `a length (${issue.origin})`} of at most ${issue.maximum}`;
    case 'invalid_type':
      return `${issue.expected}`;
    case 'unrecognized_keys':
      return 'no such field';
    default:
      return issue.message;
  }
};

const at = (issue: Issue, place: string): string => {
  const path = issue.path.map(String).join('.');
  const extra = issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : '';
  return [path, extra].filter(Boolean).join('.') || place;
};

/** Value that the issue is about, read from the input. */
const valueAt = (input: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );

/** One entry per issue. `place` (body, query, path) names an input that is wrong as a whole. */
export const fieldErrors = (error: z.ZodError, input: unknown, place: string): readonly FieldError[] =>
  error.issues.map((issue) => {
    const field = at(issue, place);
    const accepted = issue.message.includes('accepted:') ? issue.message : `accepted: ${acceptedOf(issue)}`;
    return { field, message: `${field} is ${shown(valueAt(input, issue.path))}; ${accepted}` };
  });

/** What `schema` makes of an input from outside. @throws BadInput naming the first wrong field. */
export const readInput = <T extends z.ZodType>(schema: T, input: unknown): z.output<T> => {
  const bad = unstorableText(input);
  if (bad) throw new BadInput(`${bad} ${UNSTORABLE_TEXT}`);
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new BadInput(fieldErrors(parsed.error, input, 'input')[0]?.message ?? 'the input is malformed');
};

/** JSON where it is JSON, so that 5, true, null and {"a": "b"} can be typed on a command line; else text. */
export const typedValue = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
