// `conclave estimate`: what a plan would cost, before it runs.
import type { Command } from 'commander';
import { readInput, typedValue } from '../../client/field-errors';
import { estimateTasks, estimateTiers, openDesk } from '../../client/model-desk';
import { planInput } from '../../client/plan-input';
import { registeredModels } from '../../client/registry';
import { estimatedSession, sessionEstimateInput, sessionPlan } from '../../client/session-estimate';
import { loadConfig } from '../../config/load';
import { modelAccess } from '../../config/provider-settings';
import { dollarText } from '../../domain/money/micro-usd';
import { taskType } from '../../domain/selection/tasks';
import { keysPresent } from '../keys-present';
import { refuseTyped, typedList } from '../options';
import { printJson, printText, runAction, wrongUse } from '../output';
import { withClient } from '../with-client';

interface Flags {
  readonly tier?: string;
  readonly allTiers?: boolean;
  readonly task?: readonly string[];
  readonly model?: string;
  readonly per: string;
  readonly symbols?: string;
  readonly members?: string;
  readonly stake: string;
  readonly preferLocal?: boolean;
  readonly json?: boolean;
}

/** `type=count` pairs; a type alone means one call. @throws RangeError naming the pair and the accepted form. */
const usageOf = (pairs: readonly string[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    pairs.map((pair) => {
      const [, type, count] = /^([^=]+)(?:=(.*))?$/s.exec(pair) ?? [];
      if (type === undefined)
        throw new RangeError(
          `task is "${pair}"; accepted: TYPE=COUNT, such as forecast=40, or TYPE alone for one call`,
        );
      return [taskType(type.trim()).type, count === undefined ? 1 : typedValue(count)];
    }),
  );

type Priced = Pick<ReturnType<typeof estimateTasks>, 'by_task' | 'by_model' | 'total_cost' | 'per_month'>;

const pricedText = (name: string, priced: Priced, per: string): readonly string[] => [
  ...Object.entries(priced.by_task).map(([task, usd]) => `  ${task.padEnd(26)} ${dollarText(usd)}`),
  ...Object.entries(priced.by_model).map(([model, usd]) => `  by ${model.padEnd(23)} ${dollarText(usd)}`),
  `${`${name}, per ${per}`.padEnd(28)} ${dollarText(priced.total_cost)}${per === 'month' ? '' : `, per month ${dollarText(priced.per_month)}`}`,
];

const tasks = async (flags: Flags): Promise<void> => {
  const { quality_tier, estimated_usage, period, model } = readInput(planInput, {
    ...(flags.tier === undefined ? {} : { quality_tier: flags.tier }),
    ...(flags.model === undefined ? {} : { model: flags.model }),
    estimated_usage: usageOf(flags.task ?? []),
    period: flags.per,
  });
  const plan = { usage: estimated_usage, period, onlyModel: model, preferLocal: flags.preferLocal };
  const keys = keysPresent();
  await withClient(async ({ client }) => {
    await registeredModels(client);
    const desk = await openDesk(client, keys);
    if (flags.allTiers) {
      const document = estimateTiers(desk, plan);
      if (flags.json) printJson(document);
      else
        printText(
          Object.entries(document.tiers)
            .flatMap(([tier, priced]) => pricedText(tier, priced, flags.per))
            .join('\n'),
        );
      return;
    }
    const document = estimateTasks(desk, { ...plan, tier: quality_tier ?? null });
    if (flags.json) printJson(document);
    else printText(pricedText(model ?? document.quality_tier, document, flags.per).join('\n'));
  });
};

const session = async (flags: Flags): Promise<void> => {
  if (flags.members === undefined)
    throw wrongUse('--members is missing', 'Name the models that would take part.');
  const plan = sessionPlan(
    readInput(sessionEstimateInput, {
      symbols: typedList(flags.symbols ?? ''),
      members: typedList(flags.members),
      stake: flags.stake,
    }),
  );
  const access = modelAccess(loadConfig().providers);
  const document = await withClient(({ client }) => estimatedSession(client, plan, access));
  if (flags.json) printJson(document);
  else
    printText(
      [
        ...document.lines.map(
          (line) =>
            `${line.what.padEnd(12)} ${line.model.padEnd(30)} ${String(line.calls).padStart(4)} calls  ${dollarText(line.expectedUsd)}`,
        ),
        `expected ${dollarText(document.expectedUsd)}, at most ${dollarText(document.atMostUsd)} with each call made once; shared research saves ${dollarText(document.savedBySharedResearchUsd)}`,
      ].join('\n'),
    );
};

const OF_TASKS = ['--task', '--tier', '--all-tiers', '--model', '--per', '--prefer-local'];
const OF_SESSION = ['--members', '--stake'];
const ONE_PLAN =
  'Price a session by --symbols, --members and --stake, or tasks by --task, one plan at a time.';

const run = async (flags: Flags, command: Command): Promise<void> => {
  if (flags.symbols !== undefined) {
    refuseTyped(command, OF_TASKS, 'beside --symbols', ONE_PLAN);
    return session(flags);
  }
  refuseTyped(command, OF_SESSION, 'without --symbols', ONE_PLAN);
  if (flags.allTiers)
    refuseTyped(command, ['--tier'], 'beside --all-tiers', 'Leave one out: the one tier, or all of them.');
  if (!flags.task?.length)
    throw wrongUse('nothing to estimate', 'Name --symbols with --members, or --task TYPE=COUNT.');
  return tasks(flags);
};

export const registerEstimate = (program: Command): void => {
  program
    .command('estimate')
    .description('what a plan would cost before it runs')
    .option('--tier <name>', "quality tier for tasks: budget, balanced, premium; default: the setting's")
    .option('--all-tiers', 'price the plan at every tier')
    .option('--task <type=count...>', 'calls by task type; a type alone is one call')
    .option('--model <id>', 'price every task at this model')
    .option('--per <period>', 'what the counts are per: day, week, month', 'month')
    .option('--prefer-local', 'take a local model where it is about as good')
    .option('--symbols <list>', 'a market session over these symbols')
    .option('--members <list>', 'models that would take part')
    .option('--stake <usd>', 'trade value at issue', '25')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nExamples:\n  $ conclave estimate --task forecast=40 brief=10 --tier premium\n  $ conclave estimate --task theme_analysis\n  $ conclave estimate --task summary=20 --per day --all-tiers\n  $ conclave estimate --symbols AAPL,MSFT --members gpt-6-luna,deepseek-v4-flash --json\n\nWhat a session costs at most is of calls made once each: one that fails is made again, within the caps.',
    )
    .action(runAction(run));
};
