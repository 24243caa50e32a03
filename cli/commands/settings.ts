// `conclave settings`: what may be changed while it runs; effective for the next decision, kept over restarts.
import type { Command } from 'commander';
import { typedValue } from '../../client/field-errors';
import { settingCategory, settingKey, shortNote } from '../../client/fields';
import {
  changeSetting,
  checkedSetting,
  getSetting,
  listSettings,
  resetSetting,
  type SettingView,
  settingHistory,
  settingOf,
} from '../../client/settings';
import { SETTING_CATEGORIES } from '../../domain/settings/setting-definitions';
import { checks, readLimit } from '../options';
import { printJson, printText, runAction } from '../output';
import { withClient } from '../with-client';

interface Flags {
  readonly category?: string;
  readonly reason?: string;
  readonly limit?: string;
  readonly json?: boolean;
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const line = (setting: SettingView): string =>
  `${setting.key.padEnd(36)} ${shown(setting.value).padEnd(14)} ${setting.isDefault ? ' ' : '*'} ${setting.doc} (${setting.accepted})`;

const list = async (flags: Flags): Promise<void> => {
  const { category } = flags;
  const settings = await withClient(({ client }) => listSettings(client, category));
  if (flags.json) printJson({ settings });
  else printText([...settings.map(line), '', '* changed from its default'].join('\n'));
};

const show = (setting: SettingView, flags: Flags): void => {
  if (flags.json) printJson(setting);
  else printText(line(setting));
};

const get = async (key: string, flags: Flags): Promise<void> =>
  show(await withClient(({ client }) => getSetting(client, key)), flags);

/** Whatever is wrong is found before a stack is started. */
const set = async (key: string, text: string, flags: Flags): Promise<void> => {
  const value = typedValue(text);
  checkedSetting(key, value);
  const setting = await withClient(async ({ client }) => {
    await changeSetting(client, { key, value, reason: flags.reason });
    return getSetting(client, key);
  });
  show(setting, flags);
};

const reset = async (key: string, flags: Flags): Promise<void> => {
  settingOf(key);
  const setting = await withClient(async ({ client }) => {
    await resetSetting(client, key, flags.reason);
    return getSetting(client, key);
  });
  show(setting, flags);
};

const history = async (key: string | undefined, flags: Flags): Promise<void> => {
  const limit = readLimit(flags.limit ?? '50');
  if (key !== undefined) settingOf(key);
  const changes = await withClient(({ client }) => settingHistory(client, key, limit));
  if (flags.json) printJson({ changes });
  else if (changes.length === 0) printText('Nothing has been changed: every setting has its default.');
  else
    printText(
      changes
        .map(
          (one) =>
            `${one.changedAt} ${one.key}: ${one.oldValue === null ? 'default' : shown(one.oldValue)} -> ${one.newValue === null ? 'default' : shown(one.newValue)} (${one.reason})`,
        )
        .join('\n'),
    );
};

const json = (command: Command): Command => command.option('--json', 'print one JSON document');
const reason = (command: Command): Command =>
  command.option('--reason <text>', 'why; kept with the change', checks('reason', shortNote));

export const registerSettings = (program: Command): void => {
  const settings = program
    .command('settings')
    .description('what may be changed while it runs: list, get, set, reset, history')
    .addHelpText(
      'after',
      `
Examples:
  $ conclave settings
  $ conclave settings set quality_tier premium --reason "earnings week"
  $ conclave settings set task_models '{"summary": "llama3.2"}'
  $ conclave settings set consensus_threshold.politics 0.9
  $ conclave settings reset quality_tier`,
    );
  json(settings.command('list', { isDefault: true }).description('every setting with its value in force'))
    .option('--category <name>', SETTING_CATEGORIES.join(', '), checks('category', settingCategory))
    .action(runAction(list));
  json(settings.command('get').argument('<key>').description('one setting')).action(runAction(get));
  reason(
    json(
      settings
        .command('set')
        .argument('<key>', 'the setting', checks('key', settingKey))
        .argument('<value>', 'JSON or plain text')
        .description('change one from the next decision on'),
    ),
  ).action(runAction(set));
  reason(
    json(
      settings
        .command('reset')
        .argument('<key>', 'the setting', checks('key', settingKey))
        .description('set one back to its default'),
    ),
  ).action(runAction(reset));
  json(
    settings
      .command('history')
      .argument('[key]', 'the setting', checks('key', settingKey))
      .description('changes, newest first'),
  )
    .option('--limit <count>', 'at most so many, up to 500', '50')
    .action(runAction(history));
};
