// `conclave experiment`: two prompts, models, tiers or strategies on the same questions.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { ConclaveClient } from '../../client/connect';
import {
  checkExperiment,
  createExperiment,
  type ExperimentDocument,
  experimentDocument,
  stopExperiment,
} from '../../client/experiments';
import { typedValue } from '../../client/field-errors';
import {
  idText,
  longWord,
  plainNumber,
  promptText,
  readField,
  shortWord,
  stopReason,
} from '../../client/fields';
import type { ExperimentRow } from '../../db/experiment-store';
import { dollarText } from '../../domain/money/micro-usd';
import { checks, newRequestKey } from '../options';
import { printJson, printText, runAction } from '../output';
import { withClient } from '../with-client';

interface JsonFlag {
  readonly json?: boolean;
}

interface CreateFlags extends JsonFlag {
  readonly name: string;
  readonly kind: string;
  readonly a: string;
  readonly b: string;
  readonly model?: string;
  readonly category?: string;
  readonly budgetUsd?: string;
  readonly alpha?: string;
  readonly world?: string;
}

const SHOWN_ARM = 60;

const armText = (arm: string): string => {
  const line = arm.replace(/\s+/g, ' ');
  return line.length > SHOWN_ARM ? `${line.slice(0, SHOWN_ARM - 3)}...` : line;
};

const resultText = ({ difference, low, high, blocks }: ExperimentDocument): string =>
  difference === null
    ? 'no block of questions has resolved yet'
    : `Brier a - b ${difference.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}] over ${blocks} blocks (above 0: b is better)`;

const render = (experiment: ExperimentDocument): string =>
  [
    `${experiment.experimentId}  ${experiment.name}: ${experiment.status}${experiment.better === 'undecided' ? '' : `, ${experiment.better} is better`}`,
    `  ${experiment.kind}  a ${armText(experiment.a)}  b ${armText(experiment.b)}`,
    `  ${experiment.asked} questions, ${experiment.answered} answered by both, ${experiment.scored} scored, cost ${dollarText(experiment.costUsd)} of ${dollarText(experiment.budgetUsd)}`,
    `  ${resultText(experiment)}`,
    ...(experiment.note ? [`  ${experiment.note}`] : []),
  ].join('\n');

const print = async (client: ConclaveClient, row: ExperimentRow, { json }: JsonFlag): Promise<void> => {
  const document = await experimentDocument(client, row);
  if (json) printJson(document);
  else printText(render(document));
};

const known = async (client: ConclaveClient, id: string): Promise<ExperimentRow> => {
  const row = await client.stores.experiments.get(id);
  if (row) return row;
  throw new RangeError(`experiment "${id}" is not known; accepted: an id from "conclave experiment list"`);
};

/** `@file` is the file's text. */
const armOf = (value: string): string => {
  if (!value.startsWith('@')) return value;
  try {
    return readFileSync(value.slice(1), 'utf8');
  } catch {
    throw new RangeError(`file "${value.slice(1)}" cannot be read; accepted: @ and the path of a text file`);
  }
};

/** Whatever is wrong with the words is found before a stack is started. */
const create = async (flags: CreateFlags): Promise<void> => {
  const { name, kind, model, category, budgetUsd, alpha, world } = flags;
  const wish = {
    ...{ name, kind, model, category, budgetUsd, world },
    a: readField('a', promptText, armOf(flags.a)),
    b: readField('b', promptText, armOf(flags.b)),
    alpha: alpha === undefined ? undefined : Number(alpha),
  };
  checkExperiment(wish);
  await withClient(async ({ client }) =>
    print(client, await createExperiment(client, wish, newRequestKey()), flags),
  );
};

const status = (id: string, flags: JsonFlag): Promise<void> =>
  withClient(async ({ client }) => print(client, await known(client, id), flags));

const stop = (id: string, flags: JsonFlag & { readonly reason: string }): Promise<void> =>
  withClient(async ({ client }) =>
    print(client, await stopExperiment(client, await known(client, id), flags.reason), flags),
  );

const list = (flags: JsonFlag): Promise<void> =>
  withClient(async ({ client }) => {
    const rows = await client.stores.experiments.list(100);
    const documents = await Promise.all(rows.map((row) => experimentDocument(client, row)));
    if (flags.json) printJson({ experiments: documents });
    else if (documents.length === 0) printText('No experiment yet. See: conclave experiment create --help');
    else printText(documents.map(render).join('\n'));
  });

const withJson = (command: Command): Command => command.option('--json', 'print one JSON document');

export const registerExperiment = (program: Command): void => {
  const experiment = program
    .command('experiment')
    .description('two prompts, models, tiers or strategies on the same questions')
    .addHelpText(
      'after',
      '\nExamples:\n  $ conclave experiment create --name "consensus?" --kind strategy --a weighted_vote --b consensus\n  $ conclave experiment create --name "cheaper?" --kind model --a gpt-6-sol --b gpt-6-luna --budget-usd 5\n  $ conclave experiment list',
    );
  withJson(
    experiment
      .command('create')
      .description('every matching decision from now on enters it; strategies cost nothing')
      .requiredOption('--name <text>', 'what it is to find out', checks('name', longWord))
      .requiredOption('--kind <kind>', 'strategy, model, tier or prompt', checks('kind', longWord))
      .requiredOption('--a <arm>', 'the first; for a prompt its wording, @file, or default')
      .requiredOption('--b <arm>', 'the second')
      .option('--model <name>', 'for prompts: who both wordings are put to', checks('model', longWord))
      .option('--category <name>', 'decisions of this category only', checks('category', longWord))
      .option(
        '--budget-usd <amount>',
        'what all its calls may cost (strategies cost nothing)',
        checks('budget-usd', shortWord),
      )
      .option(
        '--alpha <share>',
        'chance of a false verdict, however often one looks (default: 0.05)',
        checks('alpha', plainNumber, typedValue),
      )
      .option('--world <id>', 'live or synthetic (default: live)', checks('world', longWord)),
  ).action(runAction(create));
  withJson(
    experiment
      .command('status')
      .argument('<id>', 'the experiment', checks('id', idText))
      .description('what is known so far'),
  ).action(runAction(status));
  withJson(
    experiment
      .command('stop')
      .argument('<id>', 'the experiment', checks('id', idText))
      .description('stop one before it is decided')
      .requiredOption('--reason <text>', 'why', checks('reason', stopReason)),
  ).action(runAction(stop));
  withJson(experiment.command('list').description('experiments, newest first')).action(runAction(list));
};
