// `conclave recommend`: the model for a task at each tier, with the reason.
import type { Command } from 'commander';
import { shortWord } from '../../client/fields';
import { chooseForTask, openDesk, recommend } from '../../client/model-desk';
import { registeredModels } from '../../client/registry';
import { dollarText } from '../../domain/money/micro-usd';
import { TASK_TYPES, taskType } from '../../domain/selection/tasks';
import { TIERS } from '../../domain/selection/tiers';
import { keysPresent } from '../keys-present';
import { checks } from '../options';
import { printJson, printText, runAction } from '../output';
import { withClient } from '../with-client';

interface Flags {
  readonly why?: boolean;
  readonly json?: boolean;
}

const listTasks = (flags: Flags): void => {
  if (flags.json) printJson({ tasks: TASK_TYPES });
  else
    printText(
      TASK_TYPES.map((task) => `${task.type.padEnd(24)} ${task.needs.padEnd(20)} ${task.about}`).join('\n'),
    );
};

const run = async (task: string | undefined, flags: Flags): Promise<void> => {
  if (task === undefined) {
    listTasks(flags);
    return;
  }
  const { type } = taskType(task);
  const keys = keysPresent();
  const desk = await withClient(async ({ client }) => {
    await registeredModels(client);
    return openDesk(client, keys);
  });
  const now = chooseForTask(desk, type);
  const document = {
    ...recommend(desk, type),
    now: { model_id: now.model?.id ?? null, reason: now.reason },
    ...(flags.why
      ? {
          considered: Object.fromEntries(
            TIERS.map((tier) => [tier, chooseForTask(desk, type, tier).considered]),
          ),
        }
      : {}),
  };
  if (flags.json) {
    printJson(document);
    return;
  }
  const line = (tier: (typeof TIERS)[number]): string => {
    const pick = document.recommendations[tier];
    return pick === null
      ? `${tier.padEnd(10)} none: ${chooseForTask(desk, type, tier).reason}`
      : `${tier.padEnd(10)} ${pick.model_id.padEnd(30)} quality ${pick.quality_score.toFixed(1).padEnd(5)} ${dollarText(pick.estimated_cost)} a call  ${pick.reason}`;
  };
  const reasons = (document.considered?.balanced ?? []).map(
    (one) => `  ${one.model.padEnd(30)} ${one.reason}`,
  );
  printText(
    [
      ...TIERS.map(line),
      `${'now'.padEnd(10)} ${now.model?.id ?? 'none'}: ${now.reason}`,
      ...(reasons.length > 0 ? ['', 'At balanced:', ...reasons] : []),
    ].join('\n'),
  );
};

export const registerRecommend = (program: Command): void => {
  program
    .command('recommend')
    .argument('[task]', 'task type; without one, all are listed', checks('task', shortWord.min(1)))
    .description('the model for a type of task at each tier')
    .option('--why', 'also say why each model was taken or not')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExamples:\n  $ conclave recommend\n  $ conclave recommend theme_analysis --why')
    .action(runAction(run));
};
