// `conclave outcomes`: how propositions came out: import, enter, correct, void, look up what is due, list.
import type { Command } from 'commander';
import { readInput } from '../../client/field-errors';
import {
  idText,
  outcomeAt,
  outcomeLimit,
  outcomeReason,
  outcomeState,
  outcomeWord,
  readField,
  worldName,
} from '../../client/fields';
import { readPriceFile } from '../../client/inputs';
import { readOutcomeFile } from '../../client/outcome-file';
import { listOutcomes } from '../../client/outcome-list';
import {
  entryOfOutcome,
  outcomeInput,
  outcomesDocument,
  recordOutcomes,
  resolveDueOutcomes,
} from '../../client/outcomes';
import { isReplay, LIVE_WORLD } from '../../domain/world';
import type { OutcomeWatchResult } from '../../workflows/contracts/outcomes';
import { checks, newRequestKey } from '../options';
import { printJson, printText, runAction, wrongUse } from '../output';
import { withClient } from '../with-client';

interface Flags {
  readonly world: string;
  readonly json?: boolean;
  readonly reason?: string;
  readonly at?: string;
  readonly knownOnly?: boolean;
  readonly correct?: boolean;
  readonly prices?: string;
  readonly asOf?: string;
  readonly state?: string;
  readonly limit?: string;
}

const show = (flags: Flags, result: OutcomeWatchResult, leftOut = 0): void => {
  if (flags.json) {
    printJson(outcomesDocument(result, leftOut));
    return;
  }
  const { resolved, voided, corrected, unchanged, scored, record, pending } = result;
  printText(
    [
      `${resolved} resolved, ${corrected} corrected, ${voided} void, ${unchanged} known already${leftOut > 0 ? `, ${leftOut} of unknown propositions left out` : ''}; ${scored} forecasts scored`,
      `the record holds ${record.outcomes} resolved decisions; ${record.newVersions} new versions; weights at work in ${record.weightsAtWork.join(', ') || 'no category'}`,
      ...pending.map(({ propositionId, reason }) => `  waiting: ${propositionId}: ${reason}`),
    ].join('\n'),
  );
};

const runImport = async (path: string, flags: Flags): Promise<void> => {
  await withClient(async ({ client }) => {
    const { entries, unknown } = await readOutcomeFile(client, {
      path,
      world: flags.world,
      knownOnly: flags.knownOnly === true,
      correct: flags.correct === true,
    });
    const result = await recordOutcomes(client, flags.world, entries, newRequestKey());
    show(flags, result, unknown);
  });
};

const recordOne = async (
  given: Readonly<Record<'proposition' | 'outcome', string>>,
  flags: Flags,
  correct: boolean,
): Promise<void> => {
  const { at, reason } = flags;
  const input = readInput(outcomeInput, {
    ...given,
    ...(at === undefined ? {} : { at }),
    ...(reason === undefined ? {} : { reason }),
  });
  const entry = entryOfOutcome(input, correct);
  show(
    flags,
    await withClient(({ client }) => recordOutcomes(client, flags.world, [entry], newRequestKey())),
  );
};

const runEnter =
  (correct: boolean) =>
  (proposition: string, outcome: string, flags: Flags): Promise<void> =>
    recordOne({ proposition, outcome }, flags, correct);

const runVoid = (proposition: string, flags: Flags): Promise<void> =>
  recordOne({ proposition, outcome: 'void' }, flags, false);

const runResolve = async (flags: Flags): Promise<void> => {
  const prices = await readPriceFile(flags.prices);
  const now = flags.asOf === undefined ? null : readField('as-of', outcomeAt, flags.asOf);
  if (now !== null && !isReplay(flags.world))
    throw wrongUse('--as-of moves the clock of a replay', 'Name its world with --world replay:...');
  await withClient(async ({ client }) => {
    if (now !== null) await client.stores.worlds.setReplayClock(flags.world, now);
    const options = { world: flags.world, prices, requestKey: newRequestKey() };
    show(flags, await resolveDueOutcomes(client, options));
  });
};

const runList = async (flags: Flags): Promise<void> => {
  const state = flags.state === undefined ? undefined : readField('state', outcomeState, flags.state);
  const limit = readField('limit', outcomeLimit, flags.limit);
  const outcomes = await withClient(({ client }) =>
    listOutcomes(client, { world: flags.world, limit, ...(state === undefined ? {} : { state }) }),
  );
  if (flags.json) printJson({ world: flags.world, outcomes });
  else
    printText(
      outcomes
        .map(
          (row) =>
            `${(row.outcome ?? row.state).padEnd(8)} ${row.resolvesAt.slice(0, 10)}  ${row.proposition}`,
        )
        .join('\n') || `no proposition in world ${flags.world}`,
    );
};

const common = (command: Command): Command =>
  command
    .option('--world <id>', 'world', checks('world', worldName), LIVE_WORLD)
    .option('--json', 'print one JSON document');

const ofOne = (command: Command): Command =>
  common(
    command.argument('<proposition>', 'its id, as "outcomes list" shows it', checks('proposition', idText)),
  );

const withOutcome = (command: Command): Command =>
  ofOne(command)
    .argument('<outcome>', 'yes, no or void', checks('outcome', outcomeWord))
    .option(
      '--at <instant>',
      'when it became public (default: when it was due, or now if that is ahead)',
      checks('at', outcomeAt),
    );

const EXAMPLES = `
Examples:
  $ conclave outcomes list --state due
  $ conclave outcomes resolve
  $ conclave outcomes enter live/question:q1 yes --reason "official result"
  $ conclave outcomes correct live/question:q1 no --reason "recount"
  $ conclave outcomes import outcomes.csv --known-only`;

export const registerOutcomes = (program: Command): void => {
  const outcomes = program
    .command('outcomes')
    .description('how propositions came out, and what that scores')
    .addHelpText('after', EXAMPLES);
  common(outcomes.command('import').argument('<file>', 'CSV or CSV.gz of outcomes'))
    .description('record the outcomes of a file, whole or not at all')
    .option('--known-only', 'leave out rows whose proposition is unknown here')
    .option('--correct', 'replace outcomes that differ, and rescore')
    .addHelpText(
      'after',
      '\nColumns: proposition (or row_id), outcome (yes, no, void) or y (1, 0), and optionally resolved_at (or resolution_date), source, reason.',
    )
    .action(runAction(runImport));
  withOutcome(outcomes.command('enter'))
    .description('enter the outcome of one proposition')
    .option('--reason <text>', 'how it is known', checks('reason', outcomeReason))
    .action(runAction(runEnter(false)));
  withOutcome(outcomes.command('correct'))
    .description('replace an outcome and rescore')
    .option('--reason <text>', 'why it was wrong', checks('reason', outcomeReason))
    .action(runAction(runEnter(true)));
  ofOne(outcomes.command('void'))
    .description('take a proposition out of the record')
    .option('--reason <text>', 'why it cannot be resolved', checks('reason', outcomeReason))
    .action(runAction(runVoid));
  common(outcomes.command('resolve'))
    .description('look up everything that is due, from prices and venues')
    .option('--prices <file>', 'closes of a replay: daily bars as CSV or CSV.gz')
    .option('--as-of <date>', 'move the clock of a replay to the end of this day first')
    .action(runAction(runResolve));
  common(outcomes.command('list'))
    .description('propositions with their outcomes, newest first')
    .option('--state <state>', outcomeState.options.join(', '), checks('state', outcomeState))
    .option('--limit <n>', 'rows at most', checks('limit', outcomeLimit), '100')
    .action(runAction(runList));
};
