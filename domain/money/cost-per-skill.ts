// Dollars per unit of skill (E5): what a model's forecasts cost against what they add. Feeds selection.
import type { WindowName } from '../track/windows';
import type { MicroUsd } from './micro-usd';

export interface SkillCostRow {
  readonly model: string;
  readonly category: string;
  readonly window: WindowName;
  readonly forecasts: number;
  /** Forecasts whose cost is known; recorded ones may have none. */
  readonly pricedForecasts: number;
  readonly costMicroUsd: MicroUsd;
  /** Mean score gained per forecast against the simple mean (Brier points); lower bound of its 90 % interval. */
  readonly skillLower: number;
  readonly skill: number;
}

export interface CostPerSkill {
  readonly model: string;
  readonly category: string;
  readonly window: WindowName;
  readonly n: number;
  readonly costPerForecastMicroUsd: number | null;
  /** Micro-dollars per 0.01 of skill and forecast; null: without skill or without a known cost. */
  readonly costPerSkillPointMicroUsd: number | null;
  /** Skill points per dollar, by the interval's lower bound; 0 when not shown to be above zero; null: free. */
  readonly skillPointsPerUsd: number | null;
}

const POINT = 0.01;

/** Cost per unit of skill of one row. Costs of unpriced forecasts are left out, not taken as zero. */
export const costPerSkill = (row: SkillCostRow): CostPerSkill => {
  const perForecast = row.pricedForecasts > 0 ? row.costMicroUsd / row.pricedForecasts : null;
  const points = row.skill / POINT;
  const lowerPoints = Math.max(0, row.skillLower / POINT);
  return {
    model: row.model,
    category: row.category,
    window: row.window,
    n: row.forecasts,
    costPerForecastMicroUsd: perForecast,
    costPerSkillPointMicroUsd: perForecast === null || points <= 0 ? null : perForecast / points,
    skillPointsPerUsd:
      perForecast === null || perForecast === 0 ? null : (lowerPoints * 1_000_000) / perForecast,
  };
};
