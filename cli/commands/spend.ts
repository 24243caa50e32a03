// `conclave spend`: what was spent, by model, category, hour or feature; what was saved; and what skill costs.
import type { Command } from 'commander';
import { categoryName, dayOrInstant, readField, spendGroup } from '../../client/fields';
import { readWindow } from '../../client/rank';
import { skillCostDocument } from '../../client/skill-cost';
import { spendDocument, spendRange } from '../../client/spend';
import type { SpendRange } from '../../db/spend-store';
import { dollarText } from '../../domain/money/micro-usd';
import { savingsText } from '../../domain/money/savings';
import { LIVE_WORLD } from '../../domain/world';
import { checks, readWorld, refuseTyped } from '../options';
import { printJson, printText, runAction } from '../output';
import { withClient } from '../with-client';

interface Flags {
  readonly by: string;
  readonly from?: string;
  readonly to?: string;
  readonly session?: string;
  readonly decision?: string;
  readonly all?: boolean;
  readonly world?: string;
  readonly window: string;
  readonly category?: string;
  readonly json?: boolean;
}

const rangeOf = (flags: Flags): SpendRange =>
  spendRange({
    ...(flags.from ? { from: readField('from', dayOrInstant, flags.from) } : {}),
    ...(flags.to ? { to: readField('to', dayOrInstant, flags.to) } : {}),
    ...(flags.session ? { sessionId: flags.session } : {}),
    ...(flags.decision ? { decisionId: flags.decision } : {}),
    ...(flags.world === undefined ? {} : { world: readWorld(flags.world) }),
    includeUnbilled: flags.all ?? false,
  });

type SkillRow = Awaited<ReturnType<typeof skillCostDocument>>['rows'][number];

const skillLine = (row: SkillRow): string =>
  [
    row.model.padEnd(34),
    row.category.padEnd(18),
    row.window.padEnd(4),
    String(row.n).padStart(6),
    `${row.skill < 0 ? '' : '+'}${row.skill.toFixed(4)}`,
    `${row.costPerForecastUsd === null ? 'no known cost' : `${dollarText(row.costPerForecastUsd)} a forecast`}`,
    row.costPerPointUsd === null ? '' : `${dollarText(row.costPerPointUsd)} a point`,
  ].join('  ');

const showSkill = async (flags: Flags): Promise<void> => {
  const window = readWindow(flags.window);
  const world = readWorld(flags.world ?? LIVE_WORLD);
  const document = await withClient(({ client }) =>
    skillCostDocument(client, { world, window, category: flags.category }),
  );
  if (flags.json) printJson(document);
  else if (document.rows.length === 0) printText(`No forecast has resolved in world ${world} yet.`);
  else
    printText(
      [
        'A point is 0.01 of Brier score gained on the simple mean of all members.',
        ...document.rows.map(skillLine),
      ].join('\n'),
    );
};

const OF_MONEY = ['--from', '--to', '--session', '--decision', '--all'];
const OF_SKILL = ['--window', '--category'];

const run = async (flags: Flags, command: Command): Promise<void> => {
  if (flags.by === 'skill') {
    refuseTyped(
      command,
      OF_MONEY,
      'beside --by skill',
      'Skill is narrowed by --world, --window and --category.',
    );
    return showSkill(flags);
  }
  refuseTyped(
    command,
    OF_SKILL,
    'without --by skill',
    'Money is narrowed by --world, --from, --to, --session and --decision.',
  );
  const by = readField('by', spendGroup, flags.by);
  const range = rangeOf(flags);
  const document = await withClient(({ client }) => spendDocument(client, by, range));
  if (flags.json) {
    printJson(document);
    return;
  }
  const line = (name: string, row: (typeof document)['total']): string =>
    `${name.padEnd(34)} ${String(row.calls).padStart(6)} calls  ${dollarText(row.spentUsd)} spent  ${dollarText(row.heldUsd)} held`;
  printText(
    [
      ...document.rows.map((row) => line(String((row as Record<string, unknown>)[by]), row)),
      line('total', document.total),
      savingsText(document.saved),
    ].join('\n'),
  );
};

export const registerSpend = (program: Command): void => {
  program
    .command('spend')
    .description('what was spent and on what')
    .option('--by <group>', 'model, provider, category, feature, hour, day, month or skill', 'model')
    .option('--from <time>', 'since this time (UTC)', checks('from', dayOrInstant))
    .option('--to <time>', 'before this time (UTC)', checks('to', dayOrInstant))
    .option('--session <id>', 'only one market session')
    .option('--decision <id>', 'only one decision')
    .option('--all', 'also calls that cost nothing')
    .option('--world <id>', 'only this world (default: all; with --by skill, the record of live)')
    .option('--window <name>', 'with --by skill: 1h, 6h, 24h, 7d, 30d or all', 'all')
    .option('--category <name>', 'with --by skill: one category', checks('category', categoryName))
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nExamples:\n  $ conclave spend --by model\n  $ conclave spend --by hour --from 2026-11-20 --json\n  $ conclave spend --by skill --window 30d',
    )
    .action(runAction(run));
};
