// Empties an outbox: everything due is sent once per channel; what fails waits longer each time.
import { waitAfter } from '../domain/alerts/delivery-rule';
import { ChannelFailed } from './alert-channels';

/** Of one look; the next takes the rest. */
const MOST_PER_LOOK = 50;
/**
 * Half the time for which rows are held: a channel that hangs must not keep its rows past it, when another look may
 * send them too, nor keep the rules from being judged again.
 */
const LOOK_MS = 60_000;

export interface DueItem {
  readonly channel: string;
  /** This one included. */
  readonly attempts: number;
}

export interface Outbox<T extends DueItem> {
  /** What is due, held while it is tried. */
  readonly take: (limit: number) => Promise<readonly T[]>;
  /** Null where the channel is not configured any more: given up. @throws anything that keeps it from being out */
  readonly sender: (channel: string) => ((item: T) => Promise<void>) | null;
  readonly delivered: (item: T) => Promise<void>;
  /** Tried again after so many seconds; null: never. */
  readonly failed: (item: T, reason: string, againInSeconds: number | null) => Promise<void>;
}

export interface DeliveryTally {
  readonly sent: number;
  readonly failed: number;
}

/** Short, and nothing of the other side's text, also for what a channel did not foresee, such as a secret that is none. */
const reasonOf = (error: unknown): string =>
  error instanceof ChannelFailed
    ? error.message
    : `failed: ${error instanceof Error ? error.name : 'unknown'}`;

const sendOne = async <T extends DueItem>(outbox: Outbox<T>, item: T): Promise<boolean> => {
  const send = outbox.sender(item.channel);
  const reason = send ? await send(item).then(() => null, reasonOf) : 'channel is not configured any more';
  if (reason === null) await outbox.delivered(item);
  else await outbox.failed(item, reason, send ? waitAfter(item.attempts) : null);
  return reason === null;
};

/** Side by side over the channels, so that a slow one holds up no other; in order within each. */
export const emptyOutbox = async <T extends DueItem>(
  outbox: Outbox<T>,
  lookMs = LOOK_MS,
): Promise<DeliveryTally> => {
  const due = await outbox.take(MOST_PER_LOOK);
  const startedAt = performance.now();
  const inOrder = async (name: string): Promise<readonly boolean[]> => {
    const sent: boolean[] = [];
    for (const item of due.filter(({ channel }) => channel === name)) {
      // What is left falls due again by itself.
      if (sent.length > 0 && performance.now() - startedAt > lookMs) break;
      sent.push(await sendOne(outbox, item));
    }
    return sent;
  };
  const names = [...new Set(due.map(({ channel }) => channel))];
  const all = (await Promise.all(names.map(inOrder))).flat();
  return { sent: all.filter(Boolean).length, failed: all.filter((ok) => !ok).length };
};
