// The model desk: which model for which task, at what expected cost, under the settings and records in force.

import { leftAloneUntil } from '../db/breaker-store';
import { profilesFrom } from '../domain/money/bill-lessons';
import { MICRO_PER_USD } from '../domain/money/micro-usd';
import { earnedBy, type ForecastRecord } from '../domain/selection/earned-quality';
import {
  capabilitiesShape,
  currentSpendShape,
  estimateCostShape,
  estimatePlan,
  type PlanPeriod,
  type ProfileOf,
  perMonth,
  type QualityOf,
  recommendationsShape,
  type TierChoice,
} from '../domain/selection/estimates';
import { modelForTask } from '../domain/selection/task-model';
import { TASK_TYPES } from '../domain/selection/tasks';
import { TIERS, type Tier, type TierPick } from '../domain/selection/tiers';
import { isInstalled } from '../domain/selection/usable';
import { type TaskSettings, taskSettings } from '../domain/settings/task-settings';
import { LIVE_WORLD } from '../domain/world';
import type { ConclaveClient } from './connect';
import { monthlyBudget, storedSettings } from './settings';

/** Bills per model and task that estimates learn from. */
const BILLS_KEPT = 200;

export interface ModelDesk {
  readonly settings: TaskSettings;
  readonly choice: TierChoice;
  /** Quality by strength: seed, track record and ratings together. */
  readonly qualityOf: QualityOf;
  readonly profileOf: ProfileOf;
}

/** Record over everything in the live world, by model. */
const forecastRecords = async ({ stores }: ConclaveClient): Promise<ReadonlyMap<string, ForecastRecord>> => {
  const windows = await stores.performance.windows({ world: LIVE_WORLD, timeWindow: 'all' });
  return new Map(
    windows.flatMap((row): [string, ForecastRecord][] => {
      const isWhole = [row.marketCategory, row.volatilityRegime, row.timeToExpiry].every(
        (one) => one === '*',
      );
      const skill = row.metrics.skill ?? null;
      return isWhole && skill !== null ? [[row.model, { n: row.metrics.compared ?? row.n, skill }]] : [];
    }),
  );
};

/** Those that want no call now; one whose time has come is a candidate again, or it would never recover. */
const openBreakers = async ({
  stores,
}: ConclaveClient): Promise<readonly { readonly provider: string; readonly model: string }[]> => {
  const [breakers, now] = await Promise.all([stores.breakers.list(), stores.worlds.now(LIVE_WORLD)]);
  return breakers.filter(({ state }) => leftAloneUntil(state, now) !== null);
};

const seedTokens = (task: string) => TASK_TYPES.find(({ type }) => type === task) ?? null;

/** Reads everything that a choice depends on, once. */
export const openDesk = async (
  client: ConclaveClient,
  keysPresent: ReadonlySet<string>,
): Promise<ModelDesk> => {
  const [registered, stored, ratings, records, bills, open] = await Promise.all([
    client.stores.registry.list(),
    storedSettings(client),
    client.stores.ratings.list(),
    forecastRecords(client),
    client.stores.bills.ofAll(BILLS_KEPT),
    openBreakers(client),
  ]);
  const models = registered.filter(({ statistical }) => !statistical);
  const settings = taskSettings(stored);
  const qualityOf = earnedBy(ratings, records);
  const isOut = (model: (typeof models)[number]): boolean =>
    open.some(({ provider, model: id }) => provider === model.provider && (id === model.id || id === '*'));
  return {
    settings,
    qualityOf,
    profileOf: profilesFrom(bills, seedTokens),
    choice: {
      models,
      keysPresent,
      preferLocal: settings.preferLocal,
      installed: new Set(models.filter(isInstalled).map(({ id }) => id)),
      qualityOf: (model, task) => qualityOf(model, task.needs),
      deselected: new Map(models.filter(isOut).map(({ id }) => [id, 'its breaker is open'])),
    },
  };
};

/** The model that would do a task now. @throws RangeError for an unknown task type. */
export const chooseForTask = ({ settings, choice }: ModelDesk, task: string, tier?: Tier): TierPick =>
  modelForTask(settings, { ...choice, task }, tier);

/** The known shape of recommendations/{task_type}. @throws RangeError for an unknown task type. */
export const recommend = ({ choice, profileOf }: ModelDesk, task: string) =>
  recommendationsShape(task, choice, profileOf);

/** The known shape of capabilities. */
export const capabilities = ({ choice, qualityOf }: ModelDesk) =>
  capabilitiesShape(choice.models, choice.keysPresent, qualityOf);

export interface TaskPlan {
  /** Null: the setting's tier. */
  readonly tier: Tier | null;
  /** Calls by task type in one period. */
  readonly usage: Readonly<Record<string, number>>;
  /** Default: a month. */
  readonly period?: PlanPeriod | undefined;
  readonly onlyModel?: string | undefined;
  readonly preferLocal?: boolean | undefined;
}

const planned = ({ choice, settings, profileOf }: ModelDesk, plan: TaskPlan, tier: Tier) => {
  const { usage, onlyModel, preferLocal = settings.preferLocal } = plan;
  const estimate = estimatePlan({ ...choice, preferLocal, tier, usage, onlyModel }, profileOf);
  return {
    ...estimateCostShape(estimate),
    per_month: perMonth(estimate.totalMicroUsd, plan.period ?? 'month') / MICRO_PER_USD,
  };
};

/** The known shape of estimate-cost, for one tier. @throws RangeError for an unknown task, model or count. */
export const estimateTasks = (desk: ModelDesk, plan: TaskPlan) => {
  const tier = plan.tier ?? desk.settings.tier;
  return { quality_tier: tier, ...planned(desk, plan, tier) };
};

/** The same plan at every tier. */
export const estimateTiers = (desk: ModelDesk, plan: Omit<TaskPlan, 'tier'>) => ({
  tiers: Object.fromEntries(TIERS.map((tier) => [tier, planned(desk, { ...plan, tier }, tier)])) as Readonly<
    Record<Tier, ReturnType<typeof planned>>
  >,
});

/** The known shape of current-spend; the month is that of the database's clock. */
export const currentSpend = async (client: ConclaveClient) => {
  const month = (await client.stores.worlds.now(LIVE_WORLD)).slice(0, 7);
  const [total, budgetMicroUsd] = await Promise.all([
    client.stores.spend.total({ from: `${month}-01T00:00:00.000Z` }),
    monthlyBudget(client),
  ]);
  return currentSpendShape({
    ...{ month, budgetMicroUsd },
    ...{ spentMicroUsd: total.settledMicroUsd, heldMicroUsd: total.heldMicroUsd },
  });
};
