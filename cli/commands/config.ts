// `conclave config show`: the configuration in force, each value with where it is from. Secrets are named, never shown.
import type { Command } from 'commander';
import { type Config, loadConfig } from '../../config/load';
import { redact, redactDeep } from '../../config/redact';
import { SETTINGS_REFERENCE } from '../../config/settings-reference';
import { printJson, printText, runAction } from '../output';

interface Flags {
  readonly json?: boolean;
}

const valueAt = (config: Config, setting: string): unknown =>
  setting
    .split('.')
    .reduce<unknown>((value, part) => (value as Readonly<Record<string, unknown>> | null)?.[part], config);

/** `config show --json`. */
export const configDocument = (config: Config) => ({
  file: config.file,
  settings: SETTINGS_REFERENCE.map(({ setting, variable, about }) => ({
    setting,
    value: redactDeep(valueAt(config, setting) ?? null),
    origin: config.origins[setting] ?? 'default',
    variable,
    about,
  })),
  providers: config.providers.map(({ name, kind, baseUrl, keyName, hasKey, enabled, origin }) => ({
    ...{ name, kind, enabled, origin, keyName },
    baseUrl: baseUrl === null ? null : redact(baseUrl),
    key: keyName === null ? 'none needed' : hasKey ? 'set' : 'not set',
  })),
});

const shown = (value: unknown): string =>
  value === null ? '-' : typeof value === 'string' ? value : JSON.stringify(value);

const show = async (flags: Flags): Promise<void> => {
  const document = configDocument(loadConfig());
  if (flags.json) {
    printJson(document);
    return;
  }
  printText(
    [
      `file: ${document.file ?? 'none ("conclave init" writes one)'}`,
      '',
      ...document.settings.map(
        ({ setting, value, origin }) => `${setting.padEnd(26)} ${shown(value).padEnd(34)} ${origin}`,
      ),
      '',
      ...document.providers.map(
        ({ name, kind, key, keyName, baseUrl, origin, enabled }) =>
          `provider ${name.padEnd(17)} ${kind.padEnd(18)} key ${keyName ? `${keyName} ${key}` : key}${baseUrl ? `, ${baseUrl}` : ''}${enabled ? '' : ', switched off'}  (${origin})`,
      ),
    ].join('\n'),
  );
};

export const registerConfig = (program: Command): void => {
  const config = program
    .command('config')
    .description('the configuration in force, with where each value is from')
    .addHelpText(
      'after',
      `
Examples:
  $ conclave config
  $ conclave config show --json`,
    );
  config
    .command('show', { isDefault: true })
    .description('every setting with its value and origin; secrets are named, never shown')
    .option('--json', 'print one JSON document')
    .action(runAction(show));
};
