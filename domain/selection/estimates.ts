// Plans priced before they run, recommendations over all tiers, and the known shapes in which both leave the
// model desk (D6). Inside, micro-dollars; in the known shapes, dollars.
import { expectedCost, type UsageProfile } from '../money/estimate';
import { MICRO_PER_USD, type MicroUsd } from '../money/micro-usd';
import type { ModelEntry, Strength } from './model';
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
const expectedTaskCost = (pick: TierPick, profileOf: ProfileOf = NO_PROFILES): MicroUsd => {
  if (pick.model === null) return 0;
  const profile = profileOf(pick.task, pick.model.id);
  if (profile === null || pick.model.price === null || pick.model.local) return pick.costMicroUsd ?? 0;
  return expectedCost(profile, pick.model.price);
};

export interface PlanQuestion extends TierChoice {
  readonly tier: Tier;
  /** Calls by task type. */
  readonly usage: Readonly<Record<string, number>>;
  /** Prices every task at this model instead of the tier's choice. */
  readonly onlyModel?: string | undefined;
}

/** The one model as the only candidate, at the tier that passes nobody over. */
const alone = (models: readonly ModelEntry[], id: string) => {
  const found = models.filter((model) => model.id === id);
  if (found.length > 0) return { models: found, tier: 'premium' as const };
  throw new RangeError(
    `model is ${JSON.stringify(id)}; accepted: ${models.map((model) => model.id).join(', ')}`,
  );
};

export const PLAN_PERIODS = ['day', 'week', 'month'] as const;
export type PlanPeriod = (typeof PLAN_PERIODS)[number];

const DAYS_PER_MONTH = 30;
const PERIODS_PER_MONTH: Readonly<Record<PlanPeriod, number>> = {
  day: DAYS_PER_MONTH,
  week: DAYS_PER_MONTH / 7,
  month: 1,
};

/** What a cost per period comes to in a month of 30 days. */
export const perMonth = (cost: MicroUsd, period: PlanPeriod): MicroUsd =>
  Math.ceil(cost * PERIODS_PER_MONTH[period]);

/**
 * What a plan costs: `usage` maps task types to calls (per month, or whatever the plan spans).
 * @throws RangeError for an unknown task type or a malformed count.
 */
export const estimatePlan = (
  { onlyModel, ...question }: PlanQuestion,
  profileOf: ProfileOf = NO_PROFILES,
): PlanEstimate => {
  const choice = onlyModel === undefined ? question : { ...question, ...alone(question.models, onlyModel) };
  const byTask: Record<string, MicroUsd> = {};
  const byModel: Record<string, MicroUsd> = {};
  const impossible: string[] = [];
  for (const [task, calls] of Object.entries(question.usage)) {
    const count = checkedCount(taskType(task).type, calls);
    const pick = pickForTask({ ...choice, task });
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
        quality_score: pick.quality ?? pick.model.quality,
        seed_quality: pick.model.quality,
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

/** What a model has earned, by strength, where that is not its seed value. */
export const learnedQuality = (model: ModelEntry, qualityOf: QualityOf): Readonly<Record<string, number>> =>
  Object.fromEntries(
    model.strengths
      .map((strength) => [strength, Math.round(100 * qualityOf(model, strength)) / 100] as const)
      .filter(([, quality]) => quality !== model.quality),
  );

export type QualityOf = (model: ModelEntry, strength: Strength) => number;

const capability = (model: ModelEntry, keysPresent: ReadonlySet<string>, qualityOf: QualityOf) => ({
  model_id: model.id,
  display_name: model.displayName,
  provider: model.provider,
  quality_score: model.quality,
  learned_quality: learnedQuality(model, qualityOf),
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
export const capabilitiesShape = (
  models: readonly ModelEntry[],
  keysPresent: ReadonlySet<string>,
  qualityOf: QualityOf = (model) => model.quality,
) => ({
  models: models.map((model) => capability(model, keysPresent, qualityOf)),
});

/** The known shape of current-spend; budget and remainder are null without a monthly cap. */
export const currentSpendShape = (spend: {
  /** UTC month `2026-03`. */
  readonly month: string;
  readonly spentMicroUsd: MicroUsd;
  /** Set aside for calls that are under way, or whose bill is not known: it cannot be spent again. */
  readonly heldMicroUsd: MicroUsd;
  readonly budgetMicroUsd: MicroUsd | null;
}) => ({
  current_month: spend.month,
  spend: usd(spend.spentMicroUsd),
  budget: spend.budgetMicroUsd === null ? null : usd(spend.budgetMicroUsd),
  budget_remaining:
    spend.budgetMicroUsd === null
      ? null
      : usd(Math.max(0, spend.budgetMicroUsd - spend.spentMicroUsd - spend.heldMicroUsd)),
});
