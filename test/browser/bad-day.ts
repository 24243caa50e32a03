// A bad day as the dashboard meets it: halted by hand, breakers open and half open, alerts firing and over, a
// month's limit that is spent, a dispute that nobody decided in time. Written by the stores that workers use.
import type { ConclaveClient } from '../../client/connect';
import { CONCLAVE_QUEUE } from '../../workflows/contracts/task-queues';

const MINUTE_MS = 60_000;

export const HALT_REASON = 'costs ran away';
export const WORST_ALERT = 'The feed of prices is silent';
export const WARNING_ALERT = 'Slow answers of feed';

/** More than the page Today names. */
export const WARNINGS = 4;

const openBreakers = async ({ stores: { breakers } }: ConclaveClient): Promise<void> => {
  const at = (ms: number): string => new Date(Date.now() + ms).toISOString();
  await breakers.apply(
    { provider: 'openai', model: 'gpt-4o' },
    { type: 'force_open', until: at(30 * MINUTE_MS) },
  );
  for (const model of ['gpt-4o-mini', 'gpt-4-turbo'])
    await breakers.apply({ provider: 'openai', model }, { type: 'force_open', until: at(-MINUTE_MS) });
  await breakers.apply({ provider: 'openai', model: 'gpt-4-turbo' }, { type: 'ask', holder: 'a probe' });
};

const raiseAlerts = async ({ stores: { alerts } }: ConclaveClient): Promise<void> => {
  const drill = (episode: string, severity: 'critical' | 'warning', title: string) =>
    alerts.raise({ kind: 'drill', episode: `drill:${episode}`, severity, title, details: {} });
  await drill('worst', 'critical', WORST_ALERT);
  await drill('over', 'warning', 'Was slow for a while');
  await alerts.resolve('drill:over');
  for (let n = 1; n <= WARNINGS; n += 1) await drill(`warning ${n}`, 'warning', `${WARNING_ALERT} ${n}`);
};

const letADisputeExpire = async ({ temporal }: ConclaveClient): Promise<void> => {
  const input = {
    ...{ world: 'live', targetKind: 'tournament', targetId: 'tournament:shown' },
    ...{ options: ['approve', 'reject'], declaredDefault: 'reject', timeoutMs: 1_000 },
  };
  await temporal.workflow.execute('review', {
    ...{ workflowId: 'review:expired', taskQueue: CONCLAVE_QUEUE, args: [input] },
  });
};

/** Makes the day bad; the answer ends what would stop the tests after it. */
export const badDay = async (client: ConclaveClient): Promise<() => Promise<void>> => {
  const { caps, modes } = client.stores;
  const limit = { scope: 'month', key: '*' } as const;
  await modes.override({ mode: 'halted', reason: HALT_REASON, by: 'the test' });
  await Promise.all([openBreakers(client), raiseAlerts(client), letADisputeExpire(client)]);
  await caps.setLimit({ ...limit, limitMicroUsd: 0, policy: 'stop', reason: 'a bad day' });
  return async () => {
    await modes.endOverride({ reason: 'the test is over', by: 'test' });
    await caps.removeLimit({ ...limit, reason: 'the day is over' });
  };
};
