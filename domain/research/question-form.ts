// A question's canonical form (A12): what is left when only wording differs. Every rewrite merges spellings
// that mean the same; whatever is not known to be the same stays different, which is the safe side.
import { DATE_ROLES, markDates } from './question-dates';
import { markNumbers } from './question-numbers';
import { KEEP_CAPITALS, PHRASES, type Rewrite, ROLES } from './question-phrases';

const withoutAccents = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '');

/** Words that carry nothing by themselves. Prepositions, auxiliaries and quantifiers are not among them. */
const EMPTY_WORDS: ReadonlySet<string> = new Set(['a', 'an', 'the', "'s", 'will']);

const TOKEN =
  /@[\d-]+(?:-?q[1-4])?|\$?-?\d+(?:\.\d+)?%?|[<>]=?|'s\b|[\p{L}\p{N}-]*\p{L}[\p{L}\p{N}]*|\p{N}+|[^\s\p{P}]/gu;

const rewrite = (text: string, rules: readonly Rewrite[]): string =>
  rules.reduce((changed, [pattern, replacement]) => changed.replace(pattern, replacement), text);

/** A question that begins with its date has it moved to the end: "By @d, will x?" is "will x by @d". */
const dateLast = (text: string): string => {
  const role = `(?:${DATE_ROLES.join('|')})`;
  const leading = new RegExp(`^\\s*(${role}) (@[\\d-]+(?:q[1-4])?)\\s*,\\s*(.*?)[\\s?.!]*$`, 's').exec(text);
  return leading ? `${leading[3]} ${leading[1]} ${leading[2]}` : text;
};

const prepare = (question: string): string => {
  const straight = question
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201c\u201d"]/g, ' ')
    .replace(/[\u2013\u2014\u2212]/g, '-');
  // The first "Will" asks; a later one with a capital may be a name and is kept.
  const asked = rewrite(straight, KEEP_CAPITALS)
    .replace(/^\s*Will\s/, '')
    .replace(/(?<=\s)Will(?=\s)/g, 'Will_name');
  const parted = asked.replace(/(?<=\p{L})-(?=[\p{L}\p{N}])|(?<=\p{N})-(?=\p{L})/gu, ' ');
  const dated = markDates(withoutAccents(parted).replace(/\s+/g, ' ').trim());
  return dated.toLowerCase().replace(/\s+/g, ' ').trim();
};

const withRoleNames = (text: string): string =>
  rewrite(
    text,
    ROLES.map(([pattern, role]) => [pattern, `${role} `] as const),
  );

/** Frames may stand behind a leading date, so that dates move first, then frames go, until nothing changes. */
const unframed = (text: string): string => {
  const next = rewrite(dateLast(withRoleNames(text)), PHRASES)
    .replace(/\s+/g, ' ')
    .trim();
  return next === text ? next : unframed(next);
};

/**
 * The question as a list of canonical words: entities, numbers, dates with roles, comparisons, negations and
 * every other content word, in order. Two questions are the same only if the lists are equal.
 */
const canonicalWords = (question: string): readonly string[] => {
  const rewritten = markNumbers(unframed(prepare(question)));
  return (rewritten.match(TOKEN) ?? []).filter((word) => !EMPTY_WORDS.has(word) && word !== '-');
};

const NEGATIONS: ReadonlySet<string> = new Set([
  'not',
  'no',
  'never',
  'without',
  'neither',
  'nor',
  'none',
  'fail',
  'fails',
  'unlikely',
]);
const POLARITIES: ReadonlySet<string> = new Set([
  'rise',
  'fall',
  'win',
  'lose',
  '<',
  '>',
  '<=',
  '>=',
  'up',
  'down',
  'more',
  'fewer',
  'less',
  'higher',
  'lower',
]);

/** What the gate compares part by part, so that a refusal can say which part differs. */
export interface QuestionForm {
  readonly words: readonly string[];
  readonly dates: readonly string[];
  readonly numbers: readonly string[];
  readonly negations: readonly string[];
  readonly polarities: readonly string[];
}

const withRoles = (words: readonly string[]): readonly string[] =>
  words.flatMap((word, index) => {
    if (!word.startsWith('@')) return [];
    const before = words[index - 1] ?? '';
    return [(DATE_ROLES as readonly string[]).includes(before) ? `${before} ${word}` : word];
  });

export const questionForm = (question: string): QuestionForm => {
  const words = canonicalWords(question);
  return {
    words,
    dates: withRoles(words),
    numbers: words.filter((word) => /^\$?-?\d/.test(word)),
    negations: words.filter((word) => NEGATIONS.has(word)),
    polarities: words.filter((word) => POLARITIES.has(word)),
  };
};
