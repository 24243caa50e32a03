// `conclave ask`: one task on the model that the desk picks; `conclave ask rate` says how good the result was.
import type { Command } from 'commander';
import { type AskWish, askDocument, checkAsk, rateTask, startTask } from '../../client/ask';
import { typedValue } from '../../client/field-errors';
import {
  idText,
  longWord,
  promptText,
  readField,
  requestKey,
  shortNote,
  shortWord,
  taskRating,
} from '../../client/fields';
import { dollarText } from '../../domain/money/micro-usd';
import { keysPresent } from '../keys-present';
import { checks, newRequestKey } from '../options';
import { EXIT, exitOfTask, note, printJson, printText, runAction, wrongUse } from '../output';
import { withClient } from '../with-client';

interface Flags {
  readonly task?: string;
  readonly tier?: string;
  readonly model?: string;
  readonly key?: string;
  readonly json?: boolean;
}

/** Whatever is wrong with the words is found before a stack is started. */
const wishOf = (words: readonly string[], { task, tier, model }: Flags): AskWish => {
  if (task === undefined)
    throw wrongUse('--task is missing', 'Name a type of task; `conclave recommend` lists them.');
  const wish = { task, tier, model, prompt: readField('prompt', promptText, words.join(' ')) };
  checkAsk(wish);
  return wish;
};

/** Failures of which `conclave doctor` knows nothing are about the task. */
const noAnswer = ({
  failure,
  problem,
}: {
  readonly failure: string | null;
  readonly problem: string | null;
}) => {
  const isOut = exitOfTask(failure) === EXIT.providerUnavailable || failure === 'auth';
  const why = `conclave: no model answered (${failure})${problem === null ? '' : `: ${problem}`}`;
  return `${why.replace(/[.]?$/, '.')}${isOut ? ' Run `conclave doctor`.' : ''}`;
};

const run = async (words: readonly string[], flags: Flags): Promise<number> => {
  const wish = wishOf(words, flags);
  return withClient(async ({ client }) => {
    const { key } = flags;
    const started = await startTask(client, wish, {
      requestKey: key ?? newRequestKey(),
      keysPresent: keysPresent(),
    });
    const document = await askDocument(client, started);
    if (flags.json) printJson(document);
    else {
      note(`${document.model}: ${document.reason}; ${dollarText(document.costUsd)}; ${document.runId}`);
      if (document.text !== null) printText(document.text);
      for (const other of document.others ?? [])
        printText(
          `\n--- ${other.model}; ${dollarText(other.costUsd)}; ${other.runId}\n${other.text ?? `no answer (${other.failure})`}`,
        );
      if (document.text === null) note(noAnswer(document));
    }
    return exitOfTask(document.failure);
  });
};

const rate = (id: string, text: string, flags: { readonly note?: string }, command: Command): Promise<void> =>
  withClient(async ({ client }) => {
    const rating = Number(text);
    const row = await client.stores.taskRuns.get(id);
    if (!row) throw new RangeError(`run "${id}" is not known; accepted: the id that "conclave ask" printed`);
    await rateTask(client, row, { rating, note: flags.note });
    const { json } = command.optsWithGlobals<{ json?: boolean }>();
    if (json) printJson({ runId: id, model: row.model, task: row.taskType, rating });
    else printText(`${row.model} has ${rating} of 10 for this ${row.taskType}`);
  });

export const registerAsk = (program: Command): void => {
  const ask = program
    .command('ask')
    .argument('[words...]', 'the task in words')
    .description('one task on the model that the desk picks, and a rating of its result')
    .option('--task <type>', 'task type; "conclave recommend" lists them', checks('task', shortWord))
    .option(
      '--tier <tier>',
      'budget, balanced or premium (default: as the settings say)',
      checks('tier', shortWord),
    )
    .option('--model <name>', 'this model, whatever the tier', checks('model', longWord))
    .option('--key <key>', 'the same key attaches to the same run', checks('key', requestKey))
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nExamples:\n  $ conclave ask --task summary --tier balanced "Shorten: the market rose because ..."\n  $ conclave ask rate task:ab12cd34 8',
    )
    .action(runAction(run));
  ask
    .command('rate')
    .argument('<run>', 'the id that ask printed', checks('run', idText))
    .argument('<rating>', '0 (useless) to 10 (perfect)', checks('rating', taskRating, typedValue))
    .description('rate a result; it moves the quality that the model has earned')
    .option('--note <text>', 'why', checks('note', shortNote))
    .option('--json', 'print one JSON document')
    .action(runAction(rate));
};
