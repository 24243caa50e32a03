// `conclave estimate`: what a plan would cost, before it runs.
import type { Command } from 'commander';
import { estimateSession, estimateTasks, readTier, readUsage } from '../../client/estimate';
import { readSubjects } from '../../client/inputs';
import { loadConfig } from '../../config/load';
import { stageForStake } from '../../domain/ensemble/cascade';
import { readNames, readStake } from '../options';
import { printJson, printText, runAction, wrongUse } from '../output';
import { withClient } from '../with-client';

interface Flags {
  readonly tier: string;
  readonly task?: readonly string[];
  readonly symbols?: string;
  readonly members?: string;
  readonly stake: string;
  readonly preferLocal?: boolean;
  readonly json?: boolean;
}

const keysPresent = (): ReadonlySet<string> =>
  new Set(loadConfig().providers.flatMap(({ hasKey, keyName }) => (hasKey && keyName ? [keyName] : [])));

const tasks = async (flags: Flags): Promise<void> => {
  const question = {
    tier: readTier(flags.tier),
    usage: readUsage(flags.task ?? []),
    keysPresent: keysPresent(),
    preferLocal: flags.preferLocal ?? false,
  };
  const document = await withClient(({ client }) => estimateTasks(client, question));
  if (flags.json) printJson(document);
  else
    printText(
      [
        ...Object.entries(document.by_task).map(([task, usd]) => `${task.padEnd(26)} $${usd.toFixed(6)}`),
        `${`total (${document.quality_tier})`.padEnd(26)} $${document.total_cost.toFixed(6)}`,
      ].join('\n'),
    );
};

const session = async (flags: Flags): Promise<void> => {
  const members = readNames(flags.members);
  if (!members) throw wrongUse('--members is missing', 'Name the models that would take part.');
  const symbols = readSubjects(flags.symbols).length;
  const stage = stageForStake(readStake(flags.stake));
  const document = await withClient(({ client }) => estimateSession(client, { symbols, members, stage }));
  if (flags.json) printJson(document);
  else
    printText(
      [
        ...document.lines.map(
          (line) =>
            `${line.what.padEnd(12)} ${line.model.padEnd(30)} ${String(line.calls).padStart(4)} calls  $${line.expectedUsd}`,
        ),
        `expected $${document.expectedUsd}, at most $${document.atMostUsd}; shared research saves $${document.savedBySharedResearchUsd}`,
      ].join('\n'),
    );
};

const run = (flags: Flags): Promise<void> => {
  if (flags.symbols !== undefined) return session(flags);
  if (!flags.task?.length)
    throw wrongUse('nothing to estimate', 'Name --symbols with --members, or --task TYPE=COUNT.');
  return tasks(flags);
};

export const registerEstimate = (program: Command): void => {
  program
    .command('estimate')
    .description('what a plan would cost before it runs')
    .option('--tier <name>', 'quality tier for tasks: budget, balanced, premium', 'balanced')
    .option('--task <type=count...>', 'calls by task type')
    .option('--prefer-local', 'take a local model where it is about as good')
    .option('--symbols <list>', 'a market session over these symbols')
    .option('--members <list>', 'models that would take part')
    .option('--stake <usd>', 'trade value at issue', '25')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nExamples:\n  $ conclave estimate --task forecast=40 brief=10 --tier premium\n  $ conclave estimate --symbols AAPL,MSFT --members gpt-4o-mini,deepseek-chat --json',
    )
    .action(runAction(async (flags: Flags) => run(flags)));
};
