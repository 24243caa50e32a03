// The form of secrets that webhooks are signed with, by the Standard Webhooks scheme; another one would make every
// signature wrong, and nobody would look at the secret.

/** Where the secret is that events which come in are signed with. */
export const EVENT_SECRET = 'CONCLAVE_WEBHOOK_SECRET';

const PREFIX = 'whsec_';
/** Of the scheme; a shorter key could be guessed from one signed message. */
const FEWEST_BYTES = 24;

/** Names the accepted form, and a command that gives it. */
export const WEBHOOK_SECRET_FORM = `${PREFIX} and base64 of ${FEWEST_BYTES} bytes or more, such as: echo "${PREFIX}$(openssl rand -base64 32)"`;

/** Whether the secret is base64 of enough bytes, with or without its prefix. */
export const isWebhookSecret = (secret: string): boolean => {
  const key = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret;
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(key)
    ? Buffer.from(key, 'base64').length >= FEWEST_BYTES
    : false;
};
