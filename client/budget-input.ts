// Changes of budgets: what each field accepts, for the API and for commands alike.
import { z } from 'zod';
import { CAP_SCOPES } from '../db/cap-record';
import { usdAmount } from './fields';
import { BadInput } from './inputs';

const REASON = 'accepted: a few words that say why; they are kept';

const target = {
  scope: z.enum(CAP_SCOPES),
  /** One provider, model, session or decision; `*`: each of them. */
  key: z.string().min(1).max(200).default('*'),
  reason: z.string(REASON).min(1, REASON).max(500).regex(/\S/, REASON),
};

/** Begins the running period anew, or takes a limit away. */
export const budgetTargetInput = z.strictObject(target);

/** Sets or raises a limit. */
export const budgetLimitInput = z.strictObject({
  ...target,
  limitUsd: usdAmount,
  /** Absent: as it was, else stop. */
  policy: z.enum(['stop', 'downgrade']).optional(),
});

/** The API's change: `limitUsd` null takes the limit away. */
export const budgetChangeInput = budgetLimitInput.extend({ limitUsd: usdAmount.nullable() });

/** A month or a day has one limit for everything. @throws BadInput. */
export const checkedTarget = <T extends Pick<z.output<typeof budgetTargetInput>, 'scope' | 'key'>>(
  change: T,
): T => {
  if ((change.scope === 'month' || change.scope === 'day') && change.key !== '*')
    throw new BadInput(`key is ${JSON.stringify(change.key)}; accepted: *, for scope ${change.scope}`);
  return change;
};
