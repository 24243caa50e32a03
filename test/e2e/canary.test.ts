// Secrets with names of their own go through a whole day of the desk: sessions under faults that echo the key,
// commands with --json, the API with its token, logs at debug level, payloads encrypted. Then everything that was
// written is searched, encrypted payloads also as what they hold.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Payload } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { dataConverter } from '../../client/data-converter';
import { openDatabase } from '../../db/database';
import { type CliResult, conclave } from '../support/conclave-cli';
import { GENERATED_AS_OF, writeGeneratedTape } from '../support/generated-tape';
import { type ProviderServer, startProviderServer } from '../support/provider-server/provider-server';
import {
  endStack,
  enterStack,
  type RunningStack,
  type StackPlace,
  stackPlace,
} from '../support/running-stack';

jest.setTimeout(300_000);

/** Of no shape that a redaction would know: only their values give them away. */
const CANARIES: Readonly<Record<string, string>> = {
  OPENAI_API_KEY: 'canary.one.5b1fd3a0c2',
  ANTHROPIC_API_KEY: 'canary.two.94ce0d77ab',
  DEEPSEEK_API_KEY: 'canary.four.27a6cc9d05',
  OPENROUTER_API_KEY: 'canary.five.fd84b1360e',
  CONCLAVE_WEBHOOK_SECRET: 'canarySixWhsec8812f0a9ZmVkY2JhOTg3NjU0MzIx+canar',
};
/** In a file of its own, as container platforms hand secrets over. */
const FILE_CANARY = 'canary.three.e0917fbb41';
/** 32 bytes that are text, so that they are found raw as well as in base64. */
const PAYLOAD_KEY = 'canary.seven.payload.key.0000032';
const BASES = ['openai', 'anthropic', 'xai', 'deepseek', 'openrouter'] as const;
const MEMBERS = ['gpt-4o-mini', 'claude-3-haiku', 'grok-3-mini', 'deepseek-chat', 'qwen-turbo'];
/** In every place that is searched, or the search itself is broken. */
const MARKER = 'AAPL';

const folder = mkdtempSync(join(tmpdir(), 'conclave-canary-'));
const keysFile = join(folder, 'payload-keys');
const keyFile = join(folder, 'xai-key');
const payloadKeysName = `file:${keysFile}`;
const outputs: { readonly what: string; readonly text: string }[] = [];
let server: ProviderServer;
let place: StackPlace;
let running: RunningStack;

beforeAll(async () => {
  server = await startProviderServer();
  writeFileSync(keysFile, `canary-key:${Buffer.from(PAYLOAD_KEY).toString('base64')}\n`, { mode: 0o600 });
  writeFileSync(keyFile, `${FILE_CANARY}\n`, { mode: 0o600 });
  const urls = BASES.map((name) => [`${name.toUpperCase()}_BASE_URL`, `${server.as(name)}/v1`]);
  place = stackPlace(join(folder, 'home'), {
    ...{ durable: true, api: true, lingerSeconds: 120 },
    yaml: `temporal: { payloadKeysName: ${JSON.stringify(payloadKeysName)} }`,
    env: {
      ...{ ...CANARIES, XAI_API_KEY_FILE: keyFile, ...Object.fromEntries(urls) },
      ...{ CONCLAVE_LOG_LEVEL: 'debug', CONCLAVE_DEBUG: '1' },
    },
  });
  running = await enterStack(place);
}, 180_000);
afterAll(async () => {
  await running?.close();
  await endStack(place);
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const run = async (...args: readonly string[]): Promise<CliResult> => {
  const result = await conclave(args, place);
  outputs.push({ what: args.slice(0, 2).join(' '), text: `${result.stdout}\n${result.stderr}` });
  return result;
};

const api = async (path: string, token: string, method = 'GET'): Promise<void> => {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${running.stack.apiUrl}${path}`, { method, headers });
  outputs.push({ what: path, text: `${response.status} ${await response.text()}` });
};

const firstToken = async (): Promise<string> => {
  const response = await fetch(`${running.stack.apiUrl}/api/v1/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'canary', scope: 'admin' }),
  });
  const { token } = (await response.json()) as { readonly token: string };
  return token;
};

/** The one place where secrets may be, in files that only their owner can read. */
const isSecretStore = (file: string): boolean => relative(place.home, file).startsWith('secrets/');

const filesUnder = (path: string): readonly string[] =>
  readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const file = join(path, entry.name);
    if (entry.isDirectory()) return filesUnder(file);
    return entry.isFile() && !isSecretStore(file) ? [file] : [];
  });

/** What one look at a file gives; null for one that is gone by then, which holds no secret. */
const ifThere = <T>(look: () => T): T | null => {
  try {
    return look();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
};

const isEncrypted = (value: object): value is Payload =>
  Buffer.from((value as Payload).metadata?.encoding ?? []).toString() === 'binary/encrypted';

const encryptedIn = (value: unknown): readonly Payload[] => {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  return isEncrypted(value) ? [value] : Object.values(value).flatMap(encryptedIn);
};

/** Histories as they are stored, and what their encrypted payloads hold. */
const histories = async (): Promise<{
  readonly stored: string;
  readonly held: string;
  readonly payloads: number;
}> => {
  const [codec] = dataConverter(payloadKeysName).payloadCodecs!;
  const texts: string[] = [];
  const held: Payload[] = [];
  for await (const { workflowId } of running.client.temporal.workflow.list()) {
    const history = await running.client.temporal.workflow.getHandle(workflowId).fetchHistory();
    texts.push(
      workflowId,
      Buffer.from(temporal.api.history.v1.History.encode(history).finish()).toString('latin1'),
    );
    held.push(...(await codec!.decode([...encryptedIn(history)])));
  }
  const contents = held.map(({ data }) => Buffer.from(data ?? []).toString('latin1'));
  return { stored: texts.join('\n'), held: contents.join('\n'), payloads: held.length };
};

/** What a dump would hold: every row of every table as text. */
const dump = async (): Promise<string> => {
  const db = openDatabase(running.stack.databaseUrl, { poolSize: 1, applicationName: 'canary' });
  const tables = await db.query<{ readonly name: string }>(
    `select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const rows = await db.query<{ readonly row: string }>(`select t::text as row from ${name} t`);
    texts.push(`${name}\n${rows.map(({ row }) => row).join('\n')}`);
  }
  await db.query('checkpoint');
  await db.close();
  return texts.join('\n');
};

it('no secret is in any history, table, database file, log or output, while a 401 echoes keys', async () => {
  const tape = join(folder, 'prices.csv');
  writeGeneratedTape(tape, ['AAPL', 'MSFT']);
  server.set({
    mix: [
      { share: 0.25, fault: 'auth_echo' },
      { share: 0.1, fault: 'forbidden' },
      { share: 0.1, fault: 'server_error' },
      { share: 0.1, fault: 'malformed_json' },
    ],
  });
  const about = ['--as-of', GENERATED_AS_OF, '--prices', tape, '--members', MEMBERS.join(','), '--json'];
  for (const round of ['one', 'two', 'three']) await run('decide', 'AAPL', '--key', round, ...about);
  await run('session', '--symbols', 'AAPL,MSFT', ...about);
  // Live research is written by language models, so that their prompts and failures are on record, too.
  await run('decide', 'AAPL', '--world', 'synthetic', '--members', MEMBERS.join(','), '--json');
  for (const command of ['doctor', 'providers', 'models', 'spend', 'config', 'cache'])
    await run(command, '--json');
  await run('budget', 'show', '--json');
  await run('decide', 'AAPL', '--members', 'no-such-model', '--json');
  const token = await firstToken();
  for (const path of ['/api/v1/capabilities', '/api/v1/providers', '/api/v1/decisions', '/metrics'])
    await api(path, token);
  await api('/api/v1/no-such-thing', token);
  const databasePassword = decodeURIComponent(new URL(running.stack.databaseUrl).password);
  expect(databasePassword.length).toBeGreaterThan(8);
  const echoed = server.calls().filter(({ outcome }) => outcome === 'auth_echo').length;
  expect(echoed).toBeGreaterThan(0);

  const { stored, held, payloads } = await histories();
  expect(payloads).toBeGreaterThan(100);
  // Ids are names and stay readable; a symbol in a payload is not.
  expect(held).toContain('"subject":"equity:AAPL"');
  expect(stored).not.toContain('"subject":"equity:AAPL"');
  const places = [
    ...outputs,
    { what: 'Temporal histories', text: stored },
    { what: 'payloads of Temporal', text: held },
    { what: 'Postgres rows', text: await dump() },
    ...filesUnder(place.home).flatMap((file) => {
      const text = ifThere(() => readFileSync(file).toString('latin1'));
      return text === null ? [] : { what: relative(place.home, file), text };
    }),
  ];
  const payloadKey = Buffer.from(PAYLOAD_KEY).toString('base64');
  const secrets = {
    ...CANARIES,
    file: FILE_CANARY,
    token,
    databasePassword,
    payloadKey,
    rawPayloadKey: PAYLOAD_KEY,
  };
  const hits = places.flatMap(({ what, text }) =>
    Object.entries(secrets).flatMap(([name, value]) => (text.includes(value) ? [`${name} in ${what}`] : [])),
  );
  expect(hits).toEqual([]);
  const marked = places.filter(({ text }) => text.includes(MARKER)).map(({ what }) => what);
  const bytes = filesUnder(place.home).reduce(
    (sum, file) => sum + (ifThere(() => statSync(file).size) ?? 0),
    0,
  );
  console.info(`searched ${places.length} places, ${bytes} bytes of files; ${echoed} keys were echoed`);
  expect(marked).toEqual(
    expect.arrayContaining([
      ...['decide AAPL', 'Temporal histories', 'payloads of Temporal', 'Postgres rows'],
      'temporal/temporal.db',
    ]),
  );
  expect(places.map(({ what }) => what)).toEqual(
    expect.arrayContaining(['logs/worker-1.log', 'logs/api.log']),
  );
});
