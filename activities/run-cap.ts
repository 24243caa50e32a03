// A cap of its own for one run (a tournament, an experiment): a limit of scope `decision` under the run's id, which
// the ledger checks together with all others. It ends with the run; its books stay.
import type { MicroUsd } from '../domain/money/micro-usd';
import type { Dependencies } from './dependencies';

export const createRunCap = ({ stores }: Pick<Dependencies, 'stores'>) => {
  const limitOf = async (key: string): Promise<MicroUsd | null> =>
    (await stores.caps.limits()).find((limit) => limit.scope === 'decision' && limit.key === key)
      ?.limitMicroUsd ?? null;

  /** Repeatable. An own limit never exceeds the one that every decision has. */
  const open = async (id: string, budgetMicroUsd: MicroUsd | null): Promise<void> => {
    if (budgetMicroUsd === null || (await limitOf(id)) !== null) return;
    const everyones = (await limitOf('*')) ?? budgetMicroUsd;
    await stores.caps.setLimit({
      scope: 'decision',
      key: id,
      limitMicroUsd: Math.min(budgetMicroUsd, everyones),
      policy: 'stop',
      reason: `budget of ${id}`,
    });
  };

  const close = async (id: string): Promise<void> => {
    if ((await limitOf(id)) !== null)
      await stores.caps.removeLimit({ scope: 'decision', key: id, reason: `${id} asks no one any more` });
  };

  return { open, close };
};
