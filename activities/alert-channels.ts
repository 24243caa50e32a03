// Ways a message leaves the desk: alerts, decisions and reports. Each throws a ChannelFailed with a short reason and
// nothing of the other side's text.
import { createTransport } from 'nodemailer';
import { Webhook } from 'standardwebhooks';

export interface OutgoingMessage {
  /** The same for every attempt, so that a receiver can tell a repetition. */
  readonly id: string;
  /** What is posted. */
  readonly event: {
    readonly type: string;
    readonly timestamp: string;
    readonly data: Readonly<Record<string, unknown>>;
  };
  /** What is mailed. */
  readonly subject: string;
  readonly text: string;
}

export interface AlertChannel {
  readonly name: string;
  /** @throws ChannelFailed */
  send(message: OutgoingMessage): Promise<void>;
}

export class ChannelFailed extends Error {
  override readonly name = 'ChannelFailed';
}

/** A receiver that is slower than this is not there. */
const SEND_MS = 10_000;

export interface WebhookOptions {
  readonly url: string;
  /** `whsec_` and base64, read at each sending. */
  readonly readSecret: () => string | null;
}

/** Posts each message signed by the Standard Webhooks scheme; anything but a 2xx is tried again. */
export const webhookChannel = ({ url, readSecret }: WebhookOptions): AlertChannel => {
  const headersOf = (id: string, body: string): Record<string, string> => {
    const secret = readSecret();
    if (secret === null) throw new ChannelFailed('no secret to sign with');
    const now = new Date();
    let signature: string;
    try {
      signature = new Webhook(secret).sign(id, now, body);
    } catch {
      throw new ChannelFailed('the secret to sign with is no base64');
    }
    return {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
      'webhook-signature': signature,
    };
  };
  return {
    name: 'webhook',
    send: async (message) => {
      const body = JSON.stringify(message.event);
      const headers = headersOf(message.id, body);
      const answer = await fetch(url, {
        method: 'POST',
        headers,
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(SEND_MS),
      }).catch((error: unknown) => {
        throw new ChannelFailed(`not reached: ${error instanceof Error ? error.name : 'unknown'}`);
      });
      await answer.body?.cancel();
      if (!answer.ok) throw new ChannelFailed(`status ${answer.status}`);
    },
  };
};

export interface MailOptions {
  readonly from: string;
  readonly to: readonly string[];
  /** `smtp://user:password@host:587` or `smtps://..`, read at each sending. */
  readonly readUrl: () => string | null;
}

/** One plain-text mail per message. */
export const mailChannel = ({ from, to, readUrl }: MailOptions): AlertChannel => ({
  name: 'email',
  send: async (message) => {
    const url = readUrl();
    if (url === null) throw new ChannelFailed('no address of a mail server');
    const transport = createTransport({
      url,
      connectionTimeout: SEND_MS,
      greetingTimeout: SEND_MS,
      socketTimeout: SEND_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    } as Parameters<typeof createTransport>[0]);
    try {
      await transport.sendMail({
        from,
        to: [...to],
        subject: `[Conclave] ${message.subject.slice(0, 200)}`,
        text: message.text,
        messageId: `<${message.id}@conclave>`,
      });
    } catch (error) {
      const { code, responseCode } = error as { code?: string; responseCode?: number };
      throw new ChannelFailed(`mail server: ${responseCode ?? code ?? 'failed'}`);
    } finally {
      transport.close();
    }
  },
});
