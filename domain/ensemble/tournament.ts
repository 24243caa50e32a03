// A tournament: several models on one critical task (requirement B10). Agreement gives the verdict with high
// confidence, anything else is a dispute for a person, and fewer than three valid answers are no verdict at all.
import { checkConsensus, DEFAULT_CONSENSUS } from './consensus';

export const DEFAULT_VERDICTS = ['approve', 'reject'] as const;

/** Tasks whose answer is the probability of a statement; all others are judged by verdict. */
export const isStatementTask = (taskType: string): boolean => taskType === 'forecast';

/** Fewest models asked, and fewest valid answers. */
const FEWEST_ANSWERS = DEFAULT_CONSENSUS.minimumMembers;

/** A valid answer: a verdict in words, or the probability that a statement holds. */
export interface TournamentAnswer {
  readonly model: string;
  /** Null for a probability of exactly a half: no side is taken. */
  readonly verdict: string | null;
  /** Null for tasks without a statement. */
  readonly probability: number | null;
}

export interface Judgement {
  readonly status: 'agreed' | 'disputed' | 'abstained';
  /** Null unless agreed. */
  readonly verdict: string | null;
  /** Median of the probabilities; null where there are none. */
  readonly median: number | null;
  readonly why: readonly string[];
}

/** The side of a statement's probability: above a half approves of it, below rejects it. */
export const verdictOfProbability = (probability: number): string | null => {
  if (probability === 0.5) return null;
  return probability > 0.5 ? DEFAULT_VERDICTS[0] : DEFAULT_VERDICTS[1];
};

const counted = (answers: readonly TournamentAnswer[]): readonly (readonly [string, number])[] => {
  const counts = new Map<string, number>();
  for (const { verdict } of answers)
    counts.set(verdict ?? 'undecided', (counts.get(verdict ?? 'undecided') ?? 0) + 1);
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
};

const countText = (answers: readonly TournamentAnswer[]): string =>
  counted(answers)
    .map(([verdict, count]) => `${count} ${verdict}`)
    .join(', ');

/** Within tau of the median as requirement B5 says, and nobody on the other side of a half. */
const judgeStatement = (answers: readonly TournamentAnswer[]): Judgement => {
  const valid = answers.flatMap(({ model, probability }) =>
    probability === null ? [] : [{ model, status: 'answered' as const, probability }],
  );
  const { reached, median, share, outside } = checkConsensus(valid);
  const side = median === null ? null : verdictOfProbability(median);
  const across = answers.filter(({ verdict }) => verdict !== side);
  const within = `${Math.round(share * 100)} % within ${DEFAULT_CONSENSUS.tau.toFixed(2)} of the median ${median?.toFixed(2)}`;
  if (reached && side !== null && across.length === 0)
    return { status: 'agreed', verdict: side, median, why: [`The models agree: ${within}`] };
  const names = [...new Set([...outside, ...across].map(({ model }) => model))].sort();
  return {
    status: 'disputed',
    verdict: null,
    median,
    why: [
      `The models dispute: ${within}, ${countText(answers)}`,
      ...(names.length > 0 ? [`Apart from the others: ${names.join(', ')}`] : []),
    ],
  };
};

const judgeVerdicts = (answers: readonly TournamentAnswer[]): Judgement => {
  const [[verdict, count]] = counted(answers) as readonly [readonly [string, number]];
  const said = countText(answers);
  if (count / answers.length >= DEFAULT_CONSENSUS.share)
    return { status: 'agreed', verdict, median: null, why: [`The models agree: ${said}`] };
  return { status: 'disputed', verdict: null, median: null, why: [`The models dispute: ${said}`] };
};

/**
 * Compares the valid answers.
 * @param asked how many models were asked; those without a valid answer are counted, never filled in
 */
export const judgeTournament = (answers: readonly TournamentAnswer[], asked: number): Judgement => {
  const missing = asked - answers.length;
  const partial = missing > 0 ? [`Partial: ${answers.length} of ${asked} models gave a valid answer`] : [];
  if (answers.length < FEWEST_ANSWERS)
    return {
      status: 'abstained',
      verdict: null,
      median: null,
      why: [...partial, `Fewer than ${FEWEST_ANSWERS} valid answers are no verdict`],
    };
  const statement = answers.every(({ probability }) => probability !== null);
  const judged = statement ? judgeStatement(answers) : judgeVerdicts(answers);
  return { ...judged, why: [...judged.why, ...partial] };
};

const VERDICT_FORM = /^[a-z][a-z0-9_-]{0,31}$/;
const MOST_VERDICTS = 8;

/** @throws RangeError naming the field and the accepted form. */
const assertVerdicts = (options: readonly string[]): readonly string[] => {
  const unlike = new Set(options).size === options.length;
  const fits = options.length >= 2 && options.length <= MOST_VERDICTS && unlike;
  if (fits && options.every((option) => VERDICT_FORM.test(option))) return options;
  throw new RangeError(
    `options is ${JSON.stringify(options)}; accepted: 2 to ${MOST_VERDICTS} different words of small letters, digits, - and _`,
  );
};

/** The longest a person may take: 30 days. */
export const LONGEST_REVIEW_MS = 30 * 86_400_000;
/** A dispute on a Friday is decided on a Monday. */
export const DEFAULT_REVIEW_MS = 3 * 86_400_000;

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads `90s`, `30m`, `12h` or `3d`. @throws RangeError naming the accepted form. */
export const readTimeoutMs = (text: string): number => {
  const match = /^(\d{1,7})([smhd])$/.exec(text.trim());
  const ms = match ? Number(match[1]) * UNITS_MS[match[2]!]! : 0;
  if (ms > 0 && ms <= LONGEST_REVIEW_MS) return ms;
  throw new RangeError(
    `timeout is ${JSON.stringify(text)}; accepted: such as 90s, 30m, 12h or 3d, at most 30d`,
  );
};

/** @throws RangeError naming the field and the accepted form. */
export const assertTournament = (wish: {
  readonly models: readonly string[];
  readonly options: readonly string[];
  readonly declaredDefault: string;
  readonly timeoutMs: number;
}): void => {
  if (new Set(wish.models).size < FEWEST_ANSWERS)
    throw new RangeError(
      `models is ${JSON.stringify(wish.models)}; accepted: ${FEWEST_ANSWERS} or more different models`,
    );
  assertVerdicts(wish.options);
  if (!wish.options.includes(wish.declaredDefault))
    throw new RangeError(
      `default is ${JSON.stringify(wish.declaredDefault)}; accepted: ${wish.options.join(', ')}`,
    );
  if (!Number.isInteger(wish.timeoutMs) || wish.timeoutMs < 1_000 || wish.timeoutMs > LONGEST_REVIEW_MS)
    throw new RangeError(`timeout is ${wish.timeoutMs} ms; accepted: from 1 second to 30 days`);
};
