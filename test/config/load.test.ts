// Loading the configuration: precedence, origins, and errors that name line and fix.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  analystEnvironment,
  analystFolders,
  checkAnalystsFolder,
  foldersToRead,
} from '../../config/analyst-folders';
import { ConfigError } from '../../config/config-error';
import { loadConfig } from '../../config/load';
import { askedFor, cacheMarkers, notSetUp } from '../../config/provider-settings';
import { pricesFileEnvironment } from '../../config/source-settings';

const cwd = mkdtempSync(join(tmpdir(), 'conclave-config-'));
const file = join(cwd, 'conclave.yaml');
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const load = (yaml: string | null, env: NodeJS.ProcessEnv = {}) => {
  rmSync(file, { force: true });
  if (yaml !== null) writeFileSync(file, yaml);
  return loadConfig({ cwd, env: { HOME: cwd, ...env } });
};

const problems = (yaml: string, env: NodeJS.ProcessEnv = {}) => {
  try {
    load(yaml, env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
};

test('without a file or variables everything is embedded and in the home folder', () => {
  const config = load(null);
  expect(config.home).toBe(join(cwd, '.conclave'));
  expect(config.databaseUrlName).toBeNull();
  expect(config.temporal).toMatchObject({ address: null, namespace: 'default' });
  expect(config.providers.map(({ name }) => name)).toEqual(['ollama']);
  expect(config.origins['temporal.namespace']).toBe('default');
});

test('providers that mark what is cached are known under the names they are given', () => {
  const own = 'providers:\n  - name: claude-eu\n    kind: anthropic\n  - name: mine\n    kind: openai\n';
  expect([...cacheMarkers(load(own).providers)].sort()).toEqual(['anthropic', 'claude-eu']);
  const other = 'providers:\n  - name: anthropic\n    kind: openai-compatible\n    baseUrl: http://a/v1\n';
  expect([...cacheMarkers(load(other).providers)]).toEqual([]);
});

test("a key of Temporal counts beside an address only: the embedded server's programs would ask it for TLS", () => {
  const env = { TEMPORAL_API_KEY: 'of-another-project' };
  expect(load(null, env).temporal.apiKeyName).toBeNull();
  expect(load(null, { ...env, TEMPORAL_ADDRESS: 'one:7233' }).temporal.apiKeyName).toBe('TEMPORAL_API_KEY');
  const yaml = 'temporal:\n  tls: true\n  apiKeyName: MY_KEY\n';
  expect(problems(yaml).problems).toMatchObject([
    {
      where: 'conclave.yaml:2',
      setting: 'temporal.tls',
      message: expect.stringContaining('temporal.address'),
    },
    { where: 'conclave.yaml:3', setting: 'temporal.apiKeyName' },
  ]);
  expect(load(yaml, { TEMPORAL_ADDRESS: 'one:7233' }).temporal.tls).toBe(true);
});

test('a variable goes before the file, and each value says where it came from', () => {
  const yaml = 'temporal:\n  namespace: desk\n  address: one:7233\nstack:\n  workers: 3\n';
  const config = load(yaml, { TEMPORAL_ADDRESS: 'two:7233' });
  expect(config.temporal).toMatchObject({ address: 'two:7233', namespace: 'desk' });
  expect(config.stack.workers).toBe(3);
  expect(config.origins).toMatchObject({
    'temporal.address': 'environment variable TEMPORAL_ADDRESS',
    'temporal.namespace': 'conclave.yaml:2',
    'stack.workers': 'conclave.yaml:5',
    'ports.api': 'default',
  });
});

test.each([
  ['temporal:\n  adress: a:1\n', 'conclave.yaml:2', 'temporal.adress', 'not a known setting'],
  ['temporal:\n  address: nowhere\n', 'conclave.yaml:2', 'temporal.address', 'host:port'],
  ['stack:\n\n  workers: many\n', 'conclave.yaml:3', 'stack.workers', 'number'],
  ['providers:\n  - name: a\n    kind: oracle\n', 'conclave.yaml:3', 'providers.0.kind', 'openai-compatible'],
  ['providers:\n  - kind: openai\n', 'conclave.yaml:2', 'providers.0.name', 'string'],
  ['stack: [\n', 'conclave.yaml:', '', 'not YAML'],
])('%j is refused with its line', (yaml, where, setting, message) => {
  const error = problems(yaml);
  expect(error.problems[0]?.where).toContain(where);
  expect(error.problems[0]?.setting).toBe(setting);
  expect(error.message).toContain(message);
  expect(error.exitCode).toBe(2);
});

test('all problems are reported at once, those of variables too', () => {
  const env = {
    TEMPORAL_ADDRESS: 'no port',
    CONCLAVE_WORKERS: '-1',
    OPENAI_BASE_URL: 'ftp://x',
    DATABASE_URL: 'mysql://x',
  };
  const message = problems('{}', env).message;
  for (const name of Object.keys(env)) expect(message).toContain(name);
});

test.each(['abc', '-1', '1.5', '70000'])(
  'a port of %s in a variable is refused with what is accepted',
  (text) => {
    expect(problems('', { CONCLAVE_API_PORT: text }).message).toContain(
      'must be a whole number from 0 to 65535',
    );
  },
);

test('a key written where its name belongs is refused without being repeated', () => {
  const key = 'sk-abcdefghijklmnop1234';
  const error = problems(`providers:\n  - name: a\n    kind: openai\n    keyName: ${key}\n`);
  expect(error.message).toContain('never the secret itself');
  expect(error.message).not.toContain(key);
});

test('one variable is enough for a hosted provider or a local server', () => {
  const providers = (env: NodeJS.ProcessEnv) =>
    load(null, env).providers.filter(({ name }) => name !== 'ollama');
  expect(providers({ ANTHROPIC_API_KEY: 'k' })).toMatchObject([
    { name: 'anthropic', kind: 'anthropic', keyName: 'ANTHROPIC_API_KEY', hasKey: true },
  ]);
  expect(providers({ OPENAI_BASE_URL: 'http://127.0.0.1:8000/v1' })).toMatchObject([
    { name: 'openai', kind: 'openai-compatible', keyName: null, baseUrl: 'http://127.0.0.1:8000/v1' },
  ]);
  const key = { OPENAI_API_KEY: 'k' };
  expect(providers({ ...key, OPENAI_BASE_URL: 'http://127.0.0.1:8000/v1' })).toMatchObject([
    { name: 'openai', kind: 'openai-compatible', keyName: 'OPENAI_API_KEY', hasKey: true },
  ]);
  for (const OPENAI_BASE_URL of ['https://api.openai.com/v1', 'https://eu.api.openai.com/v1']) {
    const own = { name: 'openai', kind: 'openai', keyName: 'OPENAI_API_KEY', baseUrl: OPENAI_BASE_URL };
    expect(providers({ ...key, OPENAI_BASE_URL })).toMatchObject([{ ...own, hasKey: true }]);
    expect(providers({ OPENAI_BASE_URL })).toMatchObject([{ ...own, hasKey: false }]);
  }
  expect(providers({ CONCLAVE_OPENAI_COMPATIBLE_URL: 'http://127.0.0.1:9/v1' })).toMatchObject([
    { name: 'local', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1' },
  ]);
});

test('how long a call may take and how many go at once are said by provider', () => {
  const entry = (terms: string): string =>
    `providers:\n  - { name: desk, kind: openai-compatible, baseUrl: "http://192.0.2.1/v1"${terms} }\n`;
  const [said] = load(entry(', callDeadlineSeconds: 300, atOnce: 1'), {}).providers;
  expect(said).toMatchObject({ callDeadlineSeconds: 300, atOnce: 1 });
  expect(load(entry(''), {}).providers[0]).toMatchObject({ callDeadlineSeconds: null, atOnce: null });
  expect(problems(entry(', callDeadlineSeconds: 4000, atOnce: 401')).message).toMatch(
    /callDeadlineSeconds must be a whole number of seconds from 1 to 1800[\s\S]*atOnce must be a whole number from 1 to 400/,
  );
});

test('whether calls are free is said of servers of one’s own, and of no maker', () => {
  const entry = (kind: string) =>
    `providers:\n  - { name: desk, kind: ${kind}, baseUrl: "http://192.0.2.1/v1", free: true }\n`;
  expect(load(entry('openai-compatible'), {}).providers[0]).toMatchObject({ name: 'desk', free: true });
  expect(problems(entry('openai')).message).toContain('free is for the kind openai-compatible');
});

test('an unknown setting is named with those that are known in its section', () => {
  const message = (yaml: string) => problems(yaml).message;
  expect(message('watchlists: {}\n')).toMatch(/watchlists is not a known setting .*known here: .*stack/);
  expect(message('stack:\n  wrokers: 3\n')).toMatch(/known here: .*workers/);
  expect(message('providers:\n  - { name: a, kind: openai, key: x }\n')).toMatch(/known here: .*keyName/);
});

test('a key that is not set is told apart from one that is, and from a guess', () => {
  const { providers } = load(null, {
    ANTHROPIC_API_KEY: 'k',
    CONCLAVE_OPENAI_COMPATIBLE_URL: 'http://127.0.0.1:9/v1',
  });
  expect(askedFor(providers)).toEqual(['anthropic', 'local']);
  const names = notSetUp(providers).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['openai', 'xai', 'deepseek', 'openrouter']));
  expect(names).not.toContain('anthropic');
  const off = load('providers:\n  - { name: openai, kind: openai, enabled: false }\n', {
    OPENAI_API_KEY: 'k',
  });
  expect(askedFor(off.providers)).toEqual([]);
});

test.each([
  ['myhost', 'http://myhost:11434'],
  ['0.0.0.0:5000', 'http://127.0.0.1:5000'],
  [':5000', 'http://127.0.0.1:5000'],
  ['myhost/', 'http://myhost:11434'],
  ['https://models.example', 'https://models.example'],
  ['http://models.example/', 'http://models.example'],
  ['https://models.example:8443/ollama/', 'https://models.example:8443/ollama'],
  ['http://gateway/ollama', 'http://gateway/ollama'],
  ['gateway/ollama', 'http://gateway:11434/ollama'],
  ['http://0.0.0.0:11434', 'http://127.0.0.1:11434'],
  ['[::]:5000', 'http://[::1]:5000'],
  ['::1', 'http://[::1]:11434'],
  ['10.0.0.0', 'http://10.0.0.0:11434'],
])('OLLAMA_HOST=%s means %s', (host, url) => {
  expect(load(null, { OLLAMA_HOST: host }).providers.at(-1)?.baseUrl).toBe(url);
});

test('an entry of the file replaces what the variables say under its name', () => {
  const yaml = 'providers:\n  - name: openai\n    kind: openai\n    enabled: false\n';
  const found = load(yaml, { OPENAI_API_KEY: 'k' }).providers.filter(({ name }) => name === 'openai');
  expect(found).toMatchObject([{ enabled: false, origin: 'file', hasKey: true }]);
});

test('CONCLAVE_CONFIG names a file, and a missing one is an error', () => {
  const error = problems('{}', { CONCLAVE_CONFIG: 'elsewhere.yaml' });
  expect(error.message).toContain('elsewhere.yaml');
  expect(load('stack: { workers: 9 }', { CONCLAVE_CONFIG: 'none' }).stack.workers).toBe(1);
});

test('a folder of analysts is taken from where the command is typed', () => {
  mkdirSync(join(cwd, 'mine'), { recursive: true });
  const { home, analystsFolder } = load(null, { CONCLAVE_ANALYSTS: 'mine' });
  expect(analystsFolder).toBe(join(cwd, 'mine'));
  const dataFolder = { path: join(home, 'analysts'), namedBy: null };
  const named = { path: join(cwd, 'mine'), namedBy: 'environment variable CONCLAVE_ANALYSTS' };
  expect(analystFolders({ home, analystsFolder })).toEqual([dataFolder, named]);
  const option = { path: cwd, namedBy: '--analysts-folder' };
  expect(analystFolders({ home, analystsFolder }, { path: cwd, option: '--analysts-folder' })).toEqual([
    dataFolder,
    option,
  ]);
  expect(analystEnvironment(analystsFolder)).toEqual({ CONCLAVE_ANALYSTS: join(cwd, 'mine') });
  expect(load(null, { CONCLAVE_ANALYSTS: ' ' }).analystsFolder).toBeNull();
});

test('a file of prices is taken from beside the configuration or from where the command is typed', () => {
  const path = join(cwd, 'prices.csv');
  expect(load('sources: { pricesFile: prices.csv }').sources.pricesFile).toBe(path);
  const env = { CONCLAVE_PRICES_FILE: 'prices.csv' };
  expect(load(null, env).sources.pricesFile).toBe(path);
  expect(pricesFileEnvironment(load(null, env).sources)).toEqual({ CONCLAVE_PRICES_FILE: path });
  expect(pricesFileEnvironment(load(null).sources)).toEqual({});
});

test('a namespace and a sender from the environment have the form that the file asks of them', () => {
  const env = { TEMPORAL_NAMESPACE: 'my desk', CONCLAVE_ALERT_EMAIL_FROM: 'Desk <desk@example.org>' };
  expect(problems('', env).problems).toMatchObject([
    { where: 'environment variable TEMPORAL_NAMESPACE', message: expect.stringContaining('must be letters') },
    {
      where: 'environment variable CONCLAVE_ALERT_EMAIL_FROM',
      message: expect.stringContaining('must be a mail address'),
    },
  ]);
  for (const sender of ['desk@example.org', 'conclave@localhost'])
    expect(load(null, { CONCLAVE_ALERT_EMAIL_FROM: sender }).alerts.emailFrom).toBe(sender);
});

test('the usual variable of a secret goes before the one that the file names', () => {
  const yaml = [
    'databaseUrlName: PROD_URL',
    'temporal: { address: one:7233, apiKeyName: PROD_KEY, payloadKeysName: PROD_PAYLOADS }',
  ].join('\n');
  const keys = `k1:${Buffer.alloc(32, 1).toString('base64')}`;
  const own = { PROD_URL: 'postgres://a:b@prod/x', PROD_KEY: 'k', PROD_PAYLOADS: keys };
  const names = ({ databaseUrlName, temporal }: ReturnType<typeof load>) => [
    databaseUrlName,
    temporal.apiKeyName,
    temporal.payloadKeysName,
  ];
  expect(names(load(yaml, own))).toEqual(['PROD_URL', 'PROD_KEY', 'PROD_PAYLOADS']);
  const usual = {
    DATABASE_URL: 'postgres://a:b@staging/x',
    TEMPORAL_API_KEY: 'k',
    CONCLAVE_PAYLOAD_KEYS: keys,
  };
  const config = load(yaml, { ...own, ...usual });
  expect(names(config)).toEqual(['DATABASE_URL', 'TEMPORAL_API_KEY', 'CONCLAVE_PAYLOAD_KEYS']);
  expect(config.origins.databaseUrlName).toBe('environment variable DATABASE_URL');
});

test('files of secrets are taken from beside the configuration', () => {
  writeFileSync(join(cwd, 'key'), 'postgres://a:b@127.0.0.1:1/x');
  const yaml = [
    'databaseUrlName: file:key',
    'alerts: { smtpUrlName: file:key }',
    'providers: [{ name: mine, kind: openai, keyName: file:key }]',
  ];
  const config = load(yaml.join('\n'));
  const name = `file:${join(cwd, 'key')}`;
  expect([config.databaseUrlName, config.alerts.smtpUrlName]).toEqual([name, name]);
  expect(config.providers[0]).toMatchObject({ keyName: name, hasKey: true });
});

test('a file and a folder that are gone end no process that loads the configuration, only the start of a stack', () => {
  const env = { CONCLAVE_PRICES_FILE: 'gone.csv', CONCLAVE_ANALYSTS: 'gone' };
  const config = load(null, env);
  expect(config.sources.pricesFile).toBe(join(cwd, 'gone.csv'));
  const named = `environment variable CONCLAVE_ANALYSTS: ${join(cwd, 'gone')}`;
  expect(() => checkAnalystsFolder(config)).toThrow(new RegExp(`${named} is not there`));
  writeFileSync(join(cwd, 'gone'), '');
  expect(() => checkAnalystsFolder(config)).toThrow(new RegExp(`${named} is no folder`));
  expect(() => checkAnalystsFolder(load(null))).not.toThrow();
});

test('a folder that somebody named must be there to be read, that of the data folder may be absent', () => {
  mkdirSync(join(cwd, 'mine'), { recursive: true });
  writeFileSync(join(cwd, 'notes.md'), '');
  const named = (name: string) => ({ path: join(cwd, name), namedBy: '--analysts-folder' });
  const absent = { path: join(cwd, 'absent'), namedBy: null };
  expect(foldersToRead([absent, named('mine')])).toEqual([join(cwd, 'mine')]);
  expect(() => foldersToRead([absent, named('yours')])).toThrow(
    `--analysts-folder: ${join(cwd, 'yours')} is not there; accepted: `,
  );
  expect(() => foldersToRead([named('notes.md')])).toThrow(/notes\.md is no folder/);
});

test('the configuration holds no secret', () => {
  const config = load(null, {
    OPENAI_API_KEY: 'very-secret-value',
    DATABASE_URL: 'postgres://u:hidden-word@h/d',
  });
  expect(JSON.stringify(config)).not.toMatch(/very-secret-value|hidden-word/);
});

test('news feeds come from the file or a variable, and nothing but http addresses is taken', () => {
  const feeds = ['https://example.org/news?s={symbol}', 'https://example.net/rss'];
  expect(load(`sources: { newsFeeds: ${JSON.stringify(feeds)} }`).sources.newsFeeds).toEqual(feeds);
  expect(load(null, { CONCLAVE_NEWS_FEEDS: feeds.join(', ') }).sources.newsFeeds).toEqual(feeds);
  expect(load(null).sources).toEqual({ newsFeeds: null, secUserAgent: null, pricesFile: null });
  expect(problems('{}', { CONCLAVE_NEWS_FEEDS: 'file:///etc/passwd' }).message).toMatch(
    /CONCLAVE_NEWS_FEEDS.*http or https address/,
  );
  for (const wrong of ['Łukasz lukasz@example.org', 'ab'])
    expect(problems('{}', { CONCLAVE_SEC_USER_AGENT: wrong }).message).toMatch(
      /CONCLAVE_SEC_USER_AGENT.*3 to 200 ASCII characters/,
    );
  expect(problems('sources: { newsFeeds: ["gopher://x"] }').message).toMatch(/newsFeeds.*http or https/);
});
