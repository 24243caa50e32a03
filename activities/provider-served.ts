// Whether anyone takes a provider's calls, as calls that nobody took in time want to know.
import { providerQueue } from '../workflows/contracts/task-queues';
import type { Dependencies } from './dependencies';

/** Temporal's TASK_QUEUE_TYPE_ACTIVITY: a queue's pollers for activities, not for workflows. */
const ACTIVITIES = 2;

export const createProviderServed = ({ providers, client }: Pick<Dependencies, 'providers' | 'client'>) => {
  /** Other workers may have other keys: Temporal knows who asked its queue for work in the last minutes. */
  const hasPollers = async (provider: string): Promise<boolean> => {
    const { pollers } = await client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: providerQueue(provider) },
      taskQueueType: ACTIVITIES,
    });
    return pollers.length > 0;
  };

  /** True where the provider is configured in this process, or was lately served by any. */
  const providerServed = async (provider: string): Promise<boolean> =>
    providers.has(provider) || hasPollers(provider);
  return { providerServed };
};
