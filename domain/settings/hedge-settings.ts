// The settings of hedging (domain/outage/hedging.ts), which a category may have of its own.
import type { HedgeTerms } from '../outage/hedging';
import { type AcceptedForm, numberFrom, wholeNumberFrom } from './accepted-form';

/** Key, accepted form, default and one line for people. */
export type HedgeSetting = readonly [key: string, form: AcceptedForm, fallback: unknown, doc: string];

const MOST_MS = 600_000;
const setTime = wholeNumberFrom(100, MOST_MS);

const hedgeAfter: AcceptedForm = {
  accepts: (value) => value === 'off' || value === 'learned' || setTime.accepts(value),
  accepted: `off, learned, or milliseconds: ${setTime.accepted}`,
};

export const HEDGE_SETTINGS: readonly HedgeSetting[] = [
  [
    'hedge_after',
    hedgeAfter,
    'off',
    "When a member's call that has no answer gets a second one at another model: off, learned (as long as 95 % of that model's calls took in three days), or milliseconds",
  ],
  ['hedge_factor', numberFrom(0.5, 10), 1, 'Multiplies the learned time'],
  [
    'hedge_least_ms',
    wholeNumberFrom(100, MOST_MS),
    2_000,
    'No second call before this where the time is learned',
  ],
];

/** Null: off. @param value reads one setting, narrowed as the decision asks */
export const hedgeTerms = (value: <T>(key: string) => T): HedgeTerms | null => {
  const after = value<'off' | 'learned' | number>('hedge_after');
  return after === 'off' ? null : { after, factor: value('hedge_factor'), leastMs: value('hedge_least_ms') };
};
