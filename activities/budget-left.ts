// What is left to spend on one decision: the least room under the month's and the day's caps, its session's and its own.
import type { CapLimit, CapScope } from '../db/cap-record';
import type { MicroUsd } from '../domain/money/micro-usd';
import type { Dependencies } from './dependencies';

interface SpendingFor {
  readonly decisionId: string;
  readonly sessionId: string | null;
}

export const createBudgetLeft = ({ stores }: Pick<Dependencies, 'stores'>) => {
  /** A limit of its own goes before everyone's; null without either. */
  const limitOf = (limits: readonly CapLimit[], scope: CapScope, key: string): CapLimit | null =>
    [key, '*'].flatMap(
      (wanted) => limits.find((limit) => limit.scope === scope && limit.key === wanted) ?? [],
    )[0] ?? null;

  /** Null: no cap covers the decision. A limit that nothing was spent under yet is whole. */
  return async ({ decisionId, sessionId }: SpendingFor): Promise<MicroUsd | null> => {
    const [limits, open] = await Promise.all([stores.caps.limits(), stores.caps.status()]);
    const periodic = (['month', 'day'] as const).flatMap((scope) => {
      const limit = limitOf(limits, scope, '*');
      const cap = open.find((row) => row.scope === scope);
      return limit ? [cap?.remainingMicroUsd ?? limit.limitMicroUsd] : [];
    });
    const own = await Promise.all(
      (
        [
          ['market_session', sessionId],
          ['decision', decisionId],
        ] as const
      ).map(async ([scope, key]) => {
        const limit = key === null ? null : limitOf(limits, scope, key);
        if (key === null || limit === null) return [];
        return [(await stores.caps.openOnce(scope, key))?.remainingMicroUsd ?? limit.limitMicroUsd];
      }),
    );
    const rooms = [...periodic, ...own.flat()];
    return rooms.length === 0 ? null : Math.min(...rooms);
  };
};
