// The configuration's form: every setting of the file with its accepted values. Secrets never stand in it,
// only the name of the environment variable or file that holds them.
import { z } from 'zod';
import { PROVIDER_KINDS } from '../providers/kind-list';

const ADDRESS = /^[A-Za-z0-9.-]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/;
const SECRET_NAME = /^[A-Z][A-Z0-9_]*$|^file:.+$/;

/** Kinds of provider connections; `house` and `recorded` need no configuration. */
const KIND_NAMES = PROVIDER_KINDS.map(({ kind }) => kind);

const httpUrl = z.url({
  protocol: /^https?$/,
  error: 'must be an http or https address, e.g. http://127.0.0.1:8000/v1',
});

/** It goes into a header of HTTP, which takes nothing else. */
const askerName = z
  .string()
  .trim()
  .regex(/^[\x20-\x7e]{3,200}$/, 'must be 3 to 200 ASCII characters, e.g. Example Desk desk@example.org');

const secretName = z
  .string()
  .regex(
    SECRET_NAME,
    'must be the name of an environment variable (e.g. OPENAI_API_KEY) or file:PATH, never the secret itself',
  );

const port = z.int().min(0).max(65_535, 'must be a port from 1 to 65535, or 0 for any free one');

const MAIL_ADDRESS = 'must be a mail address, e.g. desk@example.org';
const mailAddress = z.email(MAIL_ADDRESS);
/** The default is none of the public net. */
const mailSender = z.union([mailAddress, z.literal('conclave@localhost')], { error: MAIL_ADDRESS });

/** Half of what housekeeping takes for a reservation without an end. */
const CALL_SECONDS = 'must be a whole number of seconds from 1 to 1800';
const AT_ONCE = 'must be a whole number from 1 to 400';

const providerFields = z.strictObject({
  name: z
    .string()
    .regex(
      /^[a-z][a-z0-9-]{0,39}$/,
      'must be 1 to 40 small letters, digits and hyphens, beginning with a letter',
    ),
  kind: z.enum(KIND_NAMES, { error: `must be one of ${KIND_NAMES.join(', ')}` }),
  baseUrl: httpUrl.optional(),
  keyName: secretName.optional(),
  /** The provider's names of the models to offer, and no others; empty: the shipped ones, or what the server lists. */
  models: z.array(z.string().min(1)).default([]),
  /** Calls a second at most, over all workers together. */
  callsPerSecond: z
    .number()
    .positive('must be a number above 0, e.g. 0.5')
    .max(10_000, 'must be at most 10000')
    .optional(),
  /** How long one call may take, from its sending to its last byte. */
  callDeadlineSeconds: z.int().min(1, CALL_SECONDS).max(1_800, CALL_SECONDS).optional(),
  /** Calls under way at most in one worker process; the others wait, and their time with them. */
  atOnce: z.int().min(1, AT_ONCE).max(400, AT_ONCE).optional(),
  /** Whether its calls cost nothing, whatever its address says. */
  free: z.boolean().optional(),
  enabled: z.boolean().default(true),
});

const providerSchema = providerFields.refine(
  ({ free, kind }) => free === undefined || kind === 'openai-compatible',
  { path: ['free'], error: 'is for the kind openai-compatible; the others cost what they cost' },
);

const namespaceName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/, 'must be letters, digits, dots, hyphens and underscores');

/** The file's whole form. Unknown settings are refused, so that a typing error cannot pass unseen. */
export const fileSchema = z.strictObject({
  /** Data folder; CONCLAVE_HOME. */
  home: z.string().min(1).optional(),
  /** Name of the variable or file that holds the address of a Postgres; DATABASE_URL itself works too. */
  databaseUrlName: secretName.optional(),
  temporal: z
    .strictObject({
      address: z.string().regex(ADDRESS, 'must be host:port, e.g. 127.0.0.1:7233').optional(),
      namespace: namespaceName.optional(),
      cli: z.string().min(1).optional(),
      tls: z.boolean().optional(),
      apiKeyName: secretName.optional(),
      /** Name of the variable or file with the keys that payloads are encrypted with. */
      payloadKeysName: secretName.optional(),
    })
    .default({}),
  ports: z
    .strictObject({
      postgres: port.optional(),
      temporal: port.optional(),
      temporalUi: port.optional(),
      api: port.optional(),
    })
    .default({}),
  stack: z
    .strictObject({
      /** Worker processes. One saturates two cores; raise it with the cores. */
      workers: z.int().min(0).max(64).optional(),
      /** Serve the HTTP API and the dashboard. */
      api: z.boolean().optional(),
      /** How long the stack outlives its last client and open work. */
      lingerSeconds: z.number().min(0).max(86_400).optional(),
      /** False keeps nothing safe from a power cut and no Temporal history: for throwaway tests only. */
      durable: z.boolean().optional(),
    })
    .default({}),
  /** Where facts come from, besides the public defaults. */
  sources: z
    .strictObject({
      /** RSS or Atom addresses with `{symbol}` where the symbol goes; of two or more, only what two say is used. */
      newsFeeds: z.array(httpUrl).min(1).max(20).optional(),
      /** Name and mail address that SEC EDGAR asks of its readers. */
      secUserAgent: askerName.optional(),
      /** Daily prices that are taken where the public source has none. */
      pricesFile: z.string().min(1).optional(),
    })
    .default({}),
  /** Ways out for alerts, besides the log and the dashboard. */
  alerts: z
    .strictObject({
      /** Where alerts are posted, signed by the Standard Webhooks scheme. */
      webhookUrl: httpUrl.optional(),
      /** Name of the variable or file that holds the secret to sign with (`whsec_` and base64). */
      webhookSecretName: secretName.optional(),
      emailTo: z.array(mailAddress).max(50).optional(),
      emailFrom: mailSender.optional(),
      /** Name of the variable or file that holds smtp://USER:PASSWORD@HOST:PORT. */
      smtpUrlName: secretName.optional(),
    })
    .default({}),
  providers: z.array(providerSchema).default([]),
});

export type ConfigFile = z.infer<typeof fileSchema>;
export type ProviderFileEntry = z.infer<typeof providerSchema>;

/** The same forms for values that come from environment variables. */
export const asker = askerName;
export const temporalNamespace = namespaceName;
export const senderAddress = mailSender;
export const temporalAddress = z.string().regex(ADDRESS, 'must be host:port, e.g. 127.0.0.1:7233');
export const providerUrl = httpUrl;
export const feedAddresses = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter(Boolean))
  .pipe(z.array(httpUrl).min(1).max(20, 'must be at most 20 addresses'));
export const mailAddresses = z
  .string()
  .transform((text) => text.split(',').map((one) => one.trim()))
  .pipe(z.array(mailAddress).min(1, 'must be one or more mail addresses, separated by commas'));
export const databaseUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\/\S+$/, 'must be postgres://USER:PASSWORD@HOST:PORT/DATABASE');
