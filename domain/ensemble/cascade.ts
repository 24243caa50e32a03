// Which stage a decision runs at: the stake fixes it; the strategy `cascade` raises it when uncertainty is
// high and a better answer is worth its cost, and lowers it when the budget cannot pay (requirement B6).
import { MICRO_PER_USD, type MicroUsd } from '../money/micro-usd';
import { type TradeTerms, valueOfInformation } from './value-of-information';

/** `quick`: one model. `full`: the ensemble. `enhanced`: full, critique round, second vote. */
export const STAGES = ['quick', 'full', 'enhanced'] as const;
export type Stage = (typeof STAGES)[number];

/** Below: quick. */
export const FULL_FROM_MICRO_USD: MicroUsd = 10 * MICRO_PER_USD;
/** Above: enhanced. */
const ENHANCED_ABOVE_MICRO_USD: MicroUsd = 50 * MICRO_PER_USD;

/** Below $10 quick, $10 to $50 full, above $50 enhanced. @throws RangeError for a negative or broken stake. */
export const stageForStake = (stakeMicroUsd: MicroUsd): Stage => {
  if (!(stakeMicroUsd >= 0 && stakeMicroUsd < Infinity)) {
    throw new RangeError(`stake is ${stakeMicroUsd}; accepted: micro-dollars of at least 0`);
  }
  if (stakeMicroUsd < FULL_FROM_MICRO_USD) return 'quick';
  return stakeMicroUsd <= ENHANCED_ABOVE_MICRO_USD ? 'full' : 'enhanced';
};

const stageAbove = (stage: Stage): Stage | null => STAGES[STAGES.indexOf(stage) + 1] ?? null;
/** What each stage costs beyond the one below it. */
export type StageCosts = Readonly<Record<Stage, MicroUsd>>;

/** All stages up to this one. */
export const costUpTo = (stage: Stage, costs: StageCosts): MicroUsd =>
  STAGES.slice(0, STAGES.indexOf(stage) + 1).reduce((total, each) => total + costs[each], 0);

/** The highest stage not above `stage` that the budget pays; quick when none does (its call is refused later). */
export const affordableStage = (
  stage: Stage,
  costs: StageCosts,
  budgetLeftMicroUsd: MicroUsd | null,
): Stage => {
  if (budgetLeftMicroUsd === null) return stage;
  const affordable = STAGES.slice(0, STAGES.indexOf(stage) + 1).filter(
    (each) => costUpTo(each, costs) <= budgetLeftMicroUsd,
  );
  return affordable.at(-1) ?? 'quick';
};

export interface EscalationInput {
  readonly stage: Stage;
  /** u of this stage's answer; null when it has none. A live question has one horizon, so no maximum is taken over several. */
  readonly uncertainty: number | null;
  readonly escalateAbove: number;
  /** This stage's probability; null when it has no answer. */
  readonly probability: number | null;
  readonly priceOfYes: number | null;
  /** Null when unknown: then only u decides. */
  readonly stakeMicroUsd: MicroUsd | null;
  /** What the answer would be traded by. Absent: valued at the probability itself, without a fee. */
  readonly trade?: TradeTerms;
  /** What the next stage adds. */
  readonly extraCostMicroUsd: MicroUsd;
  /** Null is no limit. */
  readonly budgetLeftMicroUsd: MicroUsd | null;
  /** Expected move of the probability by the next stage, one standard deviation. Default .08. */
  readonly revisionStd?: number;
}

export interface Escalation {
  readonly escalate: boolean;
  /** The stage to run next, or the present one. */
  readonly stage: Stage;
  /** Micro-dollars; null where it was not tested. */
  readonly valueMicroUsd: number | null;
  readonly why: string;
}

/**
 * Whether the next stage should run: u above the category's threshold and the value of information covering the
 * extra cost, both. A stage without an answer escalates whenever the budget pays.
 */
export const decideEscalation = (input: EscalationInput): Escalation => {
  const next = stageAbove(input.stage);
  const stay = (why: string, valueMicroUsd: number | null = null): Escalation => ({
    escalate: false,
    stage: input.stage,
    valueMicroUsd,
    why,
  });
  if (next === null) return stay('No stage above');
  if (input.budgetLeftMicroUsd !== null && input.extraCostMicroUsd > input.budgetLeftMicroUsd) {
    return stay(`Budget does not pay for the stage ${next}`);
  }
  const go = (why: string, valueMicroUsd: number | null): Escalation => ({
    escalate: true,
    stage: next,
    valueMicroUsd,
    why,
  });
  if (input.uncertainty === null || input.probability === null) {
    return go(`No answer at the stage ${input.stage}`, null);
  }
  const compared = `u ${input.uncertainty.toFixed(3)} against ${input.escalateAbove.toFixed(3)}`;
  if (!(input.uncertainty > input.escalateAbove)) return stay(`Certain enough: ${compared}`);
  if (input.stakeMicroUsd === null) return go(`Uncertain: ${compared}`, null);
  const value = valueOfInformation({
    probability: input.probability,
    priceOfYes: input.priceOfYes,
    stakeMicroUsd: input.stakeMicroUsd,
    ...(input.trade === undefined ? {} : { trade: input.trade }),
    ...(input.revisionStd === undefined ? {} : { revisionStd: input.revisionStd }),
  });
  return value >= input.extraCostMicroUsd
    ? go(`Uncertain: ${compared}; a better answer is worth its cost`, value)
    : stay('A better answer is worth less than it costs', value);
};
