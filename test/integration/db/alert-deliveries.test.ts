// The outbox of alerts over two channels: an alert is delivered once every channel has it or has given up.
import { createAlertDeliveryStore } from '../../../db/alert-delivery-store';
import { createAlertStore } from '../../../db/alert-store';
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
