// From configuration to the ways out for alerts. Secrets are read at each sending, by name.
import { type AlertChannel, mailChannel, webhookChannel } from '../activities/alert-channels';
import type { AlertConfig } from '../config/load';
import { readSecret } from '../config/secrets';

/** The log is always one; the dashboard reads the table itself. */
export const alertChannels = (config: AlertConfig): readonly AlertChannel[] => [
  ...(config.webhookUrl === null
    ? []
    : [webhookChannel({ url: config.webhookUrl, readSecret: () => readSecret(config.webhookSecretName) })]),
  ...(config.emailTo.length === 0
    ? []
    : [
        mailChannel({
          from: config.emailFrom,
          to: config.emailTo,
          readUrl: () => readSecret(config.smtpUrlName),
        }),
      ]),
];
