// From a model's text to a validated answer. The only liberty taken is a code fence around the whole text;
// numbers are never repaired, fields never filled in.
import { type AnswerForm, type AnswerProblem, validateAnswer } from '../domain/research/answer-forms';

const FENCED = /^```(?:json)?\s*\n([\s\S]*)\n```$/;

/** JSON keeps the last of two equal keys; an answer that gives two probabilities gives none. */
const DECIDING_FIELDS = ['p_yes', 'quality', 'confidence', 'signal'] as const;

/** Only in forms whose nesting is known: a user's own form may repeat a name in a list of objects. */
const BUILT_IN: ReadonlySet<string> = new Set(['forecast', 'verdict', 'analyst']);

const givesTwice = (text: string): string | undefined =>
  DECIDING_FIELDS.find((field) => (text.match(new RegExp(`(?<!\\\\)"${field}"\\s*:`, 'g')) ?? []).length > 1);

/**
 * Reads `text` as an answer of `form`.
 * @returns the answer, or in one sentence what is wrong with it; never a quotation
 */
export const readAnswerText = (
  form: AnswerForm,
  text: string,
): { readonly answer: unknown } | AnswerProblem => {
  const trimmed = text.trim();
  if (trimmed === '') return { problem: 'the answer is empty' };
  if (form.name === 'text') return validateAnswer(form, trimmed);
  const bare = FENCED.exec(trimmed)?.[1] ?? trimmed;
  let value: unknown;
  try {
    value = JSON.parse(bare);
  } catch {
    return { problem: 'the answer is not JSON' };
  }
  const twice = BUILT_IN.has(form.name) ? givesTwice(bare) : undefined;
  if (twice) return { problem: `the answer gives ${twice} twice` };
  return validateAnswer(form, value);
};
