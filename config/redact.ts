// Takes secrets out of any text before it is shown, logged or stored: the values in use, and whatever has the
// shape of a key, because a provider's error may echo one that we never held.

const MASK = '[redacted]';
/** Shorter values would blank out ordinary words. */
const SHORTEST_VALUE = 6;

/** Variables whose values are secrets, by name. */
const SECRET_VARIABLE = /(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|DATABASE_URL|SMTP_URL|_DSN)$/i;
/**
 * What people write where a server of their own wants any key at all: the maker's own advice for Ollama is `ollama`.
 * Masked, the names of providers would go from every text.
 */
const NO_KEYS: ReadonlySet<string> = new Set([
  ...[
    'anthropic',
    'deepseek',
    'google',
    'mistral',
    'ollama',
    'openai',
    'openai-compatible',
    'openrouter',
    'xai',
  ],
  ...[
    'gemini',
    'claude',
    'grok',
    'llama',
    'llama-cpp',
    'llamacpp',
    'lmstudio',
    'lm-studio',
    'localai',
    'local',
  ],
  ...['conclave', 'provider', 'not-needed', 'no-key', 'nokey'],
]);

const isSecret = (name: string, value: string): boolean =>
  value.length >= SHORTEST_VALUE && !(/KEY$/i.test(name) && NO_KEYS.has(value.toLowerCase()));

/** Lists of `ID:KEY`: each key is a secret by itself. */
const KEY_LIST = /_KEYS$/i;

const keysIn = (list: string): readonly string[] =>
  list.split(/[\s,]+/).map((entry) => entry.slice(entry.indexOf(':') + 1));

/**
 * Key-shaped text, each pattern with whose it is. Texts come from outside too: what may begin anywhere has a longest length,
 * so that no text takes the square of its own.
 */
const SHAPES: readonly RegExp[] = [
  // OpenAI, Anthropic, DeepSeek, OpenRouter
  /\bsk-[A-Za-z0-9_-]{12,}/g,
  // xAI
  /\bxai-[A-Za-z0-9_-]{12,}/g,
  // Google
  /\bAIza[A-Za-z0-9_-]{20,}/g,
  // Groq, GitHub, Slack, AWS
  /\bgsk_[A-Za-z0-9]{20,}/g,
  /\bgh[pousr]_[A-Za-z0-9]{20,}/g,
  /\bxox[abprs]-[A-Za-z0-9-]{10,}/g,
  /\bAKIA[A-Z0-9]{16}\b/g,
  // Signed web tokens
  /\beyJ[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*/g,
  // Private keys
  /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]{0,10000}?-----END [A-Z ]{0,30}PRIVATE KEY-----/g,
];

/** `scheme://user:password@host` keeps everything but the password; the word PASSWORD in our own hints is none. */
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@]*:)(?!PASSWORD@)[^\s/@]+(@)/gi;
const AUTHORIZATION = /\b((?:Bearer|Basic)\s+)[A-Za-z0-9._~+/=-]{8,}/gi;
const NAMED_VALUE =
  /((?:api[_-]?key|x-api-key|access[_-]?token|password|secret)["']?\s*[:=]\s*["']?)[^\s"',;&}]{6,}/gi;

/** What this process has read as a secret, from wherever it was and under whatever name. */
const read = new Set<string>();

/** None where the rest of the address says the same word, which would then go from every text. */
const passwordIn = (value: string): string => {
  if (!URL.canParse(value)) return '';
  const { password } = new URL(value);
  if (value.split(password).length > 2) return '';
  try {
    return decodeURIComponent(password);
  } catch {
    return password;
  }
};

/** Entries of a list of `ID:KEY`. */
const LISTED = /(?:^|[\s,])[A-Za-z0-9._-]{1,64}:(?!\/\/)([^\s,]{16,})/g;

/**
 * Makes a value known, with the keys of a list and the password of an address; called where secrets are read.
 * @param name of the secret, as settings say it
 */
export const knowSecret = (value: string, name = ''): void => {
  const listed = [...value.matchAll(LISTED)].map(([, key = '']) => key);
  for (const part of [value, passwordIn(value), ...listed]) if (isSecret(name, part)) read.add(part);
};

/** Values of the environment's secret variables and of what has been read, longest first. */
export const secretValues = (env: NodeJS.ProcessEnv = process.env): readonly string[] =>
  Object.entries(env)
    .flatMap(([name, value = '']) =>
      KEY_LIST.test(name)
        ? keysIn(value)
        : SECRET_VARIABLE.test(name) && isSecret(name, value)
          ? [value]
          : [],
    )
    .concat([...read])
    .filter((value) => value.length >= SHORTEST_VALUE)
    .sort((a, b) => b.length - a.length);

export interface RedactOptions {
  /** Known secret values; those of `secretValues` by default. */
  readonly values?: readonly string[];
}

/** The text with known secret values and key-shaped parts replaced. */
export const redact = (text: string, options: RedactOptions = {}): string => {
  let safe = text;
  for (const value of options.values ?? secretValues()) safe = safe.replaceAll(value, MASK);
  for (const shape of SHAPES) safe = safe.replace(shape, MASK);
  return safe
    .replace(URL_PASSWORD, `$1${MASK}$2`)
    .replace(AUTHORIZATION, `$1${MASK}`)
    .replace(NAMED_VALUE, `$1${MASK}`);
};

/** Redacts every string inside plain data; keys, numbers and structure stay. */
export const redactDeep = (data: unknown, options: RedactOptions = {}): unknown => {
  const values = options.values ?? secretValues();
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return redact(value, { values });
    if (Array.isArray(value)) return value.map(walk);
    if (value instanceof Error) return { name: value.name, message: redact(value.message, { values }) };
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]));
  };
  return walk(data);
};
