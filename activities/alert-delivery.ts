// Alerts on their way out: to the log, and by every channel that is configured.
import type { DueDelivery } from '../db/alert-delivery-store';
import { type AlertOccasion, alertMessage, logAlert } from './alert-message';
import type { Dependencies } from './dependencies';
import { type DeliveryTally, emptyOutbox } from './outbox';

const LOG = 'log';

export const createAlertDelivery = (
  { stores, logger, alertChannels }: Pick<Dependencies, 'stores' | 'logger' | 'alertChannels'>,
  lookMs?: number,
) => {
  const { alertDeliveries } = stores;
  const senders = new Map<string, (alert: AlertOccasion) => Promise<void>>([
    [LOG, async (alert) => logAlert(logger, alert)],
    ...(alertChannels ?? []).map(
      (channel) => [channel.name, (alert: AlertOccasion) => channel.send(alertMessage(alert))] as const,
    ),
  ]);
  const keyOf = ({ alert, moment, channel }: DueDelivery) => ({ alertId: alert.id, moment, channel });

  const deliverAlerts = async (): Promise<DeliveryTally> => {
    await alertDeliveries.fill([...senders.keys()]);
    return emptyOutbox<DueDelivery>(
      {
        take: alertDeliveries.take,
        sender: (channel) => senders.get(channel) ?? null,
        delivered: (due) => alertDeliveries.delivered(keyOf(due)),
        failed: async (due, reason, againInSeconds) => {
          await alertDeliveries.failed(keyOf(due), reason, againInSeconds);
          logger.warn({ ...keyOf(due), attempts: due.attempts, reason }, 'alert not delivered');
        },
      },
      lookMs,
    );
  };
  return { deliverAlerts };
};
