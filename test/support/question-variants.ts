// Makes paraphrases and traps from real questions. The paraphrases use wordings that people use, some of which
// the gate does not know; the traps change the meaning by as little as one word.

/** Linear congruential generator (Numerical Recipes), so that every run makes the same set. */
export const seeded = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

export interface Variant {
  readonly how: string;
  readonly original: string;
  readonly text: string;
}

type Change = (text: string, random: () => number) => string | null;

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);

const replaceOne = (
  pattern: RegExp,
  replacement: string | ((match: string, ...groups: string[]) => string),
): Change => {
  return (text) => {
    if (!pattern.test(text)) return null;
    const changed = text.replace(pattern, replacement as never);
    return changed === text ? null : changed;
  };
};

const pick = <T>(list: readonly T[], random: () => number): T =>
  list[Math.floor(random() * list.length)] as T;

/** `Will X ...?` behind another frame. */
const frame =
  (before: string, after = '?'): Change =>
  (text) =>
    /^Will /.test(text) ? `${before}${text.slice(5).replace(/\?\s*$/, '')}${after}` : null;

const insertWill =
  (before: string): Change =>
  (text) => {
    // "the probability that X will ...": will goes behind a one-word subject, where it surely belongs.
    const match = /^Will ([A-Z][\w'.-]*(?: [A-Z][\w'.-]*)*) ([a-z].*)$/.exec(text);
    return match ? `${before}${match[1]} will ${match[2]}` : null;
  };

const isoToWords: Change = (text) => {
  const match = /(\d{4})-(\d{2})-(\d{2})/.exec(text);
  return match
    ? text.replace(match[0], `${MONTHS[Number(match[2]) - 1]} ${Number(match[3])}, ${match[1]}`)
    : null;
};

const wordsToDayFirst: Change = (text) => {
  const match = new RegExp(`(${MONTHS.join('|')}) (\\d{1,2}), (\\d{4})`).exec(text);
  return match ? text.replace(match[0], `${match[2]} ${match[1]} ${match[3]}`) : null;
};

const wordsToIso: Change = (text) => {
  const match = new RegExp(`(${MONTHS.join('|')}) (\\d{1,2}),? (\\d{4})`).exec(text);
  const month = match ? String(MONTHS.indexOf(match[1] as string) + 1).padStart(2, '0') : '';
  return match ? text.replace(match[0], `${match[3]}-${month}-${String(match[2]).padStart(2, '0')}`) : null;
};

const dateFirst: Change = (text) => {
  const match = /^Will (.*) (by|before|in|on) ((?:[A-Z][a-z]+ \d{1,2}, )?\d{4}(?:-\d{2}-\d{2})?)\?$/.exec(
    text,
  );
  if (!match) return null;
  const role = match[2] as string;
  return `${role[0]?.toUpperCase()}${role.slice(1)} ${match[3]}, will ${match[1]}?`;
};

/** Wordings that keep the meaning. Those from `unknown` on are not in the gate's list. */
const KEEPING: Readonly<Record<string, Change>> = {
  'frame: probability that': insertWill('What is the probability that '),
  'frame: how likely': insertWill('How likely is it that '),
  'frame: do you think': insertWill('Do you think '),
  'frame: chance': insertWill('What is the chance that '),
  'frame: please estimate': insertWill('Please estimate the probability that '),
  'date: words': isoToWords,
  'date: day first': wordsToDayFirst,
  'date: iso': wordsToIso,
  'date: first': dateFirst,
  'role: no later than': replaceOne(
    /\bby (?=\d{4}-\d{2}-\d{2}|[A-Z][a-z]+ \d{1,2}, \d{4})/,
    'no later than ',
  ),
  'role: prior to': replaceOne(/\bbefore (?=\d{4}|[A-Z][a-z]+ \d{1,2}, \d{4})/, 'prior to '),
  'comparison: above': replaceOne(/\bhigher than\b/, 'greater than'),
  'comparison: more': replaceOne(/\bmore than\b/, 'greater than'),
  'comparison: at least': replaceOne(/\bat least\b/, 'no less than'),
  'comparison: relative': replaceOne(/\bas compared to\b|\bcompared to\b/, 'relative to'),
  'verb: risen': replaceOne(/\bhave increased\b/, 'have risen'),
  'number: percent': replaceOne(/(\d)%/, '$1 percent'),
  'number: digits': replaceOne(/\bten\b/, '10'),
  'number: thousands': replaceOne(/\b(\d{1,3}),(\d{3})\b/, '$1$2'),
  'name: US': replaceOne(/\bU\.S\.(?=\s)|\bUS\b(?!\$)/, 'United States'),
  'spelling: case': (text) => text.replace(/^./, (first) => first.toLowerCase()),
  'spelling: spaces': (text) => `  ${text.replace(/ /g, '  ')} `,
  'spelling: no mark': replaceOne(/\?\s*$/, ''),
  'spelling: quotes': replaceOne(/'([^']+)'(?=\s)/, '\u2018$1\u2019'),
  // Kept meanings that the gate does not know: it refuses them, which is its right.
  'unknown: odds on': frame('What are the odds on ', ' happening?'),
  'unknown: exceed': replaceOne(/\bhigher than\b/, 'in excess of'),
  'unknown: world': replaceOne(/\baccording to Wikipedia, /i, 'per Wikipedia, '),
  'unknown: take': replaceOne(/\bwin the\b/, 'take the'),
  'unknown: background': (text) => `${text} Think step by step.`,
};

const numberUp: Change = (text) => {
  const match = /(?<![\d-])\d+(?![\d-])/.exec(
    text.replace(/\b(19|20)\d{2}(-\d{2}-\d{2})?/g, (whole) => '-'.repeat(whole.length)),
  );
  return match
    ? text.slice(0, match.index) + String(Number(match[0]) + 1) + text.slice(match.index + match[0].length)
    : null;
};

const yearUp: Change = (text) => {
  const match = /\b20\d{2}\b/.exec(text);
  return match ? text.replace(match[0], String(Number(match[0]) + 1)) : null;
};

const dayUp: Change = (text) => {
  const match = /\b(\d{4}-\d{2}-)(\d{2})\b/.exec(text);
  return match
    ? text.replace(match[0], `${match[1]}${String((Number(match[2]) % 28) + 1).padStart(2, '0')}`)
    : null;
};

const monthChange: Change = (text) => {
  const match = new RegExp(`\\b(${MONTHS.join('|')})(?= \\d)`).exec(text);
  return match ? text.replace(match[0], MONTHS[(MONTHS.indexOf(match[0]) + 3) % 12] as string) : null;
};

/** Two names apart from each other change places. */
const swapNames: Change = (text) => {
  const names = [...text.matchAll(/(?<=\s)[A-Z][\w.-]{2,}(?: [A-Z][\w.-]+)*/g)];
  const [first, second] = [names[0], names.at(-1)];
  if (!first || !second || first === second || first[0] === second[0]) return null;
  return (
    text.slice(0, first.index) +
    second[0] +
    text.slice(first.index + first[0].length, second.index) +
    first[0] +
    text.slice(second.index + second[0].length)
  );
};

const otherName: Change = (text, random) => {
  const names = [...text.matchAll(/(?<=\s)[A-Z][\w.-]{2,}(?: [A-Z][\w.-]+)*/g)];
  const name = names.length > 0 ? pick(names, random) : undefined;
  const others = ['Norway', 'Tesla', 'Ursula Meier', 'Siemens', 'Chile'].filter((one) => !text.includes(one));
  return name
    ? text.slice(0, name.index) + pick(others, random) + text.slice(name.index + name[0].length)
    : null;
};

/** "Will X ..." becomes "Will X not ..." behind the first name, or "Won't X". */
const negate: Change = (text) => (/^Will /.test(text) ? text.replace(/^Will /, "Won't ") : null);
const negateInside: Change = (text) => {
  const match = /^Will ((?:the )?[A-Z][\w'.-]*(?: [A-Z][\w'.-]*)*) ([a-z].*)$/.exec(text);
  return match ? `Will ${match[1]} not ${match[2]}` : null;
};

const CHANGING: Readonly<Record<string, Change>> = {
  'number up': numberUp,
  'year up': yearUp,
  'day up': dayUp,
  'month moved': monthChange,
  "negated with won't": negate,
  'negated inside': negateInside,
  'fails to': (text) => negateInside(text, () => 0)?.replace(' not ', ' fail to ') ?? null,
  'names swapped': swapNames,
  'another name': otherName,
  'higher to lower': replaceOne(/\bhigher\b/, 'lower'),
  'more to fewer': replaceOne(/\bmore than\b/, 'fewer than'),
  'more than to at least': replaceOne(/\bmore than\b/, 'at least'),
  'at least to more than': replaceOne(/\bat least\b/, 'more than'),
  'increased to decreased': replaceOne(/\bincreased\b/, 'decreased'),
  'win to lose': replaceOne(/\bwin\b/, 'lose'),
  'by to after': replaceOne(/\bby (?=\d{4}|[A-Z][a-z]+ \d)/, 'after '),
  'before to by': replaceOne(/\bbefore (?=\d{4}|[A-Z][a-z]+ \d)/, 'by '),
  'before to after': replaceOne(/\bbefore (?=\d{4}|[A-Z][a-z]+ \d)/, 'after '),
  'in to by': replaceOne(/\bin (?=20\d{2})/, 'by '),
  'each to any': replaceOne(/\beach resolution date\b/, 'any resolution date'),
  'per cent to points': replaceOne(/(\d)%/, '$1 percentage points'),
  'million to billion': replaceOne(/\bmillion\b/, 'billion'),
  'first to second': replaceOne(/\bfirst\b/, 'second'),
  'close to open': replaceOne(/\bclose price\b/, 'open price'),
  'as high to higher': replaceOne(/\bas high or higher than\b/, 'higher than'),
  'any to all': replaceOne(/\bany\b/, 'all'),
  'and to or': replaceOne(/\band\b/, 'or'),
  'condition added': replaceOne(/\?\s*$/, ' if the vote is held?'),
};

const apply = (
  changes: Readonly<Record<string, Change>>,
  questions: readonly string[],
  random: () => number,
): readonly Variant[] =>
  questions.flatMap((original) =>
    Object.entries(changes).flatMap(([how, change]) => {
      const text = change(original, random);
      return text === null || text === original ? [] : [{ how, original, text }];
    }),
  );

/** One paraphrase by one change each, and as many again by two or three changes one after another. */
export const paraphrases = (questions: readonly string[], seed: number): readonly Variant[] => {
  const random = seeded(seed);
  const single = apply(KEEPING, questions, random);
  const changes = Object.entries(KEEPING);
  const chained = questions.flatMap((original): readonly Variant[] => {
    let text = original;
    const how: string[] = [];
    for (let step = 0; step < 8 && how.length < 3; step += 1) {
      const [name, change] = pick(changes, random);
      const next = how.includes(name) ? null : change(text, random);
      if (next === null || next === text) continue;
      text = next;
      how.push(name);
    }
    return how.length >= 2 ? [{ how: how.join(' + '), original, text }] : [];
  });
  return [...single, ...chained];
};

/** Questions that look alike and mean something else. Half of them are paraphrased on top. */
export const traps = (questions: readonly string[], seed: number): readonly Variant[] => {
  const random = seeded(seed);
  const harmless = [
    'spelling: case',
    'frame: how likely',
    'date: words',
    'date: first',
    'spelling: no mark',
    'date: day first',
  ];
  return apply(CHANGING, questions, random).map((trap) => {
    if (random() < 0.5) return trap;
    const name = pick(harmless, random);
    const text = KEEPING[name]?.(trap.text, random);
    return text ? { ...trap, how: `${trap.how}, ${name}`, text } : trap;
  });
};
