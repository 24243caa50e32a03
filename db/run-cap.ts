// A cap of its own for one run (a decision or a panel with a ceiling, a tournament, an experiment): a limit of scope
// `decision` under the run's id, which the ledger checks together with all others. It ends with the run; its books stay.
import type { MicroUsd } from '../domain/money/micro-usd';
import type { CapStore } from './cap-store';

/** What the reason of such a limit begins with; the run's id follows. */
export const OWN_BUDGET = 'budget of ';

/** What the id of an experiment begins with: it pays for many questions, and a limit for each decision is none of its own. */
export const EXPERIMENT_ID = 'experiment:';

/** `held`: not now, as calls under way hold their worst case; what they do not spend comes back. `spent`: never again. */
export type RunRoom = 'free' | 'held' | 'spent';

export const createRunCap = (caps: Pick<CapStore, 'limits' | 'setLimit' | 'removeLimit' | 'openOnce'>) => {
  const limitOf = async (key: string): Promise<MicroUsd | null> =>
    (await caps.limits()).find((limit) => limit.scope === 'decision' && limit.key === key)?.limitMicroUsd ??
    null;

  /** Repeatable. An own limit, save an experiment's, never exceeds every decision's, also when that is lowered later. */
  const open = async (id: string, budgetMicroUsd: MicroUsd | null): Promise<void> => {
    if (budgetMicroUsd === null || (await limitOf(id)) !== null) return;
    await caps.setLimit({
      scope: 'decision',
      key: id,
      limitMicroUsd: budgetMicroUsd,
      policy: 'stop',
      reason: `${OWN_BUDGET}${id}`,
    });
  };

  const close = async (id: string): Promise<void> => {
    if ((await limitOf(id)) !== null)
      await caps.removeLimit({ scope: 'decision', key: id, reason: `${id} asks no one any more` });
  };

  /** Whether the run's own limit pays for so much more; always without one. */
  const room = async (id: string, amountMicroUsd: MicroUsd): Promise<RunRoom> => {
    const limit = await limitOf(id);
    if (limit === null) return 'free';
    const cap = await caps.openOnce('decision', id);
    const left = limit - (cap ? cap.spentMicroUsd + cap.heldMicroUsd : 0);
    if (amountMicroUsd <= Math.max(0, left)) return 'free';
    return amountMicroUsd <= left + (cap?.underWayMicroUsd ?? 0) ? 'held' : 'spent';
  };

  return { open, close, room };
};
