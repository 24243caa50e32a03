// The watches on a real server: one look that is refused for good is not their end. The looks themselves are given, as
// no stored value of this version is refused.
import { ApplicationFailure } from '@temporalio/common';
import { type GivenActivities, workWith } from '../../support/given-activities';
import { uniquePrefix } from '../../support/test-stack';
import { STACK_START_MS } from '../db/fresh-database';

jest.setTimeout(STACK_START_MS);

const queue = uniquePrefix();
const refused = () =>
  ApplicationFailure.nonRetryable('deliver_decisions is "old"; accepted: new', 'BadInput');
let looks = 0;
let given: GivenActivities;

beforeAll(async () => {
  const look = async () => {
    looks += 1;
    if (looks === 1) throw refused();
    return { open: 0, sent: 0, failed: 0, waiting: 0 };
  };
  given = await workWith(queue, { lookForAlerts: look, watchProviders: () => Promise.reject(refused()) });
});

afterAll(() => given.close());

const start = (type: string, input: object) =>
  given.client.workflow.start(type, { workflowId: `${queue}-${type}`, taskQueue: queue, args: [input] });

it('alerts are looked for again', async () => {
  const watch = await start('alertWatch', { everyMs: 20 });
  while (looks < 3) await new Promise((resolve) => setTimeout(resolve, 20));
  expect((await watch.describe()).status.name).toBe('RUNNING');
  await watch.terminate();
});

it('providers are waited for until the next look', async () => {
  const watch = await start('providerWatch', { pending: null });
  const waits = async () =>
    ((await watch.fetchHistory()).events ?? []).some((event) => event.timerStartedEventAttributes);
  while (!(await waits()) && (await watch.describe()).status.name === 'RUNNING');
  expect((await watch.describe()).status.name).toBe('RUNNING');
  await watch.terminate();
});
