// Every setting of the file, in words: the one list from which `conclave init` writes its file.

export interface SettingReference {
  /** Dotted, as `config show` names it. */
  readonly setting: string;
  /** The variable that goes before the file; null where there is none. */
  readonly variable: string | null;
  /** A value as it would stand in the file. */
  readonly example: string;
  /** One line for people; says what holds without the setting. */
  readonly about: string;
}

const setting = (
  name: string,
  variable: string | null,
  example: string,
  about: string,
): SettingReference => ({ setting: name, variable, example, about });

export const SETTINGS_REFERENCE: readonly SettingReference[] = [
  setting('home', 'CONCLAVE_HOME', '~/.conclave', 'data folder'),
  setting(
    'databaseUrlName',
    null,
    'DATABASE_URL',
    'variable or file:PATH that holds the address of a Postgres to use; without one, Postgres is embedded',
  ),
  setting(
    'temporal.address',
    'TEMPORAL_ADDRESS',
    '127.0.0.1:7233',
    'Temporal server to use; without one it is embedded',
  ),
  setting('temporal.namespace', 'TEMPORAL_NAMESPACE', 'default', 'its namespace'),
  setting(
    'temporal.cli',
    'CONCLAVE_TEMPORAL_CLI',
    '/usr/local/bin/temporal',
    'Temporal program for the embedded server; without it, it is found, fetched or built',
  ),
  setting('temporal.tls', null, 'false', 'encrypt the connection'),
  setting(
    'temporal.apiKeyName',
    'TEMPORAL_API_KEY',
    'TEMPORAL_API_KEY',
    'variable or file:PATH that holds the key of Temporal Cloud',
  ),
  setting(
    'temporal.payloadKeysName',
    'CONCLAVE_PAYLOAD_KEYS',
    'CONCLAVE_PAYLOAD_KEYS',
    'variable or file:PATH with keys that what Temporal stores is encrypted with, ID:BASE64, the newest first',
  ),
  setting('ports.postgres', 'CONCLAVE_POSTGRES_PORT', '54329', '0 takes any free port'),
  setting('ports.temporal', 'CONCLAVE_TEMPORAL_PORT', '7233', '0 takes any free port'),
  setting('ports.temporalUi', 'CONCLAVE_TEMPORAL_UI_PORT', '8233', '0 takes any free port'),
  setting('ports.api', 'CONCLAVE_API_PORT', '8700', 'dashboard and API; 0 takes any free port'),
  setting('stack.workers', 'CONCLAVE_WORKERS', '1', 'worker processes, 0 to 64; one saturates two cores'),
  setting('stack.api', null, 'true', 'serve the HTTP API and the dashboard'),
  setting(
    'stack.lingerSeconds',
    null,
    '30',
    'how long the stack outlives its last client and open work, 0 to 86400',
  ),
  setting('stack.durable', null, 'true', 'false keeps nothing safe from a power cut: for throwaway tests'),
  setting(
    'sources.newsFeeds',
    'CONCLAVE_NEWS_FEEDS',
    '["https://example.org/news?s={symbol}", "https://example.net/rss?q={symbol}"]',
    'news feeds in place of the default one; of two or more, models read only what two independent ones say',
  ),
  setting(
    'sources.secUserAgent',
    'CONCLAVE_SEC_USER_AGENT',
    'Example Desk desk@example.org',
    'who asks; SEC EDGAR wants name and mail address, and is not asked without',
  ),
  setting(
    'sources.pricesFile',
    'CONCLAVE_PRICES_FILE',
    'prices.csv',
    'daily prices, symbol,time,open,high,low,close,volume, asked where Yahoo gives none; .csv or .csv.gz',
  ),
  setting(
    'alerts.webhookUrl',
    'CONCLAVE_ALERT_WEBHOOK_URL',
    'http://127.0.0.1:9000/alerts',
    'where alerts are posted, signed; without it they are logged and shown only',
  ),
  setting(
    'alerts.webhookSecretName',
    null,
    'CONCLAVE_ALERT_WEBHOOK_SECRET',
    'variable or file:PATH that holds the secret to sign with',
  ),
  setting(
    'alerts.smtpUrlName',
    null,
    'CONCLAVE_SMTP_URL',
    'variable or file:PATH that holds smtp://USER:PASSWORD@HOST:PORT',
  ),
  setting(
    'alerts.emailFrom',
    'CONCLAVE_ALERT_EMAIL_FROM',
    'conclave@example.org',
    'sender of alerts by mail',
  ),
  setting(
    'alerts.emailTo',
    'CONCLAVE_ALERT_EMAIL_TO',
    '[desk@example.org]',
    'who gets alerts by mail; nobody without it',
  ),
];

const PROVIDERS = `# Providers are found by their variables: OPENAI_API_KEY, ANTHROPIC_API_KEY, XAI_API_KEY, DEEPSEEK_API_KEY,
# OPENROUTER_API_KEY, GOOGLE_GENERATIVE_AI_API_KEY, MISTRAL_API_KEY; a local Ollama at its usual address; and
# CONCLAVE_OPENAI_COMPATIBLE_URL for any server that speaks OpenAI's form, with CONCLAVE_OPENAI_COMPATIBLE_KEY where it
# wants a key and CONCLAVE_OPENAI_COMPATIBLE_MODELS (names, with commas) where it lists none. Others, or other addresses:
#providers:
#  - name: desk-llm
#    kind: openai-compatible
#    baseUrl: http://127.0.0.1:8000/v1
#    keyName: DESK_LLM_KEY
#    models: [desk-large]
#    callsPerSecond: 5
#    callDeadlineSeconds: 600 # for one call; without it 90, for a server of this machine 600
#    atOnce: 2             # calls under way in a worker process; without it 400, for Ollama 2
#    free: true             # whatever its address; without it a server of this machine is free, and no other
#    enabled: true`;

const line = ({ setting: name, variable, example, about }: SettingReference): readonly string[] => {
  const inner = name.includes('.');
  const indent = inner ? '  ' : '';
  return [
    `#${indent}# ${about}${variable ? ` (${variable})` : ''}`,
    `#${indent}${name.split('.').at(-1)}: ${example}`,
  ];
};

/** A configuration file in which every setting stands, commented out, with what it means. */
export const configTemplate = (): string => {
  const top = SETTINGS_REFERENCE.filter(({ setting: name }) => !name.includes('.'));
  const sections = [
    ...new Set(SETTINGS_REFERENCE.flatMap(({ setting: name }) => name.split('.').slice(0, -1))),
  ];
  return [
    '# Configuration of Conclave. Every setting is shown with its default or an example; take the "#" away to set one.',
    '# An environment variable, in brackets, goes before this file. Secrets never stand here: settings that end in',
    '# "Name" hold the name of a variable, or file:PATH. "conclave config show" says what came of it all.',
    ...top.flatMap((each) => ['', ...line(each)]),
    ...sections.flatMap((section) => [
      '',
      `#${section}:`,
      ...SETTINGS_REFERENCE.filter(({ setting: name }) => name.startsWith(`${section}.`)).flatMap(line),
    ]),
    '',
    PROVIDERS,
    '',
  ].join('\n');
};
