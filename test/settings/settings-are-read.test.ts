// A setting that nothing reads is a promise not kept: every key stands where it is defined, and once more at least,
// in code that looks it up.
import { STRATEGY_NAMES } from '../../domain/ensemble/strategy';
import { SETTING_DEFINITIONS } from '../../domain/settings/setting-definitions';
import { readSources } from '../support/source-files';

const code = readSources(['domain', 'workflows', 'activities', 'workers', 'client', 'server', 'stack'])
  .map(({ text }) => text)
  .join('\n');

/** As the key is written; all strategies are read by the beginning that their keys share. */
const written = (key: string): string =>
  STRATEGY_NAMES.some((name) => key === `strategy_${name}`) ? '`strategy_$' + '{name}`' : `'${key}'`;

test.each(SETTING_DEFINITIONS.map(({ key }) => key))('%s is read', (key) => {
  expect(code.split(written(key)).length - 1).toBeGreaterThanOrEqual(2);
});
