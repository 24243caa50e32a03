// `conclave schedules`: the desk's hands-free runs.
import type { Command } from 'commander';
import { BadInput } from '../../client/inputs';
import { listSchedules, readKinds, scheduleHandle, syncSchedules } from '../../client/schedules';
import { parseIsoInstant } from '../../domain/market/iso-date';
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

const sync = async (flags: Flags): Promise<void> => {
  const kinds = readKinds(flags.kinds);
  const changes = await withClient(({ client }) =>
    syncSchedules(client, { kinds, dryRun: flags.dryRun ?? false }),
  );
  if (flags.json) printJson({ dryRun: flags.dryRun ?? false, changes });
  else if (changes.length === 0)
    printText('No watchlist, so no schedule. Add one with: conclave watchlist add AAPL MSFT');
  else printText(changes.map(({ scheduleId, change }) => `${change.padEnd(10)} ${scheduleId}`).join('\n'));
};

const list = async (flags: Flags): Promise<void> => {
  const schedules = await withClient(({ client }) => listSchedules(client));
  if (flags.json) printJson({ schedules });
  else if (schedules.length === 0) printText('No schedules. Make them with: conclave schedules sync');
  else
    printText(
      schedules
        .map(
          (each) =>
            `${each.scheduleId.padEnd(26)} ${each.paused ? 'paused' : `next ${each.next[0] ?? 'never'}`}`,
        )
        .join('\n'),
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

const backfill = async (handle: Handle, flags: Flags): Promise<void> => {
  if (!flags.from || !flags.to)
    throw new BadInput('backfill needs --from and --to; accepted: instants such as 2026-11-16T00:00:00Z');
  const start = new Date(parseIsoInstant(flags.from, 'from'));
  const end = new Date(parseIsoInstant(flags.to, 'to'));
  if (start >= end) throw new BadInput(`--from ${flags.from} is not before --to ${flags.to}`);
  await handle.backfill({ start, end });
};

const json = (command: Command): Command => command.option('--json', 'print one JSON document');

export const registerSchedules = (program: Command): void => {
  const schedules = program
    .command('schedules')
    .description("sessions that run by themselves, in the exchange's own zone")
    .addHelpText(
      'after',
      '\nExamples:\n  $ conclave schedules sync\n  $ conclave schedules sync --kinds pre_market,open,afternoon,close --dry-run\n  $ conclave schedules pause desk:XETR:afternoon --reason "holiday"',
    );
  json(schedules.command('sync').description('bring schedules in line with the watchlists'))
    .option('--kinds <list>', 'session kinds (default: pre_market,afternoon)')
    .option('--dry-run', 'only say what would change')
    .action(runAction(sync));
  json(schedules.command('list').description('show schedules and their next runs')).action(runAction(list));
  json(
    schedules.command('pause').argument('<id>').option('--reason <text>', 'why').description('pause one'),
  ).action(runAction(act('paused', (handle, flags) => handle.pause(flags.reason))));
  json(
    schedules.command('resume').argument('<id>').option('--reason <text>', 'why').description('resume one'),
  ).action(runAction(act('resumed', (handle, flags) => handle.unpause(flags.reason))));
  json(schedules.command('trigger').argument('<id>').description('run one now')).action(
    runAction(act('triggered', (handle) => handle.trigger())),
  );
  json(schedules.command('backfill').argument('<id>').description('run what was missed in a period'))
    .option('--from <instant>', 'start of the period')
    .option('--to <instant>', 'end of the period')
    .action(runAction(act('backfilled', backfill)));
};
