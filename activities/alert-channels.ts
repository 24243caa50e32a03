// Ways an alert leaves the desk. Each throws an AlertNotSent with a short reason and nothing of the other side's text.
import { createTransport } from 'nodemailer';
import { Webhook } from 'standardwebhooks';
import type { AlertMoment } from '../db/alert-delivery-store';
import type { AlertRow } from '../db/alert-store';
import type { Logger } from './dependencies';

export interface AlertMessage {
  readonly alert: AlertRow;
  readonly moment: AlertMoment;
}

export interface AlertChannel {
  readonly name: string;
  /** @throws AlertNotSent */
  send(message: AlertMessage): Promise<void>;
}

export class AlertNotSent extends Error {
  override readonly name = 'AlertNotSent';
}

/** A receiver that is slower than this is not there. */
const SEND_MS = 10_000;

/** The same for every attempt, so that a receiver can tell a repetition. */
const messageId = ({ alert, moment }: AlertMessage): string => `alert-${alert.id}-${moment}`;

const sentence = ({ alert, moment }: AlertMessage): string =>
  moment === 'raised' ? alert.title : `Over: ${alert.title}`;

export const logChannel = (logger: Pick<Logger, 'info' | 'warn'>): AlertChannel => ({
  name: 'log',
  send: async (message) => {
    const { id, kind, episode, severity } = message.alert;
    const write = message.moment === 'raised' && severity !== 'info' ? logger.warn : logger.info;
    write.call(
      logger,
      { alertId: id, kind, episode, severity, moment: message.moment },
      `alert: ${sentence(message)}`,
    );
  },
});

const documentOf = ({ alert, moment }: AlertMessage) => {
  const { id, kind, episode, severity, title, details, raisedAt, resolvedAt } = alert;
  return {
    type: `alert.${moment}`,
    timestamp: moment === 'raised' ? raisedAt : resolvedAt,
    data: { id, kind, episode, severity, title, details, raisedAt, resolvedAt },
  };
};

export interface WebhookOptions {
  readonly url: string;
  /** `whsec_` and base64, read at each sending. */
  readonly readSecret: () => string | null;
}

/** Posts each alert signed by the Standard Webhooks scheme; anything but a 2xx is tried again. */
export const webhookChannel = ({ url, readSecret }: WebhookOptions): AlertChannel => {
  const headersOf = (message: AlertMessage, body: string): Record<string, string> => {
    const secret = readSecret();
    if (secret === null) throw new AlertNotSent('no secret to sign with');
    const now = new Date();
    const id = messageId(message);
    return {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
      'webhook-signature': new Webhook(secret).sign(id, now, body),
    };
  };
  return {
    name: 'webhook',
    send: async (message) => {
      const body = JSON.stringify(documentOf(message));
      const headers = headersOf(message, body);
      const answer = await fetch(url, {
        method: 'POST',
        headers,
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(SEND_MS),
      }).catch((error: unknown) => {
        throw new AlertNotSent(`not reached: ${error instanceof Error ? error.name : 'unknown'}`);
      });
      await answer.body?.cancel();
      if (!answer.ok) throw new AlertNotSent(`status ${answer.status}`);
    },
  };
};

export interface MailOptions {
  readonly from: string;
  readonly to: readonly string[];
  /** `smtp://user:password@host:587` or `smtps://..`, read at each sending. */
  readonly readUrl: () => string | null;
}

const mailText = ({ alert, moment }: AlertMessage): string =>
  [
    sentence({ alert, moment }),
    '',
    `Raised:   ${alert.raisedAt}`,
    ...(alert.resolvedAt ? [`Over:     ${alert.resolvedAt}`] : []),
    `Severity: ${alert.severity}`,
    `Episode:  ${alert.episode}`,
    '',
    ...Object.entries(alert.details).map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
  ].join('\n');

/** One plain-text mail per alert and moment. */
export const mailChannel = ({ from, to, readUrl }: MailOptions): AlertChannel => ({
  name: 'email',
  send: async (message) => {
    const url = readUrl();
    if (url === null) throw new AlertNotSent('no address of a mail server');
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
        subject: `[Conclave] ${sentence(message).slice(0, 200)}`,
        text: mailText(message),
        messageId: `<${messageId(message)}@conclave>`,
      });
    } catch (error) {
      const { code, responseCode } = error as { code?: string; responseCode?: number };
      throw new AlertNotSent(`mail server: ${responseCode ?? code ?? 'failed'}`);
    } finally {
      transport.close();
    }
  },
});
