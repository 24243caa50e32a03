// Plans priced before they run, recommendations over all tiers, and the known shapes in which both leave the
// model desk (D6). Inside, micro-dollars; in the known shapes, dollars.
import { expectedCost, type UsageProfile } from '../money/estimate';
import { MICRO_PER_USD, type MicroUsd } from '../money/micro-usd';
import type { ModelEntry } from './model';
import { taskType } from './tasks';
import { pickForTask, TIERS, type Tier, type TierPick, type TierQuestion } from './tiers';

export type TierChoice = Omit<TierQuestion, 'task' | 'tier'>;

/** Learned tokens per task and model; null where no bill has taught any. */
export type ProfileOf = (task: string, model: string) => UsageProfile | null;

const NO_PROFILES: ProfileOf = () => null;

export interface PlanEstimate {
  readonly totalMicroUsd: MicroUsd;
  readonly byTask: Readonly<Record<string, MicroUsd>>;
  readonly byModel: Readonly<Record<string, MicroUsd>>;
  /** Tasks that no usable model has the strength for; they cost nothing because they cannot run. */
  readonly impossible: readonly string[];
}

const MOST_CALLS = 1_000_000_000;

const checkedCount = (task: string, count: number): number => {
  if (!Number.isSafeInteger(count) || count < 0 || count > MOST_CALLS)
    throw new RangeError(
      `estimated_usage.${task} is ${count}; accepted: a whole number from 0 to ${MOST_CALLS}`,
    );
  return count;
};

/** Expected cost of one call of `task` at its picked model. */
export const expectedTaskCost = (pick: TierPick, profileOf: ProfileOf = NO_PROFILES): MicroUsd => {
  if (pick.model === null) return 0;
  const profile = profileOf(pick.task, pick.model.id);
  if (profile === null || pick.model.price === null || pick.model.local) return pick.costMicroUsd ?? 0;
  return expectedCost(profile, pick.model.price);
};

/**
 * What a plan costs: `usage` maps task types to calls (per month, or whatever the plan spans).
 * @throws RangeError for an unknown task type or a malformed count.
 */
export const estimatePlan = (
  question: TierChoice & { readonly tier: Tier; readonly usage: Readonly<Record<string, number>> },
  profileOf: ProfileOf = NO_PROFILES,
): PlanEstimate => {
  const byTask: Record<string, MicroUsd> = {};
  const byModel: Record<string, MicroUsd> = {};
  const impossible: string[] = [];
  for (const [task, calls] of Object.entries(question.usage)) {
    const count = checkedCount(taskType(task).type, calls);
    const pick = pickForTask({ ...question, task });
    const cost = expectedTaskCost(pick, profileOf) * count;
    byTask[task] = cost;
    if (pick.model === null) impossible.push(task);
    else byModel[pick.model.id] = (byModel[pick.model.id] ?? 0) + cost;
  }
  const totalMicroUsd = Object.values(byTask).reduce((sum, cost) => sum + cost, 0);
  return { totalMicroUsd, byTask, byModel, impossible };
};

const usd = (amount: MicroUsd): number => amount / MICRO_PER_USD;
const allUsd = (amounts: Readonly<Record<string, MicroUsd>>): Record<string, number> =>
  Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, usd(amount)]));

/** The known shape of estimate-cost. */
export const estimateCostShape = (estimate: PlanEstimate) => ({
  total_cost: usd(estimate.totalMicroUsd),
  by_task: allUsd(estimate.byTask),
  by_model: allUsd(estimate.byModel),
  impossible_tasks: estimate.impossible,
});

const recommendation = (pick: TierPick, profileOf: ProfileOf) =>
  pick.model === null
    ? null
    : {
        model_id: pick.model.id,
        display_name: pick.model.displayName,
        provider: pick.model.provider,
        quality_score: pick.model.quality,
        local_only: pick.model.local,
        estimated_cost: usd(expectedTaskCost(pick, profileOf)),
        reason: pick.reason,
      };

export type Recommendation = NonNullable<ReturnType<typeof recommendation>>;

/** The known shape of recommendations/{task_type}. @throws RangeError for an unknown task type. */
export const recommendationsShape = (
  task: string,
  choice: TierChoice,
  profileOf: ProfileOf = NO_PROFILES,
) => {
  const { type } = taskType(task);
  const forTier = (tier: Tier) => recommendation(pickForTask({ ...choice, task: type, tier }), profileOf);
  return {
    task_type: type,
    recommendations: Object.fromEntries(TIERS.map((tier) => [tier, forTier(tier)])) as Readonly<
      Record<Tier, Recommendation | null>
    >,
  };
};

const capability = (model: ModelEntry, keysPresent: ReadonlySet<string>) => ({
  model_id: model.id,
  display_name: model.displayName,
  provider: model.provider,
  quality_score: model.quality,
  cost_per_1m_input:
    model.price === null ? (model.local || model.statistical ? 0 : null) : usd(model.price.inputPer1M),
  cost_per_1m_output:
    model.price === null ? (model.local || model.statistical ? 0 : null) : usd(model.price.outputPer1M),
  strengths: model.strengths,
  speed: model.speed,
  local_only: model.local,
  context_window: model.contextTokens,
  requires_api_key: model.keyName !== null,
  available: model.keyName === null || keysPresent.has(model.keyName),
});

/** The known shape of capabilities. */
export const capabilitiesShape = (models: readonly ModelEntry[], keysPresent: ReadonlySet<string>) => ({
  models: models.map((model) => capability(model, keysPresent)),
});

/** The known shape of current-spend; budget and remainder are null without a monthly cap. */
export const currentSpendShape = (spend: {
  /** UTC month `2026-03`. */
  readonly month: string;
  readonly spentMicroUsd: MicroUsd;
  readonly budgetMicroUsd: MicroUsd | null;
}) => ({
  current_month: spend.month,
  spend: usd(spend.spentMicroUsd),
  budget: spend.budgetMicroUsd === null ? null : usd(spend.budgetMicroUsd),
  budget_remaining:
    spend.budgetMicroUsd === null ? null : usd(Math.max(0, spend.budgetMicroUsd - spend.spentMicroUsd)),
});
