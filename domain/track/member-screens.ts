// Which members of a category look broken right now, from the answers they gave last.
import type { FailureKind } from '../outage/failure';
import { type FaultKind, type ScreenState, screen, UNSCREENED } from './screening';

/** Failures that are the member's own doing; outages and budgets say nothing about it. */
const OWN_FAILURES: readonly FailureKind[] = [
  'malformed',
  'refused_by_content_filter',
  'context_too_long',
  'bad_request',
];

export interface ScreenedAnswer {
  readonly model: string;
  readonly status: 'answered' | 'failed';
  readonly failure: string | null;
  readonly probability: number | null;
}

/** Null: the answer says nothing about the member. */
const faultsOf = (answer: ScreenedAnswer): Readonly<Record<FaultKind, boolean>> | null => {
  const own = OWN_FAILURES.some((kind) => kind === answer.failure);
  if (answer.status === 'failed' && !own) return null;
  return { exact_half: answer.probability === 0.5, failure: own, contradiction: false };
};

/** Screening states by model after these answers, oldest first (rules in screening.ts). */
export const screenMembers = (answers: readonly ScreenedAnswer[]): Readonly<Record<string, ScreenState>> => {
  const states: Record<string, ScreenState> = {};
  for (const answer of answers) {
    const faults = faultsOf(answer);
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
