// The smallest durable work there is: one workflow with one activity. The floor that panels are measured by.
import { proxyActivities } from '@temporalio/workflow';

const { wait } = proxyActivities<{ wait(ms: number): Promise<void> }>({ startToCloseTimeout: '1 minute' });

export async function oneActivity(ms: number): Promise<void> {
  await wait(ms);
}
