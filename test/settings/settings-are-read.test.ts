// A setting that nothing reads is a promise not kept: every key stands where it is defined, and once more at least,
// in code that looks it up.
import { STRATEGY_NAMES } from '../../domain/ensemble/strategy';
import { RESEARCH_KINDS } from '../../domain/research/brief';
import { PRUNE_KINDS } from '../../domain/settings/retention-settings';
import { SETTING_DEFINITIONS } from '../../domain/settings/setting-definitions';
import { readSources } from '../support/source-files';

const code = readSources(['domain', 'workflows', 'activities', 'workers', 'client', 'server', 'stack'])
  .map(({ text }) => text)
  .join('\n');

/** Keys that are read by the beginning they share. */
const FAMILIES = [
  { beginning: 'strategy_', rest: 'name', members: STRATEGY_NAMES },
  { beginning: 'keep_days_', rest: 'kind', members: PRUNE_KINDS },
  { beginning: 'ttl_seconds_', rest: 'kind', members: RESEARCH_KINDS },
] as const;

const written = (key: string): string => {
  const family = FAMILIES.find(({ beginning, members }) =>
    members.some((member) => key === `${beginning}${member}`),
  );
  return family ? `\`${family.beginning}$` + `{${family.rest}}\`` : `'${key}'`;
};

test.each(SETTING_DEFINITIONS.map(({ key }) => key))('%s is read', (key) => {
  expect(code.split(written(key)).length - 1).toBeGreaterThanOrEqual(2);
});
