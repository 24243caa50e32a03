// What `conclave doctor` says of the ways out for alerts: each needs a secret that nothing asks for until the first
// alert has to leave.
import type { Config } from '../config/load';
import { hasSecret } from '../config/secrets';
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

/** A check for each way that is configured; nothing is sent. */
export const checkAlertWays = (
  { webhookUrl, webhookSecretName, smtpUrlName, emailTo }: Config['alerts'],
  env: NodeJS.ProcessEnv,
): readonly Check[] => [
  ...(webhookUrl === null
    ? []
    : [way('alerts by webhook', new URL(webhookUrl).host, webhookSecretName, env)]),
  ...(emailTo.length === 0 ? [] : [way('alerts by mail', `to ${emailTo.join(', ')}`, smtpUrlName, env)]),
];
