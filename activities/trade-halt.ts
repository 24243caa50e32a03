// Whether a person has stopped the desk, asked at the moment at which a trade would be written down: it may have been
// sized before that.
import type { Stores } from '../db/stores';
import { MODE_POLICIES } from '../domain/outage/modes';

/** Why no position may be opened now; null: one may. */
export const createTradeHalt =
  ({ modes }: Pick<Stores, 'modes'>) =>
  async (): Promise<string | null> => {
    const current = await modes.current();
    return current && MODE_POLICIES[current.mode].maxNewPositionMicroUsd === 0 ? current.reason : null;
  };
