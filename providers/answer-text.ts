// From a model's text to a validated answer. The only liberties taken are thoughts said before it and a code fence
// around it; numbers are never repaired, fields never filled in.
import { type AnswerForm, type AnswerProblem, validateAnswer } from '../domain/research/answer-forms';

const FENCE = '```';
const THOUGHT = { open: '<think>', close: '</think>' } as const;

/**
 * The text behind what a reasoning model thought, where its server leaves that in the answer. Some templates write the
 * opening mark themselves: then the closing one has a line of its own.
 */
const afterThoughts = (text: string): string => {
  const end = text.indexOf(THOUGHT.close);
  if (end < 0 || /^[{[]/.test(text)) return text;
  const rest = text.slice(end + THOUGHT.close.length);
  const isAlone = text[end - 1] === '\n' && /^(\n|$)/.test(rest) && !text.includes(THOUGHT.open);
  return text.startsWith(THOUGHT.open) || isAlone ? rest.trim() : text;
};

const unlabelled = (block: string): string => block.replace(/^json(?=\s|$)/i, '');

/** What stands in the fence around the whole text, or in the only one there is; else the text. */
const bareOf = (text: string): string => {
  if (text.startsWith(FENCE) && text.endsWith(`\n${FENCE}`))
    return unlabelled(text.slice(FENCE.length, -FENCE.length));
  const [before = '', block, ...after] = text.split(FENCE);
  const isOnly = !/^[{[]/.test(text) && after.length === 1 && (before === '' || before.endsWith('\n'));
  return isOnly ? unlabelled(block!) : text;
};

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
  const trimmed = afterThoughts(text.trim());
  if (trimmed === '') return { problem: 'the answer is empty' };
  if (form.name === 'text') return validateAnswer(form, trimmed);
  const bare = bareOf(trimmed);
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
