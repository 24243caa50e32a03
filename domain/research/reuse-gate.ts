// May what was made for one question answer another (A12)? Similarity only proposes candidates, because at any
// threshold it takes opposite questions for equal ones; this gate decides, and refuses whatever it does not
// know to be the same. Off by default.
import type { Subject } from '../market/subject';
import type { IsoInstant, WorldId } from '../world';
import { normaliseSubject } from './cache-key';
import { type QuestionForm, questionForm } from './question-form';

/** Everything about a question that its words do not say. */
export interface QuestionScope {
  readonly world: WorldId;
  readonly asOf: IsoInstant | null;
  /** The subject when it is an instrument; null for a bare question. */
  readonly subject: Subject | null;
  readonly kind: string;
  readonly resolvesAt: IsoInstant | null;
}

export interface ScopedQuestion {
  readonly text: string;
  readonly scope: QuestionScope;
}

export type GateVerdict =
  | { readonly reuse: true }
  | {
      readonly reuse: false;
      readonly differs: 'scope' | 'dates' | 'numbers' | 'negation' | 'polarity' | 'words';
      readonly reason: string;
    };

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one, index) => one === b[index]);

const scopeText = (scope: QuestionScope): readonly string[] => [
  scope.world,
  scope.asOf === null ? 'live' : new Date(scope.asOf).toISOString(),
  scope.subject === null ? '-' : normaliseSubject(scope.subject),
  scope.kind,
  scope.resolvesAt === null ? '-' : new Date(scope.resolvesAt).toISOString(),
];

const refuse = (
  differs: Extract<GateVerdict, { reuse: false }>['differs'],
  a: readonly string[],
  b: readonly string[],
): GateVerdict => ({
  reuse: false,
  differs,
  reason: `${differs} differ: [${a.join(' ')}] and [${b.join(' ')}]`,
});

const sameForm = (a: QuestionForm, b: QuestionForm): GateVerdict => {
  if (!same([...a.dates].sort(), [...b.dates].sort())) return refuse('dates', a.dates, b.dates);
  if (!same(a.numbers, b.numbers)) return refuse('numbers', a.numbers, b.numbers);
  if (!same(a.negations, b.negations)) return refuse('negation', a.negations, b.negations);
  if (!same(a.polarities, b.polarities)) return refuse('polarity', a.polarities, b.polarities);
  // Entities in order are part of this: every content word must be there, in the same order.
  if (!same(a.words, b.words)) return refuse('words', a.words, b.words);
  return { reuse: true };
};

/**
 * Whether `stored` asks the same as `asked`: same scope, dates with their roles, numbers, negations, polarity,
 * and every content word in the same order. An empty question is never the same as anything.
 */
export const sameQuestion = (stored: ScopedQuestion, asked: ScopedQuestion): GateVerdict => {
  const scopes = [scopeText(stored.scope), scopeText(asked.scope)] as const;
  if (!same(...scopes)) return refuse('scope', ...scopes);
  const form = questionForm(asked.text);
  if (form.words.length === 0) return refuse('words', [], []);
  return sameForm(questionForm(stored.text), form);
};

const trigrams = (text: string): ReadonlySet<string> => {
  const padded = `  ${text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `;
  return new Set(Array.from({ length: Math.max(0, padded.length - 2) }, (_, at) => padded.slice(at, at + 3)));
};

/** Share of common trigrams, 0-1 (the measure of pg_trgm). */
export const similarity = (a: string, b: string): number => {
  const [first, second] = [trigrams(a), trigrams(b)];
  const common = [...first].filter((one) => second.has(one)).length;
  const all = first.size + second.size - common;
  return all === 0 ? 0 : common / all;
};

/** Low, because it only proposes: a paraphrase with another frame and date form shares about this much. */
const PROPOSAL_SIMILARITY = 0.3;

export interface ReuseProposal<Stored extends ScopedQuestion> {
  readonly stored: Stored;
  readonly similarity: number;
}

/** The most similar stored question that passes the gate, or null. */
export const reusableAnswer = <Stored extends ScopedQuestion>(
  asked: ScopedQuestion,
  store: readonly Stored[],
): ReuseProposal<Stored> | null => {
  const proposals = store
    .map((stored) => ({ stored, similarity: similarity(stored.text, asked.text) }))
    .filter((one) => one.similarity >= PROPOSAL_SIMILARITY)
    .sort((a, b) => b.similarity - a.similarity);
  return proposals.find(({ stored }) => sameQuestion(stored, asked).reuse) ?? null;
};
