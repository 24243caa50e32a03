// `conclave tournament`: several models on one critical task; a dispute waits for a person.
import type { Command } from 'commander';
import type { ConclaveClient } from '../../client/connect';
import {
  idText,
  promptText,
  requestKey,
  shortWord,
  tournamentModels,
  verdictWords,
} from '../../client/fields';
import {
  checkTournament,
  startTournament,
  type TournamentDocument,
  type TournamentWish,
  tournamentDocument,
  untilJudged,
} from '../../client/tournaments';
import type { TournamentRow } from '../../db/tournament-store';
import { dollarText } from '../../domain/money/micro-usd';
import { checks, newRequestKey, readLimit, typedList } from '../options';
import { exitOf, note, printJson, printText, runAction } from '../output';
import { withClient } from '../with-client';

interface Flags {
  readonly task?: string;
  readonly prompt?: string;
  readonly models?: string;
  readonly options?: string;
  readonly default?: string;
  readonly timeout?: string;
  readonly budgetUsd?: string;
  readonly wait?: boolean;
  readonly key?: string;
  readonly json?: boolean;
}

interface ListFlags {
  readonly limit: string;
}

const memberLine = (member: TournamentDocument['members'][number]): string =>
  [
    member.model.padEnd(28),
    (member.verdict ?? member.failure ?? 'undecided').padEnd(16),
    (member.probability === null ? '' : `p ${member.probability.toFixed(3)}`).padEnd(8),
    (member.costUsd === null ? '' : dollarText(member.costUsd)).padEnd(12),
    member.reasons[0] ?? '',
  ]
    .join(' ')
    .trimEnd();

const render = (document: TournamentDocument): string =>
  [
    `${document.status}${document.verdict ? `: ${document.verdict}` : ''}${document.confidence ? ` (confidence ${document.confidence})` : ''}`,
    ...document.members.map(memberLine),
    ...document.why,
    `cost ${dollarText(document.costUsd)}`,
    ...(document.status === 'waiting'
      ? [
          `Waiting for a person; without one it becomes "${document.default}".`,
          ...document.options
            .slice(0, 2)
            .map((option, index) =>
              option === ['approve', 'reject'][index]
                ? `  conclave review ${option} ${document.reviewId} --reason "why"`
                : `  conclave review decide ${document.reviewId} ${option} --reason "why"`,
            ),
        ]
      : []),
  ].join('\n');

const show = async (client: ConclaveClient, row: TournamentRow, json?: boolean): Promise<number> => {
  const document = await tournamentDocument(client, row);
  if (json) printJson(document);
  else printText(render(document));
  return exitOf([document]);
};

/** Whatever is wrong with the words is found before a stack is started. */
const wishOf = (flags: Flags): TournamentWish => {
  const { task = '', prompt = '', models = '', options, timeout, budgetUsd } = flags;
  const wish = {
    task,
    prompt,
    models: typedList(models),
    default: flags.default,
    timeout,
    budgetUsd,
    ...(options === undefined ? {} : { options: typedList(options) }),
  };
  checkTournament(wish);
  return wish;
};

const run = async (flags: Flags): Promise<number> => {
  const wish = wishOf(flags);
  return withClient(async ({ client }) => {
    const tournament = await startTournament(client, wish, flags.key ?? newRequestKey());
    if (!flags.json) note(`tournament ${tournament.tournamentId}`);
    const judged = await untilJudged(client, tournament);
    if (!flags.wait || judged.status !== 'waiting') return show(client, judged, flags.json);
    await tournament.result();
    return show(client, (await client.stores.tournaments.get(judged.id)) ?? judged, flags.json);
  });
};

/** `--json` may stand before or after the subcommand's name. */
const wantsJson = (command: Command): boolean => command.optsWithGlobals<{ json?: boolean }>().json === true;

const showOne = (id: string, _flags: object, command: Command): Promise<number> =>
  withClient(async ({ client }) => {
    const row = await client.stores.tournaments.get(id);
    if (!row)
      throw new RangeError(
        `tournament "${id}" is not known; accepted: an id from "conclave tournament list"`,
      );
    return show(client, row, wantsJson(command));
  });

const list = async (flags: ListFlags, command: Command): Promise<void> => {
  const limit = readLimit(flags.limit);
  const documents = await withClient(async ({ client }) =>
    Promise.all((await client.stores.tournaments.list(limit)).map((row) => tournamentDocument(client, row))),
  );
  if (wantsJson(command)) printJson({ tournaments: documents });
  else if (documents.length === 0) printText('No tournament yet. See: conclave tournament --help');
  else
    printText(
      documents
        .map(({ tournamentId, task, status, verdict }) =>
          `${tournamentId.padEnd(36)} ${task.padEnd(22)} ${status.padEnd(10)} ${verdict ?? ''}`.trimEnd(),
        )
        .join('\n'),
    );
};

export const registerTournament = (program: Command): void => {
  const tournament = program
    .command('tournament')
    .description('several models on one critical task; a dispute waits for a person')
    .option(
      '--task <type>',
      'task type; forecast asks for the probability of a statement',
      checks('task', shortWord),
    )
    .option('--prompt <text>', 'the task, or the statement, in words', checks('prompt', promptText))
    .option(
      '--models <names>',
      'three or more models, separated by commas',
      checks('models', tournamentModels, typedList),
    )
    .option(
      '--options <words>',
      'accepted verdicts (default: approve,reject)',
      checks('options', verdictWords, typedList),
    )
    .option(
      '--default <verdict>',
      'what holds when nobody decides a dispute in time (default: the last option)',
      checks('default', shortWord),
    )
    .option(
      '--timeout <time>',
      'how long a dispute waits, such as 12h or 3d (default: 3d)',
      checks('timeout', shortWord),
    )
    .option(
      '--budget-usd <amount>',
      'the most that all calls together may cost',
      checks('budget-usd', shortWord),
    )
    .option('--wait', 'wait for the person too')
    .option('--key <key>', 'the same key attaches to the same tournament', checks('key', requestKey))
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  $ conclave tournament --task risk_review --prompt "Ship the new sizing rule today?" --models gpt-6-sol,claude-sonnet-5,deepseek-v4-pro --timeout 2d --default reject --budget-usd 0.50\n  $ conclave tournament list',
    )
    .action(runAction(run));
  tournament
    .command('list')
    .description('tournaments, newest first')
    .option('--limit <count>', 'how many', '50')
    .option('--json', 'print one JSON document')
    .action(runAction(list));
  tournament
    .command('show')
    .argument('<id>', 'the tournament', checks('id', idText))
    .description('one tournament with every answer')
    .option('--json', 'print one JSON document')
    .action(runAction(showOne));
};
