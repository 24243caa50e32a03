// `conclave providers`: who can be called, how they are, which mode holds; and the kill switch.
import type { Command } from 'commander';
import { modeReason } from '../../client/fields';
import { haltProviders, modeDocument, providerHealth, resumeProviders } from '../../client/providers';
import { type Config, loadConfig } from '../../config/load';
import { askedFor, isCallable, notSetUp } from '../../config/provider-settings';
import { readSecret } from '../../config/secrets';
import { openDatabase } from '../../db/database';
import { createStores } from '../../db/stores';
import type { StackStatus } from '../../stack/protocol';
import { stackStatus } from '../../stack/stack';
import { describeError } from '../../stack/stack-error';
import { checks } from '../options';
import { note, printJson, printText, runAction, wrongUse } from '../output';
import { withClient } from '../with-client';

interface Flags {
  readonly reason?: string;
  readonly json?: boolean;
}

const configuredProviders = (config: Config) => [
  { name: 'house', kind: 'statistics', baseUrl: null, keyName: null, ready: true, origin: 'built in' },
  ...config.providers.map((each) => {
    const { name, kind, baseUrl, keyName, origin } = each;
    return { name, kind, baseUrl, keyName, ready: isCallable(each), origin };
  }),
];

/** Read from the tables, of servers of one's own or of a stack that runs; listing providers does not start one. */
const readHealth = async (config: Config, status: StackStatus | null) => {
  const url = config.databaseUrlName
    ? readSecret(config.databaseUrlName)
    : (status?.endpoints?.databaseUrl ?? null);
  if (url === null) return null;
  const db = openDatabase(url, { poolSize: 2, applicationName: 'conclave-providers' });
  try {
    const client = { stores: createStores(db) };
    const [health, mode] = await Promise.all([providerHealth(client), modeDocument(client)]);
    return { health, mode, served: status?.providers ?? null };
  } catch (error) {
    note(`Health and mode are not known: ${describeError(error)}. Run \`conclave doctor\`.`);
    return null;
  } finally {
    await db.close();
  }
};

const list = async (flags: Flags): Promise<void> => {
  const config = loadConfig();
  const live = await readHealth(config, await stackStatus(config));
  const wanted = askedFor(config.providers);
  const providers = configuredProviders(config).map((each) => ({
    ...each,
    health: live && each.name !== 'house' ? live.health.of(each.name) : null,
    /** Whether the running stack was started with it; null: nothing runs, or it goes without saying. */
    served: live?.served && wanted.includes(each.name) ? live.served.includes(each.name) : null,
  }));
  const absent = notSetUp(config.providers);
  if (flags.json) {
    printJson({ mode: live?.mode ?? null, providers, notSetUp: absent });
    return;
  }
  const state = ({ ready, keyName, health, origin, served }: (typeof providers)[number]): string => {
    if (!ready) return `needs ${keyName}`;
    if (served === false)
      return 'set here, but not where the running stack was started: "conclave down" first';
    // Only guessed at, and nothing of it was ever seen: it is used from the first start at which it answers.
    if (origin === 'default' && (health?.models.length ?? 0) === 0) return 'used where it answers';
    const open = health?.models.filter(({ breaker }) => breaker !== 'closed') ?? [];
    if (health?.leftAloneUntil) return `left alone until ${health.leftAloneUntil}`;
    if (health?.reachable === false) return 'does not answer';
    return open.length > 0 ? `breaker open: ${open.map(({ model }) => model).join(', ')}` : 'ready';
  };
  const rows = providers.map((each) => `${each.name.padEnd(14)} ${each.kind.padEnd(18)} ${state(each)}`);
  const mode = live ? [`mode ${live.mode.mode}: ${live.mode.reason}`, ''] : [];
  const elsewhere = (live?.served ?? []).filter((name) => providers.every((each) => each.name !== name));
  const known = elsewhere.map((name) => `${name.padEnd(14)} of the running stack; not set here`);
  const keys = absent.map(({ name, keyName }) => `${name} (${keyName})`).join(', ');
  printText([...mode, ...rows, ...known, ...(keys ? ['', `not set up: ${keys}`] : [])].join('\n'));
};

const reasonOf = ({ reason }: Flags): string => {
  if (reason !== undefined) return reason;
  throw wrongUse('--reason is missing', 'Say in a few words why; it is shown with every result.');
};

const halt = async (flags: Flags): Promise<void> => {
  const reason = reasonOf(flags);
  const mode = await withClient(({ client }) => haltProviders(client, reason, 'command line'));
  if (flags.json) printJson(mode);
  else
    printText(
      'Halted: no language model is called and nothing is traded. Lift it with: conclave providers resume --reason WHY',
    );
};

const resume = async (flags: Flags): Promise<void> => {
  const reason = reasonOf(flags);
  const mode = await withClient(({ client }) => resumeProviders(client, reason, 'command line'));
  if (flags.json) printJson(mode);
  else printText(mode.changed ? `Resumed in mode ${mode.mode}.` : 'Nothing was halted.');
};

export const registerProviders = (program: Command): void => {
  const providers = program
    .command('providers')
    .description('providers, their health and the mode in force; halt and resume')
    .addHelpText(
      'after',
      '\nExamples:\n  $ conclave providers\n  $ conclave providers halt --reason "runaway costs"\n  $ OPENAI_BASE_URL=http://127.0.0.1:8000/v1 conclave providers --json',
    );
  providers
    .command('list', { isDefault: true })
    .description('who can be called, and how they are')
    .option('--json', 'print one JSON document')
    .action(runAction(list));
  providers
    .command('halt')
    .description('stop all calls of language models and all trading')
    .option('--reason <text>', 'why; shown with every result', checks('reason', modeReason))
    .option('--json', 'print one JSON document')
    .action(runAction(halt));
  providers
    .command('resume')
    .description('lift a halt')
    .option('--reason <text>', 'why', checks('reason', modeReason))
    .option('--json', 'print one JSON document')
    .action(runAction(resume));
  for (const command of providers.commands) command.exitOverride();
};
