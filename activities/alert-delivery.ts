// Empties the outbox of alerts: everything due is sent once per channel; what fails waits longer each time.
import type { DueDelivery } from '../db/alert-delivery-store';
import { type AlertChannel, type AlertMessage, AlertNotSent, logChannel } from './alert-channels';
import type { Dependencies } from './dependencies';

const FIRST_WAIT_SECONDS = 10;
const LONGEST_WAIT_SECONDS = 3_600;
/** About two days of trying. */
const MOST_ATTEMPTS = 56;
/** Of one look; the next takes the rest. */
const MOST_PER_LOOK = 50;
/**
 * Half the time for which rows are held: a channel that hangs must not keep its rows past it, when another look may
 * send them too, nor keep the rules from being judged again.
 */
const LOOK_MS = 60_000;

/** Seconds until the next attempt; null after the last. */
const waitAfter = (attempts: number): number | null =>
  attempts >= MOST_ATTEMPTS
    ? null
    : Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** Math.min(attempts - 1, 20));

export interface DeliveryTally {
  readonly sent: number;
  readonly failed: number;
}

export const createAlertDelivery = (
  { stores, logger, alertChannels }: Pick<Dependencies, 'stores' | 'logger' | 'alertChannels'>,
  lookMs = LOOK_MS,
) => {
  const channels = new Map<string, AlertChannel>(
    [logChannel(logger), ...(alertChannels ?? [])].map((channel) => [channel.name, channel]),
  );

  /** @throws AlertNotSent, also for what a channel did not foresee, such as a secret that is none. */
  const sendBy = async (channel: string, message: AlertMessage): Promise<void> => {
    const way = channels.get(channel);
    if (!way) throw new AlertNotSent('channel is not configured any more');
    await way.send(message).catch((error: unknown) => {
      if (error instanceof AlertNotSent) throw error;
      throw new AlertNotSent(`failed: ${error instanceof Error ? error.name : 'unknown'}`);
    });
  };

  const send = async ({ alert, moment, channel, attempts }: DueDelivery): Promise<boolean> => {
    const key = { alertId: alert.id, moment, channel };
    try {
      await sendBy(channel, { alert, moment });
      await stores.alertDeliveries.delivered(key);
      return true;
    } catch (error) {
      if (!(error instanceof AlertNotSent)) throw error;
      await stores.alertDeliveries.failed(
        key,
        error.message,
        channels.has(channel) ? waitAfter(attempts) : null,
      );
      logger.warn({ ...key, attempts, reason: error.message }, 'alert not delivered');
      return false;
    }
  };

  /** Side by side over the channels, so that a slow one holds up no other; in order within each. */
  const deliverAlerts = async (): Promise<DeliveryTally> => {
    await stores.alertDeliveries.fill([...channels.keys()]);
    const due = await stores.alertDeliveries.take(MOST_PER_LOOK);
    const startedAt = performance.now();
    const inOrder = async (name: string): Promise<readonly boolean[]> => {
      const sent: boolean[] = [];
      for (const row of due.filter(({ channel }) => channel === name)) {
        // What is left falls due again by itself.
        if (sent.length > 0 && performance.now() - startedAt > lookMs) break;
        sent.push(await send(row));
      }
      return sent;
    };
    const names = [...new Set(due.map(({ channel }) => channel))];
    const all = (await Promise.all(names.map(inOrder))).flat();
    return { sent: all.filter(Boolean).length, failed: all.filter((ok) => !ok).length };
  };
  return { deliverAlerts };
};
