// `conclave outcomes`: how propositions came out: import, enter, correct, void, look up what is due, list.
import type { Command } from 'commander';
import { readPriceFile } from '../../client/inputs';
import { readOutcome, readOutcomeFile, readResolvedAt } from '../../client/outcome-file';
import { listOutcomes, OUTCOME_STATES } from '../../client/outcome-list';
import { recordOutcomes, resolveDueOutcomes } from '../../client/outcomes';
import { isReplay, LIVE_WORLD } from '../../domain/world';
import type { OutcomeEntry, OutcomeWatchResult } from '../../workflows/contracts/outcomes';
import { newRequestKey } from '../options';
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

const toDocument = (result: OutcomeWatchResult, leftOut = 0) => ({
  world: result.world,
  resolved: result.resolved,
  voided: result.voided,
  corrected: result.corrected,
  unchanged: result.unchanged,
  leftOut,
  forecastsScored: result.scored,
  pending: result.pending,
  record: result.record,
});

const show = (flags: Flags, result: OutcomeWatchResult, leftOut = 0): void => {
  if (flags.json) {
    printJson(toDocument(result, leftOut));
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

const recordOne = async (entry: OutcomeEntry, flags: Flags): Promise<void> => {
  const result = await withClient(({ client }) =>
    recordOutcomes(client, flags.world, [entry], newRequestKey()),
  );
  show(flags, result);
};

const entryOf = (
  propositionId: string,
  action: OutcomeEntry['action'],
  yes: boolean | null,
  flags: Flags,
): OutcomeEntry => ({
  propositionId,
  action,
  yes,
  resolvedAt: readResolvedAt(flags.at, '--at'),
  source: 'manual',
  reason: flags.reason ?? 'entered by hand',
});

const runEnter =
  (action: 'enter' | 'correct') =>
  async (proposition: string, text: string, flags: Flags): Promise<void> => {
    const yes = readOutcome(text, 'outcome');
    await recordOne(entryOf(proposition, yes === null ? 'void' : action, yes, flags), flags);
  };

const runVoid = (proposition: string, flags: Flags): Promise<void> =>
  recordOne(entryOf(proposition, 'void', null, flags), flags);

const runResolve = async (flags: Flags): Promise<void> => {
  const prices = await readPriceFile(flags.prices);
  const now = readResolvedAt(flags.asOf, '--as-of');
  if (now !== null && !isReplay(flags.world))
    throw wrongUse('--as-of moves the clock of a replay', 'Name its world with --world replay:...');
  await withClient(async ({ client }) => {
    if (now !== null) await client.stores.worlds.setReplayClock(flags.world, now);
    const options = { world: flags.world, prices, requestKey: newRequestKey() };
    show(flags, await resolveDueOutcomes(client, options));
  });
};

const runList = async (flags: Flags): Promise<void> => {
  const state = OUTCOME_STATES.find((each) => each === flags.state);
  if (flags.state !== undefined && state === undefined)
    throw wrongUse(`--state "${flags.state}" is unknown`, `Accepted: ${OUTCOME_STATES.join(', ')}.`);
  const limit = Number(flags.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000)
    throw wrongUse(`--limit "${flags.limit}" is not a number of rows`, 'Accepted: 1 to 10000.');
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
  command.option('--world <id>', 'world', LIVE_WORLD).option('--json', 'print one JSON document');

export const registerOutcomes = (program: Command): void => {
  const outcomes = program.command('outcomes').description('how propositions came out, and what that scores');
  common(outcomes.command('import').argument('<file>', 'CSV or CSV.gz of outcomes'))
    .description('record the outcomes of a file, whole or not at all')
    .option('--known-only', 'leave out rows whose proposition is unknown here')
    .option('--correct', 'replace outcomes that differ, and rescore')
    .addHelpText(
      'after',
      '\nColumns: proposition (or row_id), outcome (yes, no, void) or y (1, 0), and optionally resolved_at (or resolution_date), source, reason.',
    )
    .action(runAction(runImport));
  common(outcomes.command('enter').argument('<proposition>').argument('<outcome>', 'yes, no or void'))
    .description('enter the outcome of one proposition')
    .option('--at <instant>', 'when it became public (default: when it was due)')
    .option('--reason <text>', 'how it is known')
    .action(runAction(runEnter('enter')));
  common(outcomes.command('correct').argument('<proposition>').argument('<outcome>', 'yes, no or void'))
    .description('replace an outcome and rescore')
    .option('--at <instant>', 'when it became public (default: when it was due)')
    .option('--reason <text>', 'why it was wrong')
    .action(runAction(runEnter('correct')));
  common(outcomes.command('void').argument('<proposition>'))
    .description('take a proposition out of the record')
    .option('--reason <text>', 'why it cannot be resolved')
    .action(runAction(runVoid));
  common(outcomes.command('resolve'))
    .description('look up everything that is due, from prices and venues')
    .option('--prices <file>', 'closes of a replay: daily bars as CSV or CSV.gz')
    .option('--as-of <date>', 'move the clock of a replay to the end of this day first')
    .action(runAction(runResolve));
  common(outcomes.command('list'))
    .description('propositions with their outcomes, newest first')
    .option('--state <state>', OUTCOME_STATES.join(', '))
    .option('--limit <n>', 'rows at most', '100')
    .action(runAction(runList));
};
