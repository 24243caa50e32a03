// `conclave report`: the report of a day.
import type { Command } from 'commander';
import { isoDay } from '../../client/fields';
import { dailyReport, remakeReport } from '../../client/report';
import { REPORT_FORMATS, renderReport } from '../../domain/report/report-text';
import { LIVE_WORLD } from '../../domain/world';
import { checks, readWorld } from '../options';
import { printJson, printText, runAction } from '../output';
import { withClient } from '../with-client';

interface Flags {
  readonly day?: string;
  readonly world: string;
  readonly format: string;
  readonly refresh?: boolean;
  readonly json?: boolean;
}

const run = async (flags: Flags): Promise<void> => {
  const { day, refresh = false } = flags;
  const world = readWorld(flags.world);
  const format = REPORT_FORMATS.find((each) => each === flags.format);
  if (!format)
    throw new RangeError(`format "${flags.format}" is unknown; accepted: ${REPORT_FORMATS.join(', ')}`);
  const document = await withClient(({ client }) =>
    (refresh ? remakeReport : dailyReport)(client, { day, world }),
  );
  if (flags.json || format === 'json') printJson(document);
  else printText(renderReport(document, format).trimEnd());
};

export const registerReport = (program: Command): void => {
  program
    .command('report')
    .description('the report of a day: sessions, decisions, money, record, outages')
    .option('--day <date>', 'the day in UTC, such as 2026-11-20 (default: today)', checks('day', isoDay))
    .option('--world <id>', 'live, synthetic or a replay', LIVE_WORLD)
    .option('--format <form>', 'md, html or json', 'md')
    .option('--refresh', 'make it anew from the tables, even where one is stored')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nExamples:\n  $ conclave report\n  $ conclave report --day 2026-11-20 --format html > report.html',
    )
    .action(runAction(run));
};
