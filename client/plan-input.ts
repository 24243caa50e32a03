// A plan of tasks to be priced: what each field accepts, for the API and for commands alike.
import { z } from 'zod';
import { PLAN_PERIODS } from '../domain/selection/estimates';
import { TIERS } from '../domain/selection/tiers';

export const planInput = z.strictObject({
  /** Absent: the setting's tier. */
  quality_tier: z.enum(TIERS).optional(),
  /** Calls by task type in one period. */
  estimated_usage: z.record(z.string().max(64), z.int().min(0).max(1_000_000_000)),
  period: z.enum(PLAN_PERIODS).optional(),
  /** Prices every task at this model instead of the tier's choice. */
  model: z.string().min(1).max(128).optional(),
});
