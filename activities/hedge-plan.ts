// When each model of a decision would be hedged, from how long its calls took lately. One read, and only where the
// setting asks for hedging.
import type { AnswerTimesOf } from '../db/health-store';
import { type HedgeTerms, hedgeDelayMs } from '../domain/outage/hedging';
import type { Candidate } from '../workflows/contracts/calls';
import type { DecisionInput, HedgePlan } from '../workflows/contracts/decision';
import type { Dependencies } from './dependencies';

/** Three days: a small desk has its twenty calls of a model, and last month's speed is forgotten. */
const LOOK_BACK_HOURS = 72;

export interface HedgeQuestion {
  readonly input: Pick<DecisionInput, 'maxCostMicroUsd'>;
  readonly terms: HedgeTerms | undefined;
  readonly members: readonly Candidate[];
  /** Those who may stand in for a member; with none, nothing can be hedged. */
  readonly substitutes: readonly Candidate[];
  readonly callDeadlineMs: number;
}

export const createHedgePlan = ({ stores }: Pick<Dependencies, 'stores'>) => {
  /** Null: no call of this decision is hedged. */
  const planFor = async (question: HedgeQuestion): Promise<HedgePlan | null> => {
    const { input, terms, members, substitutes, callDeadlineMs } = question;
    // A ceiling over a decision is there for its members' own calls: a second one might use it up.
    if (!terms || input.maxCostMicroUsd !== null || substitutes.length === 0) return null;
    const models = [...members, ...substitutes].filter((each) => !each.statistical && !each.recorded);
    const times = terms.after === 'learned' ? await stores.health.answerTimes(models, LOOK_BACK_HOURS) : [];
    const known = new Map(times.map((each) => [nameOf(each), each]));
    return {
      afterMs: Object.fromEntries(
        models.flatMap((each) => {
          const deadlineMs = each.deadlineMs ?? callDeadlineMs;
          const delayMs = hedgeDelayMs(terms, known.get(nameOf(each)) ?? null, deadlineMs);
          return delayMs === null ? [] : [[each.model, delayMs]];
        }),
      ),
    };
  };
  return { planFor };
};

const nameOf = ({ provider, model }: Pick<AnswerTimesOf, 'provider' | 'model'>): string =>
  `${provider} ${model}`;
