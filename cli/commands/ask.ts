// `conclave ask`: one task on the model that the desk picks; `conclave ask rate` says how good the result was.
import type { Command } from 'commander';
import { askDocument, rateTask, startTask } from '../../client/ask';
import { keysPresent } from '../keys-present';
import { newRequestKey } from '../options';
import { EXIT, note, printJson, printText, runAction, wrongUse } from '../output';
import { withClient } from '../with-client';

interface Flags {
  readonly task?: string;
  readonly tier?: string;
  readonly model?: string;
  readonly key?: string;
  readonly json?: boolean;
}

const exitOf = (failure: string | null): number => {
  if (failure === null) return EXIT.ok;
  return failure === 'budget' ? EXIT.budgetReached : EXIT.providerUnavailable;
};

const run = (words: readonly string[], flags: Flags): Promise<number> =>
  withClient(async ({ client }) => {
    const { task, tier, model, key } = flags;
    if (task === undefined)
      throw wrongUse('--task is missing', 'Name a type of task; `conclave recommend` lists them.');
    const wish = { task, tier, model, prompt: words.join(' ') };
    const started = await startTask(client, wish, {
      requestKey: key ?? newRequestKey(),
      keysPresent: keysPresent(),
    });
    const document = await askDocument(client, started);
    if (flags.json) printJson(document);
    else {
      note(`${document.model}: ${document.reason}; $${document.costUsd}; ${document.runId}`);
      if (document.text !== null) printText(document.text);
      for (const other of document.others ?? [])
        printText(
          `\n--- ${other.model}; $${other.costUsd}; ${other.runId}\n${other.text ?? `no answer (${other.failure})`}`,
        );
      if (document.text === null)
        note(`conclave: no model answered (${document.failure}). Run \`conclave doctor\`.`);
    }
    return exitOf(document.failure);
  });

const rate = (
  id: string,
  rating: string,
  flags: { readonly note?: string },
  command: Command,
): Promise<void> =>
  withClient(async ({ client }) => {
    const row = await client.stores.taskRuns.get(id);
    if (!row) throw new RangeError(`run "${id}" is not known; accepted: the id that "conclave ask" printed`);
    await rateTask(client, row, { rating: Number(rating), note: flags.note });
    const { json } = command.optsWithGlobals<{ json?: boolean }>();
    if (json) printJson({ runId: id, model: row.model, task: row.taskType, rating: Number(rating) });
    else printText(`${row.model} has ${rating} of 10 for this ${row.taskType}`);
  });

export const registerAsk = (program: Command): void => {
  const ask = program
    .command('ask')
    .argument('[words...]', 'the task in words')
    .description('one task on the model that the desk picks, and a rating of its result')
    .option('--task <type>', 'task type; "conclave recommend" lists them')
    .option('--tier <tier>', 'budget, balanced or premium (default: as the settings say)')
    .option('--model <name>', 'this model, whatever the tier')
    .option('--key <key>', 'the same key attaches to the same run')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nExamples:\n  $ conclave ask --task summary --tier balanced "Shorten: the market rose because ..."\n  $ conclave ask rate task:ab12cd34 8',
    )
    .action(runAction(run));
  ask
    .command('rate')
    .argument('<run>', 'the id that ask printed')
    .argument('<rating>', '0 (useless) to 10 (perfect)')
    .description('rate a result; it moves the quality that the model has earned')
    .option('--note <text>', 'why')
    .option('--json', 'print one JSON document')
    .action(runAction(rate));
};
