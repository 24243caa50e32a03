// `conclave decisions`: what was decided, newest first, or one decision with everything that explains it.
import type { Command } from 'commander';
import { idText, symbolText, worldName } from '../../client/fields';
import { listDecisions, storedDecision } from '../../client/stored-decisions';
import { toSubject } from '../../domain/market/subject';
import { LIVE_WORLD } from '../../domain/world';
import { decisionLine, decisionText } from '../decision-text';
import { checks, readLimit, refuseTyped } from '../options';
import { printJson, printText, runAction, wrongUse } from '../output';
import { withClient } from '../with-client';

interface Flags {
  readonly world: string;
  readonly subject?: string;
  readonly limit: string;
  readonly json?: boolean;
}

const runOne = async (id: string, flags: Flags): Promise<void> => {
  const decision = await withClient(({ client }) => storedDecision(client, id));
  if (!decision)
    throw wrongUse(`decision "${id}" is not on record`, '`conclave decisions` lists those that are.');
  if (flags.json) printJson(decision);
  else printText(`${decision.createdAt} · world ${decision.world}\n${decisionText(decision)}`);
};

const runList = async (flags: Flags): Promise<void> => {
  const { world, subject } = flags;
  const limit = readLimit(flags.limit);
  const filter = { world, limit, ...(subject === undefined ? {} : { subject: toSubject(subject) }) };
  const { decisions } = await withClient(({ client }) => listDecisions(client, filter));
  if (flags.json) {
    printJson({ decisions });
    return;
  }
  const lines = decisions.map((one) => `${one.createdAt}  ${decisionLine(one)}\n  ${one.decisionId}`);
  printText(lines.join('\n') || `No decision in world ${world}.`);
};

const run = (id: string | undefined, flags: Flags, command: Command): Promise<void> => {
  if (id === undefined) return runList(flags);
  refuseTyped(command, ['--world', '--subject', '--limit'], 'beside an id', 'Leave it out.');
  return runOne(id, flags);
};

export const registerDecisions = (program: Command): void => {
  program
    .command('decisions')
    .argument('[decision]', 'id of a decision, as the list shows it', checks('decision', idText))
    .description('what was decided, newest first, or one decision with what each model said')
    .option('--world <id>', 'world', checks('world', worldName), LIVE_WORLD)
    .option('--subject <symbol>', 'only those on it', checks('subject', symbolText))
    .option('--limit <count>', 'at most so many', '50')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nExamples:\n  $ conclave decisions --subject AAPL\n  $ conclave decisions --world synthetic --limit 5',
    )
    .action(runAction(run));
};
