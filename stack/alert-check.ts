// What `conclave doctor` says of the ways out for alerts and of the way in for events: each needs a secret that nothing
// asks for until the first alert has to leave, or the first event comes.
import type { Config } from '../config/load';
import { hasSecret, readSecret } from '../config/secrets';
import { EVENT_SECRET, isWebhookSecret, WEBHOOK_SECRET_FORM } from '../config/webhook-secret';
import type { Check } from './diagnosis';

const way = (name: string, where: string, secretName: string, env: NodeJS.ProcessEnv): Check =>
  hasSecret(secretName, env)
    ? { name, ok: true, detail: `${where}, secret in ${secretName}`, fix: null }
    : {
        name,
        ok: false,
        detail: `${where}, but ${secretName} is not set`,
        fix: `Set ${secretName}, or remove this way from the configuration.`,
      };

const signed = (name: string, where: string, secretName: string, env: NodeJS.ProcessEnv): Check => {
  const secret = readSecret(secretName, env);
  if (secret === null || isWebhookSecret(secret)) return way(name, where, secretName, env);
  const detail = `${where}, but ${secretName} has not the accepted form`;
  return { name, ok: false, detail, fix: `Set ${secretName} to ${WEBHOOK_SECRET_FORM}` };
};

/** A check where signed events are taken. */
export const checkEventWay = (env: NodeJS.ProcessEnv): readonly Check[] =>
  hasSecret(EVENT_SECRET, env) ? [signed('events by webhook', 'taken', EVENT_SECRET, env)] : [];

/** A check for each way that is configured; nothing is sent. */
export const checkAlertWays = (
  { webhookUrl, webhookSecretName, smtpUrlName, emailTo }: Config['alerts'],
  env: NodeJS.ProcessEnv,
): readonly Check[] => [
  ...(webhookUrl === null
    ? []
    : [signed('alerts by webhook', new URL(webhookUrl).host, webhookSecretName, env)]),
  ...(emailTo.length === 0 ? [] : [way('alerts by mail', `to ${emailTo.join(', ')}`, smtpUrlName, env)]),
];
