// A request whose work is done and whose end is lost, sent again with its Idempotency-Key: answered as the first would
// have been, and nothing done twice.
import type { Client } from '@temporalio/client';
import { buildApp, type ServerApp } from '../../../server/serve';
import { type WorkerlessApi, workerlessApi } from '../../support/open-api';
import { aReservation } from '../db/rows';

let api: WorkerlessApi;
let built: ServerApp;
/** Whether the end of the next request is lost. */
let losing = false;
/** Who a review's workflow takes for the one who decided it. */
let decideAs = 'ann';

/** In place of the workflow, for which there is no worker here: the first answer closes the review. */
const getHandle = (id: string) => ({
  startUpdate: async () => {
    const end = { status: 'answered', verdict: 'approve', reviewer: decideAs, comment: 'sound' } as const;
    await api.client.stores.reviews.close(id, end);
    return { result: async () => undefined };
  },
});

beforeAll(async () => {
  api = await workerlessApi();
  const { requests } = api.client.stores;
  const finish: typeof requests.finish = async (key, end) => {
    if (losing) throw new Error('lost');
    return requests.finish(key, end);
  };
  const stores = { ...api.client.stores, requests: { ...requests, finish } };
  const temporal = Object.create(api.client.temporal, { workflow: { value: { getHandle } } }) as Client;
  built = buildApp({ ...api.options, client: { ...api.client, stores, temporal } });
  jest.spyOn(api.client.stores.workerBeats, 'alive').mockResolvedValue(1);
  const { workflowService } = api.client.temporal.connection;
  const pollers = [{ lastAccessTime: { seconds: Math.floor(Date.now() / 1_000) } }];
  jest.spyOn(workflowService, 'describeTaskQueue').mockImplementation(async () => ({ pollers }) as never);
}, 120_000);
afterAll(async () => {
  built?.close();
  await api?.close();
});

const post = async (path: string, body: object, key: string) => {
  const answer = await built.app.request(`http://127.0.0.1/api/v1${path}`, {
    method: 'POST',
    headers: { host: '127.0.0.1', 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  });
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
};

let keys = 0;

/** Sends it, loses its end, and sends it again after `between`. */
const again = async (path: string, body: object, between: () => Promise<unknown> = async () => undefined) => {
  keys += 1;
  const key = `lost-${keys}`;
  losing = true;
  expect((await post(path, body, key)).status).toBe(500);
  losing = false;
  await between();
  return post(path, body, key);
};

it('a reset closes no books that were opened since', async () => {
  const { caps, ledger } = api.client.stores;
  const target = { scope: 'month', key: '*', reason: 'a test' } as const;
  await caps.setLimit({ ...target, limitMicroUsd: 30_000, policy: 'stop' });
  const call = (callKey: string) => ledger.reserve(aReservation({ callKey }));
  await call('before');
  const { status } = await again('/budget/reset', target, () => call('since'));
  expect(status).toBe(200);
  expect(await call('after')).toMatchObject({ status: 'refused' });
});

it('a model is added, and one that was changed since is there already', async () => {
  const price = { inputUsdPer1M: '0.5', outputUsdPer1M: '2' };
  const model = { id: 'lost-one', provider: 'openai', quality: 7, strengths: ['forecasting'], price };
  const added = await again('/models', model);
  expect([added.status, added.json]).toMatchObject([201, { id: 'lost-one', quality: 7 }]);
  expect((await post('/models', model, 'added-anew')).status).toBe(409);
  const change = () =>
    api.client.stores.registry.edit('lost-two', (entry) => ({ ...entry, quality: 8, price: null }));
  expect((await again('/models', { ...model, id: 'lost-two' }, change)).status).toBe(409);
});

it('an experiment is stopped for that reason', async () => {
  const { experiments } = api.client.stores;
  const id = 'experiment:lost';
  await experiments.create({
    ...{
      id,
      name: 'n',
      world: 'live',
      kind: 'strategy',
      armA: 'weighted_vote',
      armB: 'cascade',
      model: null,
    },
    ...{ category: null, alpha: 0.05, budgetMicroUsd: 0 },
  });
  const path = `/experiments/${encodeURIComponent(id)}/stop`;
  const { status, json } = await again(path, { reason: ' enough ' });
  expect([status, json]).toMatchObject([200, { status: 'stopped', note: 'enough' }]);
  expect((await post(path, { reason: 'enough' }, 'stopped-anew')).status).toBe(400);
});

it('a review is decided by that answer, and by no other', async () => {
  const { reviews } = api.client.stores;
  const open = (id: string) =>
    reviews.open({
      ...{ id, world: 'live', targetKind: 'tournament', targetId: id, workflowId: id, question: 'Which?' },
      ...{ options: ['approve', 'reject'], declaredDefault: 'reject', dueAt: '2099-01-01T00:00:00.000Z' },
    });
  for (const id of ['review:own', 'review:other']) await open(id);
  const answer = { verdict: 'approve', reviewer: ' ann ', reason: 'sound' };
  const own = await again('/reviews/review:own/decide', answer);
  expect([own.status, own.json]).toMatchObject([200, { verdict: 'approve', reviewer: 'ann' }]);
  decideAs = 'bob';
  expect((await again('/reviews/review:other/decide', answer)).status).toBe(409);
});

it('a schedule runs once', async () => {
  const scheduleId = 'desk:lost-end';
  const { temporal, stores } = api.client;
  const handle = await temporal.schedule.create({
    scheduleId,
    spec: {},
    action: { type: 'startWorkflow', workflowType: 'nothing', taskQueue: 'nobody', args: [] },
  });
  const info = async () => (await handle.describe()).info;
  /** Ends the runs there are: two of one second would have one id, and the second be refused for that alone. */
  const endRuns = async (taken: number) => {
    while ((await info()).numActionsTaken < taken);
    for (const { action } of (await info()).recentActions)
      await temporal.workflow
        .getHandle(action.workflow.workflowId)
        .terminate()
        .catch(() => undefined);
  };
  try {
    const changes = [{ scheduleId, change: 'created', differences: [] }] as const;
    await stores.scheduleSyncs.record({ fingerprint: 'f', cause: 'person', changes });
    const path = `/schedules/${scheduleId}/trigger`;
    expect((await again(path, {}, () => endRuns(1))).status).toBe(200);
    // What the server is asked it takes in order: with this, all before it has been.
    await handle.pause('all taken');
    const isTaken = async () => {
      const { state, raw } = await handle.describe();
      return state.note === 'all taken' && Number(raw.info?.bufferSize ?? 0) === 0;
    };
    while (!(await isTaken()));
    expect((await info()).numActionsTaken).toBe(1);
    expect((await post(path, {}, 'triggered-anew')).status).toBe(200);
    await endRuns(2);
  } finally {
    await endRuns(0);
    await handle.delete();
  }
});
