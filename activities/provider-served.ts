// Whether anyone takes a provider's calls, as calls that nobody took in time want to know.
import { temporal } from '@temporalio/proto';
import { providerQueue } from '../workflows/contracts/task-queues';
import type { Dependencies } from './dependencies';

export const createProviderServed = ({ providers, client }: Pick<Dependencies, 'providers' | 'client'>) => {
  /** Other workers may have other keys: Temporal knows who asked its queue for work in the last minutes. */
  const hasPollers = async (provider: string): Promise<boolean> => {
    const { pollers } = await client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: providerQueue(provider) },
      taskQueueType: temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    });
    return pollers.length > 0;
  };

  /** True where the provider is configured in this process, or was lately served by any. */
  const providerServed = async (provider: string): Promise<boolean> =>
    providers.has(provider) || hasPollers(provider);
  return { providerServed };
};
