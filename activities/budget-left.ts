// What is left to spend on one decision: the least room under the month's, the day's and a decision's own cap.
import type { MicroUsd } from '../domain/money/micro-usd';
import type { Dependencies } from './dependencies';

const SCOPES: ReadonlySet<string> = new Set(['month', 'day', 'decision']);

export const createBudgetLeft =
  ({ stores }: Pick<Dependencies, 'stores'>) =>
  /** Null: no cap covers every decision. A limit that nothing was spent under yet is whole. */
  async (): Promise<MicroUsd | null> => {
    const limits = (await stores.caps.limits()).filter(
      (limit) => SCOPES.has(limit.scope) && limit.key === '*',
    );
    if (limits.length === 0) return null;
    const open = await stores.caps.status();
    const rooms = limits.map((limit) => {
      const shared = limit.scope !== 'decision';
      const cap = open.find((row) => shared && row.scope === limit.scope && row.key === limit.key);
      return cap?.remainingMicroUsd ?? limit.limitMicroUsd;
    });
    return Math.min(...rooms);
  };
