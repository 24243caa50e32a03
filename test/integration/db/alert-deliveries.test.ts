// The outbox of alerts over two channels: an alert is delivered once every channel has it or has given up.
import { createAlertRules } from '../../../activities/alert-rules';
import { createAlertDeliveryStore } from '../../../db/alert-delivery-store';
import { createAlertStore } from '../../../db/alert-store';
import { createStores } from '../../../db/stores';
import { checkDeliveries } from '../../../stack/delivery-check';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from './fresh-database';

let test: TestDatabase;
beforeAll(async () => {
  test = await freshTestDatabase();
}, STACK_START_MS);
afterAll(() => test.drop());
beforeEach(() => test.db.query('truncate alerts, alert_deliveries restart identity cascade'));

const BOTH = ['log', 'webhook'];
const deliveries = () => createAlertDeliveryStore(test.db);
const raise = async () => {
  const alerts = createAlertStore(test.db);
  await alerts.raise({ kind: 'mode', episode: 'mode:cached', severity: 'critical', title: 't', details: {} });
  await deliveries().fill(BOTH);
  return (await deliveries().take(10)).map(({ moment, channel, alert }) => ({
    ...{ moment, channel, alertId: alert.id },
  }));
};
const isDelivered = async () =>
  (await createAlertStore(test.db).list({ openOnly: true })).every(
    ({ raisedDeliveredAt }) => raisedDeliveredAt !== null,
  );

it('that got out on two channels at the same moment is delivered, and not sent on a channel that comes later', async () => {
  const [log, webhook] = await raise();
  // The second statement begins before the first is committed, and sees its channel still waiting.
  await test.db.transaction(async (sql) => {
    await createAlertDeliveryStore(sql).delivered(log!);
    await deliveries().delivered(webhook!);
  });
  expect(await isDelivered()).toBe(false);
  expect(await deliveries().fill([...BOTH, 'mail'])).toBe(0);
  expect(await isDelivered()).toBe(true);
});

it('whose last channel gave up is delivered where another has it, and waits where none has', async () => {
  const [log, webhook] = await raise();
  await deliveries().failed(webhook!, 'gone', null);
  expect(await deliveries().fill(BOTH)).toBe(0);
  expect(await isDelivered()).toBe(false);
  await deliveries().delivered(log!);
  await deliveries().fill(BOTH);
  expect(await isDelivered()).toBe(true);
});

it('that does not leave is an alert and a failed check of its way out, until something leaves by it again', async () => {
  const { holdRules } = createAlertRules({
    stores: createStores(test.db),
    client: {} as never,
    alertChannels: [{ name: 'webhook', send: async () => undefined }],
  });
  const open = async () =>
    (await createAlertStore(test.db).list({ openOnly: true, kind: 'delivery' })).map(({ title }) => title);
  const doctor = () => checkDeliveries(test.url, { webhookUrl: 'https://example.com/hook', emailTo: [] });

  const [log, webhook] = await raise();
  await deliveries().delivered(log!);
  await deliveries().failed(webhook!, 'answered 500', 60);
  await holdRules();
  expect(await open()).toEqual([]);
  expect(await doctor()).toMatchObject([
    { name: 'sent by webhook', ok: true, detail: '1 waits after up to 1 attempt: answered 500' },
  ]);

  await test.db.query("update alert_deliveries set attempts = 6 where channel = 'webhook'");
  for (const _ of [1, 2]) await holdRules();
  expect(await open()).toEqual([
    'Nothing is known to arrive by webhook: 1 waits after up to 6 attempts: answered 500',
  ]);
  expect(await doctor()).toMatchObject([{ ok: false, fix: expect.stringContaining('alerts.webhookUrl') }]);

  await deliveries().failed(webhook!, 'answered 500', null);
  await holdRules();
  expect(await doctor()).toMatchObject([{ ok: false, detail: '1 given up: answered 500' }]);
  expect(await open()).toHaveLength(1);

  await deliveries().fill(BOTH);
  for (const { alert, moment, channel } of await deliveries().take(10))
    await deliveries().delivered({ alertId: alert.id, moment, channel });
  await holdRules();
  expect(await open()).toEqual([]);
  expect(await doctor()).toMatchObject([{ ok: true, detail: 'nothing waits', fix: null }]);
});
