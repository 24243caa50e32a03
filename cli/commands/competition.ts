// `conclave competition`: models trade paper accounts side by side over a past period.
import type { Command } from 'commander';
import {
  checkName,
  checkPlayers,
  createCompetition,
  derivedName,
  findCompetition,
  joinCompetition,
  type ReplayHandle,
  replayCompetition,
  startLiveCompetition,
} from '../../client/competition';
import { type CompetitionDocument, competitionDocument } from '../../client/competition-document';
import { type CompetitionWords, readDefinition, readLiveDefinition } from '../../client/competition-input';
import type { ConclaveClient } from '../../client/connect';
import { competitionName, idText, mediumWord, modelNames } from '../../client/fields';
import { waitFor } from '../../client/give-up';
import { BadInput } from '../../client/inputs';
import { syncSchedules } from '../../client/schedules';
import { LIVE_WORLD } from '../../domain/world';
import { DEFINING, withDefinition } from '../competition-options';
import { noteUnlessKept } from '../kept-stack';
import { MADE_UP } from '../made-up';
import { checks, readNames, refuseTyped, typedList } from '../options';
import { createProgress, EXIT, note, printJson, printText, runAction } from '../output';
import { withClient } from '../with-client';

interface Flags extends CompetitionWords {
  readonly models?: string;
  readonly live?: boolean;
  readonly json?: boolean;
}

/** Milliseconds between two looks at a running replay. */
const LOOK_MS = 1_000;

const percent = (share: number | null, places = 2): string =>
  share === null ? '-' : `${(100 * share).toFixed(places)} %`;

const boardText = ({ board, refused, notes, ...head }: CompetitionDocument): string => {
  const rows = board.map((row) =>
    [
      String(row.rank).padStart(4),
      row.account.padEnd(24),
      row.equityUsd.slice(0, -4).padStart(14),
      percent(row.return).padStart(9),
      percent(row.returnAfterModelCost).padStart(11),
      row.modelCostUsd.padStart(11),
      (row.sharpe?.toFixed(2) ?? '-').padStart(7),
      percent(row.maxDrawdown).padStart(9),
      percent(row.hitRate, 0).padStart(6),
      row.turnover.toFixed(1).padStart(9),
      (row.brier?.toFixed(4) ?? '-').padStart(8),
    ].join(' '),
  );
  return [
    `${head.competitionId}: ${head.status}, ${head.from} to ${head.to}, ${head.symbols.length} symbols, world ${head.world ?? 'none yet'}${head.synthetic ? ` · ${MADE_UP}` : ''}`,
    `rank account                          equity    return  after cost  model cost  Sharpe  drawdown   hits  turnover    Brier`,
    ...rows,
    ...refused.map(({ account, symbol, reason }) => `refused: ${symbol} of ${account}: ${reason}`),
    ...notes.map((text) => `· ${text}`),
  ].join('\n');
};

const show = async (client: ConclaveClient, id: string, json: boolean): Promise<void> => {
  const document = await competitionDocument(client, id);
  if (json) printJson(document);
  else printText(boardText(document));
};

const modelsOf = (flags: Flags): readonly string[] => {
  const models = readNames(flags.models);
  if (models) return models;
  throw new BadInput('--models is missing; accepted: model ids separated by commas');
};

const create = async (name: string, flags: Flags): Promise<void> => {
  checkName(name);
  // What is wrong with the words is found before a stack is started.
  const replayed = flags.live ? null : await readDefinition(flags);
  if (flags.live) readLiveDefinition(flags, new Date().toISOString());
  const { row, definition } = await withClient(async ({ client }) => {
    const wanted = replayed ?? readLiveDefinition(flags, await client.stores.worlds.now(LIVE_WORLD));
    return { row: await createCompetition(client, name, wanted), definition: wanted };
  });
  if (flags.json) printJson({ competitionId: row.id, status: row.status, definition });
  else
    printText(
      `${row.id} is ${row.status}. Add models with: conclave competition join ${row.id} --models a,b`,
    );
};

const join = async (name: string, flags: Flags): Promise<void> => {
  const added = await withClient(({ client }) => joinCompetition(client, name, modelsOf(flags)));
  if (flags.json) printJson({ competitionId: name, added });
  else printText(`${added} joined ${name}`);
};

const start = async (name: string, flags: Flags): Promise<void> => {
  const { row, changes } = await withClient(async ({ client }) => ({
    row: await startLiveCompetition(client, name),
    changes: await syncSchedules(client, { kinds: null, dryRun: false }),
  }));
  const schedules = changes.filter(({ change }) => change === 'created').map(({ scheduleId }) => scheduleId);
  if (flags.json) printJson({ competitionId: row.id, status: row.status, world: row.world, schedules });
  else
    printText(
      `${row.id} is ${row.status} in the world ${row.world}${schedules.length > 0 ? `; scheduled: ${schedules.join(', ')}` : ''}`,
    );
  await noteUnlessKept();
};

const status = async (name: string | undefined, flags: Flags): Promise<void> =>
  withClient(async ({ client }) => {
    const rows = name ? [await findCompetition(client, name)] : await client.stores.competitions.list();
    const competitions = await Promise.all(
      rows.map(async ({ id, status: state, world, createdAt }) => {
        const accounts = await client.stores.competitions.accounts(id);
        const snapshots = await client.stores.competitions.snapshots(id);
        return {
          competitionId: id,
          status: state,
          world,
          createdAt,
          accounts: accounts.map((account) => account.name),
          lastDay: snapshots.at(-1)?.date ?? null,
        };
      }),
    );
    if (flags.json) printJson({ competitions });
    else if (competitions.length === 0)
      printText('No competition. Make one with: conclave competition create');
    else
      printText(
        competitions
          .map(
            (each) =>
              `${each.competitionId.padEnd(24)} ${each.status.padEnd(9)} ${each.accounts.length} accounts, ${each.lastDay ? `up to ${each.lastDay}` : 'no day yet'}`,
          )
          .join('\n'),
      );
  });

const board = (name: string, flags: Flags): Promise<void> =>
  withClient(({ client }) => show(client, name, flags.json === true));

const pause = (): Promise<'look'> => new Promise((resolve) => setTimeout(() => resolve('look'), LOOK_MS));

/** Shows the days as they pass. `interrupted` leaves the replay running. */
const follow = async (client: ConclaveClient, handle: ReplayHandle): Promise<'ended' | 'interrupted'> => {
  const progress = createProgress();
  const stopped = new Promise<'interrupted'>((resolve) =>
    process.once('SIGINT', () => resolve('interrupted')),
  );
  const { ended, giveUp } = waitFor(client, () => handle.end().then(() => 'ended' as const));
  for (;;) {
    const event = await Promise.race([ended, stopped, pause()]).finally(progress.done);
    if (event !== 'look') {
      giveUp();
      return event;
    }
    const { done, total, date } = await handle.progress().catch(() => ({ done: 0, total: 0, date: null }));
    if (process.stderr.isTTY) progress.update(`${date ?? ''}: ${done} of ${total} days`);
  }
};

/** With a name alone, replays that competition; with parameters, makes it first. */
const prepare = async (client: ConclaveClient, name: string | undefined, flags: Flags): Promise<string> => {
  if (name && !flags.prices) {
    if (flags.models) await joinCompetition(client, name, modelsOf(flags));
    return name;
  }
  const models = modelsOf(flags);
  const definition = await readDefinition(flags);
  const id = name ? checkName(name) : derivedName(definition, models);
  await checkPlayers(client, models);
  await createCompetition(client, id, definition);
  await joinCompetition(client, id, models);
  return id;
};

const replay = async (name: string | undefined, flags: Flags, command: Command): Promise<number> => {
  // What is wrong with the words is found before a stack is started.
  if (name && !flags.prices)
    refuseTyped(
      command,
      DEFINING,
      `beside the name ${JSON.stringify(name)} without --prices`,
      'Add --prices to define another, or leave it out to replay the one of that name as it was defined.',
    );
  else {
    if (name) checkName(name);
    modelsOf(flags);
    await readDefinition(flags);
  }
  return withClient(async ({ client }) => {
    const id = await prepare(client, name, flags);
    const handle = await replayCompetition(client, id);
    if ((await follow(client, handle)) === 'interrupted') {
      note('The replay goes on. The same command follows it.');
      return EXIT.interrupted;
    }
    await show(client, id, flags.json === true);
    return EXIT.ok;
  });
};

const json = (command: Command): Command => command.option('--json', 'print one JSON document');

/** One that acts on a competition of this name. */
const named = (competition: Command, word: string, argument = '<name>'): Command =>
  json(competition.command(word)).argument(argument, 'its name', checks('name', idText));

export const registerCompetition = (program: Command): void => {
  const competition = program
    .command('competition')
    .description('models trade paper accounts from shared research, under equal rules')
    .addHelpText(
      'after',
      '\nExample:\n  $ conclave competition replay --prices bars.csv.gz --from 2025-06-10 --to 2025-09-30 --symbols AAPL,MSFT --models house-drift,house-momentum,house-mean-reversion,house-logistic',
    );
  withDefinition(
    competition
      .command('create')
      .argument('<name>', 'its name', checks('name', competitionName))
      .description('define one'),
  )
    .option('--live', 'trade day by day from the next open on, by schedule')
    .option(
      '--world <id>',
      'with --live: live, or synthetic for the made-up tape',
      checks('world', mediumWord),
    )
    .action(runAction(create));
  named(competition, 'join')
    .description('give models an account')
    .option('--models <list>', 'model ids, separated by commas', checks('models', modelNames, typedList))
    .action(runAction(join));
  named(competition, 'start')
    .description('let one made with --live trade by schedule')
    .action(runAction(start));
  json(competition.command('list').description('all, newest first, with where each stands')).action(
    runAction((flags: Flags) => status(undefined, flags)),
  );
  named(competition, 'status', '[name]')
    .description('where one stands; without a name, the list')
    .action(runAction(status));
  named(competition, 'board').description('orders, snapshots and leaderboard').action(runAction(board));
  withDefinition(
    competition
      .command('replay')
      .argument('[name]', 'its name', checks('name', competitionName))
      .description('run a past period day by day'),
  )
    .option('--models <list>', 'model ids, separated by commas', checks('models', modelNames, typedList))
    .action(runAction(replay));
};
