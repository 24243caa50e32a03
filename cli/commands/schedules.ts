// `conclave schedules`: the desk's hands-free runs.
import type { Command } from 'commander';
import { idText, mediumWord, readField, scheduleKinds, shortNote } from '../../client/fields';
import {
  listSchedules,
  readBackfill,
  type ScheduleRow,
  scheduleHandle,
  scheduleWarnings,
} from '../../client/known-schedules';
import { syncSchedules } from '../../client/schedules';
import type { RecordedChange, ScheduleSyncRow } from '../../db/schedule-sync-store';
import { latenessText } from '../../domain/desk/lateness';
import { SCHEDULE_KINDS, type ScheduleKind } from '../../domain/desk/schedule-kinds';
import { noteUnlessKept } from '../kept-stack';
import { checks, spelled, typedList } from '../options';
import { printJson, printText, runAction } from '../output';
import { withClient } from '../with-client';

interface Flags {
  readonly kinds?: string;
  readonly dryRun?: boolean;
  readonly reason?: string;
  readonly from?: string;
  readonly to?: string;
  readonly json?: boolean;
}

const changeText = ({ scheduleId, change, differences }: RecordedChange): string =>
  [`${change.padEnd(10)} ${scheduleId}`, ...differences.map((line) => `           ${line}`)].join('\n');

/** Null when none are named: the setting decides. @throws BadInput for an unknown kind. */
const readKinds = (text: string | undefined): readonly ScheduleKind[] | null =>
  text === undefined
    ? null
    : readField(
        'kinds',
        scheduleKinds,
        typedList(text).map((name) => spelled(name, SCHEDULE_KINDS)),
      );

const sync = async (flags: Flags): Promise<void> => {
  const kinds = readKinds(flags.kinds);
  const dryRun = flags.dryRun ?? false;
  const { changes, warnings } = await withClient(async ({ client }) => ({
    changes: await syncSchedules(client, { kinds, dryRun }),
    warnings: await scheduleWarnings(client),
  }));
  if (flags.json) printJson({ dryRun, changes, warnings });
  else if (changes.length === 0)
    printText('No watchlist, so no schedule. Add one with: conclave watchlist add AAPL MSFT');
  else printText([...changes.map(changeText), ...warnings.map((text) => `warning: ${text}`)].join('\n'));
  if (!dryRun && changes.length > 0) await noteUnlessKept();
};

const rowText = (row: ScheduleRow): string => {
  const { time, zone, overlap, catchup, timeout } = row.rules;
  const late = latenessText(row.lastLateSeconds);
  const counts = [
    late ? `last run ${late}` : '',
    row.missed > 0 ? `${row.missed} missed` : '',
    row.overlapped > 0 ? `${row.overlapped} left out while one was running` : '',
  ].filter(Boolean);
  return [
    row.scheduleId.padEnd(26),
    (row.paused ? 'paused' : `next ${row.next[0] ?? 'never'}`).padEnd(30),
    [
      `${time}${zone ? ` ${zone}` : ''}`,
      `catch-up ${catchup}`,
      `overlap ${overlap}`,
      `time-out ${timeout}`,
      ...counts,
    ].join(', '),
  ].join(' ');
};

const list = async (flags: Flags): Promise<void> => {
  const { schedules, warnings } = await withClient(async ({ client }) => ({
    schedules: await listSchedules(client),
    warnings: await scheduleWarnings(client),
  }));
  if (flags.json) printJson({ schedules, warnings });
  else if (schedules.length === 0) printText('No schedules. Make them with: conclave schedules sync');
  else printText([...schedules.map(rowText), ...warnings.map((text) => `warning: ${text}`)].join('\n'));
  if (schedules.length > 0) await noteUnlessKept();
};

const syncText = ({ syncedAt, cause, changes }: ScheduleSyncRow): string =>
  [`${syncedAt} by a ${cause}`, ...changes.map(changeText)].join('\n');

const history = async (flags: Flags): Promise<void> => {
  const syncs = await withClient(({ client }) => client.stores.scheduleSyncs.list());
  if (flags.json) printJson({ syncs });
  else
    printText(
      syncs.map(syncText).join('\n') || 'Nothing was changed yet. Begin with: conclave schedules sync',
    );
};

type Handle = Awaited<ReturnType<typeof scheduleHandle>>;

const act =
  (what: string, work: (handle: Handle, flags: Flags) => Promise<unknown>) =>
  async (id: string, flags: Flags): Promise<void> => {
    await withClient(async ({ client }) => work(await scheduleHandle(client, id), flags));
    if (flags.json) printJson({ scheduleId: id, done: what });
    else printText(`${what}: ${id}`);
  };

/** What is wrong with the period is found before a stack is started. */
const backfill = async (id: string, flags: Flags): Promise<void> => {
  const period = readBackfill(flags.from, flags.to);
  return act('backfilled', (handle) => handle.backfill(period))(id, flags);
};

const json = (command: Command): Command => command.option('--json', 'print one JSON document');

export const registerSchedules = (program: Command): void => {
  const schedules = program
    .command('schedules')
    .description("what runs by itself, in the exchange's own zone: warming, sessions, end of day, detectors")
    .addHelpText(
      'after',
      '\nExamples:\n  $ conclave schedules sync\n  $ conclave schedules sync --kinds pre_market,open,afternoon,close --dry-run\n  $ conclave schedules pause desk:XETR:afternoon --reason "holiday"',
    );
  json(
    schedules
      .command('sync')
      .description('bring schedules in line with the watchlists; a worker keeps them so'),
  )
    .option(
      '--kinds <list>',
      'of warming, pre_market, open, afternoon, close, end_of_day; kept as the setting schedule_kinds',
    )
    .option('--dry-run', 'only say what would change')
    .action(runAction(sync));
  json(
    schedules
      .command('history')
      .description('what syncs changed, by a person or by the worker, newest first'),
  ).action(runAction(history));
  json(schedules.command('list').description('show schedules and their next runs')).action(runAction(list));
  json(
    schedules
      .command('pause')
      .argument('<id>', 'the schedule', checks('id', idText))
      .option('--reason <text>', 'why', checks('reason', shortNote))
      .description('pause one'),
  ).action(runAction(act('paused', (handle, flags) => handle.pause(flags.reason))));
  json(
    schedules
      .command('resume')
      .argument('<id>', 'the schedule', checks('id', idText))
      .option('--reason <text>', 'why', checks('reason', shortNote))
      .description('resume one'),
  ).action(runAction(act('resumed', (handle, flags) => handle.unpause(flags.reason))));
  json(
    schedules
      .command('trigger')
      .argument('<id>', 'the schedule', checks('id', idText))
      .description('run one now'),
  ).action(runAction(act('triggered', (handle) => handle.trigger())));
  json(
    schedules
      .command('backfill')
      .argument('<id>', 'the schedule', checks('id', idText))
      .description('run what was missed in a period'),
  )
    .option('--from <instant>', 'start of the period', checks('from', mediumWord))
    .option('--to <instant>', 'end of the period', checks('to', mediumWord))
    .action(runAction(backfill));
};
