// `conclave cache`: what shared research saves.
import type { Command } from 'commander';
import { cacheGroup, readField } from '../../client/fields';
import { checkWorld } from '../../client/rank';
import { storedSettings } from '../../client/settings';
import type { BriefMetrics } from '../../db/brief-metrics-store';
import { dollarText, formatUsd } from '../../domain/money/micro-usd';
import { suggestTtls } from '../../domain/research/learnt-ttl';
import { ttlSettings } from '../../domain/settings/desk-settings';
import { settingValue } from '../../domain/settings/setting-definitions';
import { LIVE_WORLD } from '../../domain/world';
import { readWorld } from '../options';
import { printJson, printText, runAction } from '../output';
import { withClient } from '../with-client';

interface Flags {
  readonly world: string;
  readonly by: string;
  readonly ttl?: boolean;
  readonly json?: boolean;
}

const toDocument = (row: BriefMetrics) => {
  const { costMicroUsd, costSavedMicroUsd, netCostMicroUsd, ...counts } = row;
  // What every reader would have paid for research of its own.
  const whole = costMicroUsd + costSavedMicroUsd;
  return {
    ...counts,
    costUsd: formatUsd(costMicroUsd),
    costSavedUsd: formatUsd(costSavedMicroUsd),
    netCostUsd: formatUsd(netCostMicroUsd),
    savedShare: whole === 0 ? null : costSavedMicroUsd / whole,
  };
};

/** What `learnt_ttl` would keep briefs for, from how soon earlier ones went stale. */
const showTtls = async (flags: Flags): Promise<void> => {
  const document = await withClient(async ({ client }) => {
    await checkWorld(client, flags.world);
    const settings = await storedSettings(client);
    const configured = ttlSettings((key) => settingValue(settings, key));
    return {
      world: flags.world,
      inForce: settingValue(settings, 'learnt_ttl') === true,
      suggestions: suggestTtls(await client.stores.briefLives.lives(flags.world, configured), configured),
    };
  });
  const minutes = (seconds: number): string => `${Math.round(seconds / 60)} min`;
  if (flags.json) printJson(document);
  else
    printText(
      [
        `Learnt times to live are ${document.inForce ? 'in force' : 'suggestions only: conclave settings set learnt_ttl true'}`,
        ...document.suggestions.map(
          ({ kind, regime, ttlSeconds, configuredSeconds, lives, stale }) =>
            `${kind.padEnd(10)} volatility ${regime.padEnd(8)} ${minutes(ttlSeconds)}, configured ${minutes(configuredSeconds)}; ${stale} of ${lives} briefs went stale`,
        ),
      ].join('\n'),
    );
};

const run = async (flags: Flags): Promise<void> => {
  if (flags.ttl) return showTtls(flags);
  const by = readField('by', cacheGroup, flags.by);
  readWorld(flags.world);
  const document = await withClient(async ({ client }) => ({
    world: flags.world,
    size: await client.stores.briefs.size(),
    metrics: (await client.stores.briefMetrics.metrics({ world: flags.world, by })).map(toDocument),
  }));
  if (flags.json) printJson(document);
  else
    printText(
      [
        `${document.size.entries} briefs, ${document.size.bytes} bytes in all worlds; below, world ${document.world}`,
        ...document.metrics.map(
          (row) =>
            `${row.subject.padEnd(20)} ${row.kind.padEnd(10)} hits ${row.hits} joins ${row.joins} misses ${row.misses} sessions ${row.sessions} cost ${dollarText(row.costUsd)} saved ${dollarText(row.costSavedUsd)}${row.savedShare === null ? '' : ` (${(100 * row.savedShare).toFixed(0)} %)`}`,
        ),
      ].join('\n'),
    );
};

export const registerCache = (program: Command): void => {
  program
    .command('cache')
    .description('hits, joins and misses of the shared briefs, and what they saved')
    .option('--world <id>', 'live, synthetic, or a replay', LIVE_WORLD)
    .option('--by <group>', 'overall, subject or kind', 'overall')
    .option('--ttl', 'how long briefs stayed true, and what that suggests, by kind and volatility')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExamples:\n  $ conclave cache\n  $ conclave cache --by subject --json')
    .action(runAction(run));
};
