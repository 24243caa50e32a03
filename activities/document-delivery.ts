// Decisions and reports on their way out, where a setting asks for it and a channel is configured: each once, found by
// what is recorded, so that no decision waits for a delivery.
import type { DeliveryKind, DueDocument } from '../db/delivery-store';
import { deliveryChannels } from '../domain/settings/delivery-settings';
import { deskWorld } from '../domain/settings/desk-settings';
import { ChannelFailed, type OutgoingMessage } from './alert-channels';
import type { Dependencies } from './dependencies';
import { settingsNow } from './desk-world';
import { decisionMessage, reportMessage } from './document-message';
import { type DeliveryTally, emptyOutbox } from './outbox';

const SETTINGS = {
  decision: 'deliver_decisions',
  report: 'deliver_reports',
} as const satisfies Record<DeliveryKind, string>;

export const createDocumentDelivery = ({
  stores,
  logger,
  alertChannels = [],
}: Pick<Dependencies, 'stores' | 'logger' | 'alertChannels'>) => {
  const { deliveries } = stores;

  const decision = async (id: string): Promise<OutgoingMessage | null> => {
    const stored = await stores.decisions.get(id);
    return stored && decisionMessage(stored);
  };

  const report = async (ref: string): Promise<OutgoingMessage | null> => {
    const cut = ref.lastIndexOf('/');
    const stored = await stores.reports.get(ref.slice(0, cut), ref.slice(cut + 1));
    return stored && reportMessage(stored);
  };

  const fill = async (): Promise<void> => {
    const read = await settingsNow(stores);
    for (const kind of ['decision', 'report'] as const) {
      const wanted = deliveryChannels(read, SETTINGS[kind]);
      const channels = alertChannels.flatMap(({ name }) => (wanted.includes(name) ? [name] : []));
      if (channels.length > 0)
        await deliveries.fill({ kind, setting: SETTINGS[kind], world: deskWorld(read), channels });
    }
  };

  const deliverDocuments = async (): Promise<DeliveryTally> => {
    await fill();
    return emptyOutbox<DueDocument>({
      take: deliveries.take,
      sender: (name) => {
        const channel = alertChannels.find((each) => each.name === name);
        if (!channel) return null;
        return async ({ kind, ref }) => {
          const message = await { decision, report }[kind](ref);
          if (!message) throw new ChannelFailed('not on record');
          await channel.send(message);
        };
      },
      delivered: deliveries.delivered,
      failed: async (due, reason, againInSeconds) => {
        await deliveries.failed(due, reason, againInSeconds);
        logger.warn({ ...due, reason }, 'document not delivered');
      },
    });
  };
  return { deliverDocuments };
};
