// A question's canonical form (A12): what is left when only wording differs. Every rewrite here merges spellings
// that mean the same; whatever is not known to be the same stays different, which is the safe side.
import { DATE_ROLES, markDates } from './question-dates';

/** What may follow a verb that stands without an object. */
const NO_OBJECT =
  '(?= (?:by|from|above|below|before|after|on|in|as|compared|relative|versus|since|until|during|between|within|at|to \\$?\\d)(?![\\p{L}])| ?[@<>?.!,]|$)';

/** Rewrites of whole phrases, the longest first within a meaning. Case is folded before. */
const PHRASES: readonly (readonly [RegExp, string])[] = [
  // Contractions, so that negation is one word.
  [/\bcan(?:no|')t\b/g, 'can not'],
  [/\bwon't\b/g, 'will not'],
  [/\bshan't\b/g, 'shall not'],
  [/(\p{L})n't\b/gu, '$1 not'],
  [/\bwhat's\b/g, 'what is'],
  // Frames that only ask.
  [/^(?:please |kindly |hi,? |hello,? )+/g, ''],
  [
    /^(?:estimate|give|tell me|state|assess|forecast) (?:me )?(?:the |your )?(?:probability|chance|likelihood|odds) (?:that|of it that) /g,
    '',
  ],
  [/^what (?:is|are) the (?:probability|chance|chances|likelihood|odds) that /g, ''],
  [/^how (?:likely|probable) is it that /g, ''],
  [/^(?:do you (?:think|believe|expect)(?: that)?|is it likely that|in your view,?) /g, ''],
  [/^(?:is|are) (.+?) going to (?!the\b|a\b)/g, '$1 '],
  // Comparisons; strict and not strict stay apart.
  [
    /\b(?:greater than or equal to|no (?:less|fewer|lower) than|not (?:less|fewer|lower) than|equal to or (?:above|greater than|more than)|at a minimum)\b/g,
    '>=',
  ],
  [
    /\b(?:less than or equal to|no (?:more|greater|higher) than|not (?:more|greater|higher) than|at (?:the )?most)\b/g,
    '<=',
  ],
  [/\bat least\b/g, '>='],
  [/\b(?:more|greater|higher|larger) than\b/g, '>'],
  [/\b(?:fewer|less|lower|smaller) than\b/g, '<'],
  [/\bexceeds?\b/g, 'be >'],
  [/\babove (?=\$?\d)/g, '> '],
  [/\bbelow (?=\$?\d)/g, '< '],
  // Directions, only where nothing is raised or declined: "decline the offer" is no fall.
  [
    new RegExp(
      `\\b(?:increase[sd]?|ris(?:e|es|en)|rose|go(?:es|ne)? up|went up|climb(?:s|ed)?)${NO_OBJECT}`,
      'gu',
    ),
    'rise',
  ],
  [
    new RegExp(
      `\\b(?:decrease[sd]?|fall(?:s|en)?|fell|declin(?:e|es|ed)|drop(?:s|ped)?|go(?:es|ne)? down|went down)${NO_OBJECT}`,
      'gu',
    ),
    'fall',
  ],
  // Verbs in their forms.
  [/\b(?:wins|won|winning)\b/g, 'win'],
  [/\b(?:loses|lost|losing)\b/g, 'lose'],
  [/\b(?:be|is|are|was|were|been|being)\b/g, 'be'],
  // Names.
  [/\b(?:u\.s\.a\.?|u\.s\.|usa|the united states of america|united states)(?!\p{L})/gu, 'unitedstates'],
  [/\b(?:u\.k\.|uk|united kingdom)(?!\p{L})/gu, 'unitedkingdom'],
  [/\b(?:e\.u\.|eu|european union)(?!\p{L})/gu, 'europeanunion'],
  // Relations.
  [/\b(?:as )?compared (?:to|with)\b|\brelative to\b|\bversus\b|\bvs\b\.?/g, 'versus'],
  [/\bclosing price\b/g, 'close price'],
  [/\bper ?cent\b/g, '%'],
  [/\bhave (?=(?:rise|fall|win|lose|be)\b|not\b)/g, ''],
];

/** Roles of dates, after dates have become tokens. */
const ROLES: readonly (readonly [RegExp, (typeof DATE_ROLES)[number]])[] = [
  [/\bby the end of (?=@)/g, 'by-end-of'],
  [/\bby end of (?=@)/g, 'by-end-of'],
  [/\bbefore the end of (?=@)/g, 'before-end-of'],
  [/\b(?:no later than|on or before|by) (?=@)/g, 'by'],
  [/\b(?:prior to|ahead of|before) (?=@)/g, 'before'],
  [/\bafter (?=@)/g, 'after'],
  [/\bon (?=@)/g, 'on'],
  [/\b(?:in|during) (?=@)/g, 'in'],
  [/\bsince (?=@)/g, 'since'],
  [/\b(?:until|till) (?=@)/g, 'until'],
];

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
const markNumbers = (text: string): string => {
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

// Letters that fold to a common word when small: who, us, it. Marked before case is lost.
const KEEP_CAPITALS: readonly (readonly [RegExp, string])[] = [
  [/\bUS(?= dollars?\b)/g, ''],
  [/\bUS\b/g, 'unitedstates'],
  [/\bWHO\b/g, 'worldhealthorganization'],
  [/\bIT\b/g, 'informationtechnology'],
  [/\bUK\b/g, 'unitedkingdom'],
  [/\bEU\b/g, 'europeanunion'],
];

const withoutAccents = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '');

/** Words that carry nothing by themselves. Prepositions, auxiliaries and quantifiers are not among them. */
const EMPTY_WORDS: ReadonlySet<string> = new Set(['a', 'an', 'the', "'s", 'will']);

const TOKEN =
  /@[\d-]+(?:-?q[1-4])?|\$?-?\d+(?:\.\d+)?%?|[<>]=?|'s\b|[\p{L}\p{N}-]*\p{L}[\p{L}\p{N}]*|\p{N}+|[^\s\p{P}]/gu;

const rewrite = (text: string, rules: readonly (readonly [RegExp, string])[]): string =>
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
