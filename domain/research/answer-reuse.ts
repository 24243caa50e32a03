// Which earlier answer may be taken over for a question asked in other words (A12): the gate must take both for
// the same, and the world must not have moved since.
import { FORECAST_REUSE_MS, pricesAgree } from '../outage/forecast-reuse';
import type { IsoInstant } from '../world';
import { type ReuseProposal, reusableAnswer, type ScopedQuestion } from './reuse-gate';

export interface GivenAnswer extends ScopedQuestion {
  readonly model: string;
  /** Price of yes when it was given; null: unknown, or a question without one. */
  readonly price: number | null;
  readonly givenAt: IsoInstant;
}

export interface AskedQuestion extends ScopedQuestion {
  readonly price: number | null;
}

/** Words such as "today" mean another day after midnight, so an answer serves its own UTC day only. */
const isRecent = (givenAt: IsoInstant, now: IsoInstant): boolean => {
  const ageMs = Date.parse(now) - Date.parse(givenAt);
  return ageMs >= 0 && ageMs <= FORECAST_REUSE_MS && givenAt.slice(0, 10) === now.slice(0, 10);
};

/** For each model the most similar earlier answer that may stand; models without one are left out. */
export const answersTakenOver = <Given extends GivenAnswer>(
  asked: AskedQuestion,
  given: readonly Given[],
  now: IsoInstant,
): readonly ReuseProposal<Given>[] => {
  const current = given.filter(
    (answer) => isRecent(answer.givenAt, now) && pricesAgree(answer.price, asked.price),
  );
  return [...new Set(current.map(({ model }) => model))].flatMap(
    (model) =>
      reusableAnswer(
        asked,
        current.filter((answer) => answer.model === model),
      ) ?? [],
  );
};
