// A member that contradicts itself (requirement C8): within a day it answers the same question differently, a
// question and its negation both with yes, or holds the sooner for likelier than the later.
import type { QuestionForm } from '../research/question-form';
import type { IsoInstant } from '../world';

export interface AskedAnswer {
  readonly model: string;
  readonly modelVersion: string;
  readonly statement: string;
  readonly resolvesAt: IsoInstant;
  readonly madeAt: IsoInstant;
  readonly probability: number | null;
}

/** Answers to one question vary by about .05 between calls: five times that is no chance. */
const CONTRADICTION_MARGIN = 0.25;

/** Dates by which something happens: the later includes the sooner. */
const DEADLINE = /^(?:by|before) (@.+)$/;

/** How a statement relates to others: those with the same topic can contradict each other. */
interface Claim {
  readonly p: number;
  /** Its content words without negations and without its one deadline. */
  readonly topic: string;
  /** Odd: it asks for the opposite. */
  readonly negations: number;
  readonly deadline: string | null;
  readonly resolvesAt: IsoInstant;
}

const claimOf = (p: number, resolvesAt: IsoInstant, form: QuestionForm): Claim => {
  const deadline = form.dates.length === 1 ? (DEADLINE.exec(form.dates[0]!)?.[1] ?? null) : null;
  const left = new Set([...form.negations, ...(deadline === null ? [] : [deadline])]);
  return {
    p,
    topic: form.words.filter((word) => !left.has(word)).join(' '),
    negations: form.negations.length,
    deadline,
    resolvesAt,
  };
};

const opposed = (a: Claim, b: Claim): boolean => (a.negations + b.negations) % 2 === 1;

/** Of the same topic, whether two answers cannot both be meant. */
const contradict = (a: Claim, b: Claim): boolean => {
  if (a.deadline === b.deadline) {
    // The same words may stand for other horizons.
    if (a.resolvesAt !== b.resolvesAt) return false;
    return Math.abs(opposed(a, b) ? a.p + b.p - 1 : a.p - b.p) > CONTRADICTION_MARGIN;
  }
  if (a.deadline === null || b.deadline === null || a.negations > 0 || b.negations > 0) return false;
  const [sooner, later] = a.deadline < b.deadline ? [a, b] : [b, a];
  return sooner.p - later.p > CONTRADICTION_MARGIN;
};

/**
 * Indexes of the answers that contradict an earlier one of the same member and version on the same UTC day.
 * @param formOf `questionForm`, or one that remembers
 */
export const contradictionsIn = (
  answers: readonly AskedAnswer[],
  formOf: (statement: string) => QuestionForm,
): ReadonlySet<number> => {
  const found = new Set<number>();
  const earlier = new Map<string, Claim[]>();
  for (const [index, { model, modelVersion, madeAt, ...answer }] of answers.entries()) {
    if (answer.probability === null) continue;
    const claim = claimOf(answer.probability, answer.resolvesAt, formOf(answer.statement));
    const key = [model, modelVersion, madeAt.slice(0, 10), claim.topic].join('\u0000');
    const claims = earlier.get(key) ?? [];
    earlier.set(key, claims);
    if (claims.some((one) => contradict(one, claim))) found.add(index);
    claims.push(claim);
  }
  return found;
};
