// Which members of a category look broken right now, from the answers they gave last.
import type { FailureKind } from '../outage/failure';
import { type QuestionForm, questionForm } from '../research/question-form';
import { type AskedAnswer, contradictionsIn } from './contradictions';
import { type FaultKind, type ScreenState, screen, UNSCREENED } from './screening';

/** Failures that are the member's own doing; outages and budgets say nothing about it. */
const OWN_FAILURES: readonly FailureKind[] = [
  'malformed',
  'refused_by_content_filter',
  'context_too_long',
  'bad_request',
];

export interface ScreenedAnswer extends AskedAnswer {
  readonly status: 'answered' | 'failed';
  readonly failure: string | null;
}

/** Null: the answer says nothing about the member. */
const faultsOf = (
  answer: ScreenedAnswer,
  contradiction: boolean,
): Readonly<Record<FaultKind, boolean>> | null => {
  const own = OWN_FAILURES.some((kind) => kind === answer.failure);
  if (answer.status === 'failed' && !own) return null;
  return { exact_half: answer.probability === 0.5, failure: own, contradiction };
};

/**
 * Screening states by model after these answers, oldest first (rules in screening.ts).
 * @param formOf `questionForm`, or one that remembers
 */
export const screenMembers = (
  answers: readonly ScreenedAnswer[],
  formOf: (statement: string) => QuestionForm = questionForm,
): Readonly<Record<string, ScreenState>> => {
  const states: Record<string, ScreenState> = {};
  const contradictions = contradictionsIn(answers, formOf);
  for (const [index, answer] of answers.entries()) {
    const faults = faultsOf(answer, contradictions.has(index));
    if (faults) states[answer.model] = screen(states[answer.model] ?? UNSCREENED, faults);
  }
  return states;
};

const SHOWN: Readonly<Record<FaultKind, string>> = {
  exact_half: 'exact halves',
  failure: 'failures of its own',
  contradiction: 'contradictions',
};

/** Why a flagged member is left out, in words; null while it is sound. */
export const screenReason = (state: ScreenState | undefined): string | null =>
  state?.flagged && state.reason
    ? `screened out: ${state.counts[state.reason]} ${SHOWN[state.reason]} in its last ${state.n} answers`
    : null;
