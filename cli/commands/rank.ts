// `conclave rank`: models by the lower bound of what they have earned, and the strategies' shadow records.
import { type Command, Option } from 'commander';
import { categoryName } from '../../client/fields';
import { BadInput } from '../../client/inputs';
import {
  checkWorld,
  type RankDocument,
  type RankedModel,
  type RankedStrategy,
  rank,
  readWindow,
} from '../../client/rank';
import { ANALYSTS } from '../../domain/panel/forecaster';
import { LIVE_WORLD } from '../../domain/world';
import { checks, readWorld } from '../options';
import { printJson, printText, runAction } from '../output';
import { withClient } from '../with-client';
import { RECORD_VIEWS } from './rank-views';

interface Flags {
  readonly world: string;
  readonly category?: string;
  readonly analysts?: boolean;
  readonly window: string;
  readonly by: 'skill' | keyof typeof RECORD_VIEWS;
  readonly json?: boolean;
}

const signed = (value: number): string => `${value < 0 ? '' : '+'}${value.toFixed(4)}`;
const shown = (value: number | null, digits = 4): string => (value === null ? '-' : value.toFixed(digits));

const modelLine = (row: RankedModel): string =>
  [
    String(row.band).padStart(4),
    row.model.padEnd(36),
    String(row.n).padStart(6),
    `${signed(row.skill)} [${signed(row.skillLow)}, ${signed(row.skillHigh)}]`.padEnd(30),
    shown(row.brier).padStart(7),
    shown(row.hitRate, 2).padStart(5),
    `$${row.costUsd.toFixed(4)}`.padStart(10),
    shown(row.skillPerUsd, 3).padStart(9),
  ].join('  ');

const strategyLine = (row: RankedStrategy): string =>
  [
    String(row.band).padStart(4),
    row.strategy.padEnd(36),
    `${row.decided}/${row.n}`.padStart(6),
    `${signed(row.skill)} [${signed(row.skillLow)}, ${signed(row.skillHigh)}]`.padEnd(30),
    shown(row.brier).padStart(7),
    shown(row.hitRate, 2).padStart(5),
  ].join('  ');

const nothingYet = (world: string): string =>
  `No forecast has resolved in world ${world} yet: outcomes come from "conclave outcomes".`;

/** Nothing where no decision is in the category, as in the analysts'. */
const strategyLines = ({ strategies }: RankDocument): readonly string[] =>
  strategies.every(({ n }) => n === 0)
    ? []
    : ['', 'Strategies on the same answers:', ...strategies.map(strategyLine)];

/** A short window holds few outcomes, and its rows are its own. */
const windowLines = ({ window }: RankDocument): readonly string[] =>
  window === 'all'
    ? []
    : [
        '',
        'Rows of a window stand on its own outcomes alone; --by context shrinks them toward longer windows.',
      ];

const text = (document: RankDocument): string =>
  document.models.length === 0
    ? nothingYet(document.world)
    : [
        `World ${document.world}, ${document.category ?? 'all categories'}, window ${document.window}. Skill is Brier points gained on the simple mean, with 90 % bounds; one band cannot be told apart.`,
        'band  model                                      n  skill                            brier    hit        cost  per dollar',
        ...document.models.map(modelLine),
        ...strategyLines(document),
        ...windowLines(document),
      ].join('\n');

const showView = async (flags: Flags, view: keyof typeof RECORD_VIEWS): Promise<void> => {
  const window = readWindow(flags.window);
  readWorld(flags.world);
  const { document, lines, nothing } = await withClient(async ({ client }) => {
    await checkWorld(client, flags.world);
    return RECORD_VIEWS[view](client, {
      world: flags.world,
      window,
      category: flags.category,
    });
  });
  if (flags.json) printJson(document);
  else printText(document.n === 0 ? (nothing ?? nothingYet(flags.world)) : lines.join('\n'));
};

const withCategory = (given: Flags): Flags => {
  if (!given.analysts) return given;
  if (given.category !== undefined && given.category !== ANALYSTS)
    throw new BadInput(
      `category "${given.category}" is given with --analysts; accepted: one of the two, since analysts are a category`,
    );
  return { ...given, category: ANALYSTS };
};

const run = async (given: Flags): Promise<void> => {
  const flags = withCategory(given);
  if (flags.by !== 'skill') return showView(flags, flags.by);
  readWindow(flags.window);
  readWorld(flags.world);
  const document = await withClient(({ client }) =>
    rank(client, {
      world: flags.world,
      window: flags.window,
      ...(flags.category === undefined ? {} : { category: flags.category }),
    }),
  );
  if (flags.json) printJson(document);
  else printText(text(document));
};

export const registerRank = (program: Command): void => {
  program
    .command('rank')
    .description('models by what they have surely earned, with cost; the five strategies side by side')
    .option('--world <id>', 'world', LIVE_WORLD)
    .option('--category <name>', 'one category', checks('category', categoryName))
    .option('--analysts', 'the analysts of panels instead of models, measured against their own mean')
    .option('--window <name>', '1h, 6h, 24h, 7d, 30d or all', 'all')
    .addOption(
      new Option(
        '--by <view>',
        'skill, calibration, contribution (Shapley, without, P&L), agreement or context (volatility, time to expiry)',
      )
        .choices(['skill', ...Object.keys(RECORD_VIEWS)])
        .default('skill'),
    )
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  $ conclave rank
  $ conclave rank --window 30d --category politics --json
  $ conclave rank --by calibration
  $ conclave rank --by context --window 30d
  $ conclave rank --analysts`,
    )
    .action(runAction(run));
};
