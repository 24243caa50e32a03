// `conclave budget`: limits on spending, each change with its reason.
import type { Command } from 'commander';
import { budgetDocument, raiseBudget, removeBudget, resetBudget, setBudget } from '../../client/budget';
import { budgetLimitInput, budgetTargetInput, checkedTarget } from '../../client/budget-input';
import type { ConclaveClient } from '../../client/connect';
import { readInput } from '../../client/field-errors';
import { CAP_SCOPES } from '../../db/cap-record';
import { dollarText, parseUsd } from '../../domain/money/micro-usd';
import { spelled } from '../options';
import { printJson, printText, runAction } from '../output';
import { withClient } from '../with-client';

interface Flags {
  readonly key?: string;
  readonly reason?: string;
  readonly policy?: string;
  readonly json?: boolean;
}

type Document = Awaited<ReturnType<typeof budgetDocument>>;

const capLine = (cap: Document['caps'][number]): string =>
  [
    `${cap.scope}${cap.key === '*' ? '' : ` ${cap.key}`}`.padEnd(30),
    cap.period.padEnd(11),
    `${dollarText(cap.spentUsd)} spent`.padEnd(22),
    `${dollarText(cap.heldUsd)} held`.padEnd(20),
    `${dollarText(cap.remainingUsd)} left of ${dollarText(cap.limitUsd)}`,
    `${cap.percent} %`,
    cap.policy,
  ].join(' ');

const text = (document: Document): string => {
  const { burn } = document;
  const head =
    document.caps.length === 0 ? ['No limit is set: "conclave budget set month 50 --reason ..."'] : [];
  return [
    ...head,
    ...document.caps.map(capLine),
    '',
    `Burn rate ${dollarText(burn.perDayUsd)} a day, ${dollarText(burn.spentThisMonthUsd)} this month${burn.endsOn ? `; the month's budget ends on ${burn.endsOn}` : ''}`,
    ...document.anomalies.map(
      (one) => `! ${one.day}: ${dollarText(one.spentUsd)}, usually ${dollarText(one.usualUsd)} a day`,
    ),
    ...document.alerts.slice(0, 5).map((alert) => `! ${alert.title} (${alert.raisedAt})`),
    ...document.history
      .slice(0, 5)
      .map(
        (change) => `  ${change.changedAt} ${change.action} ${change.scope} ${change.key}: ${change.reason}`,
      ),
  ].join('\n');
};

const show = async (client: ConclaveClient, flags: Flags): Promise<void> => {
  const document = await budgetDocument(client);
  if (flags.json) printJson(document);
  else printText(text(document));
};

/** Everything that can be wrong is found before a stack is started. */
const change =
  (work: (client: ConclaveClient) => Promise<unknown>) =>
  (flags: Flags): Promise<void> =>
    withClient(async ({ client }) => {
      await work(client);
      await show(client, flags);
    });

const limitOf = (scope: string, usd: string, flags: Flags) => {
  const { key, reason, policy } = flags;
  const input = readInput(budgetLimitInput, {
    scope: spelled(scope, CAP_SCOPES),
    limitUsd: usd,
    reason,
    ...given({ key, policy }),
  });
  const { limitUsd, policy: chosen, ...target } = checkedTarget(input);
  return { ...target, policy: chosen ?? null, limitMicroUsd: parseUsd(limitUsd) };
};

const targetOf = (scope: string, { key, reason }: Flags) =>
  checkedTarget(
    readInput(budgetTargetInput, { scope: spelled(scope, CAP_SCOPES), reason, ...given({ key }) }),
  );

const given = (fields: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

const set = async (scope: string, usd: string, flags: Flags): Promise<void> => {
  const details = limitOf(scope, usd, flags);
  await change((client) => setBudget(client, details))(flags);
};

const raise = async (scope: string, usd: string, flags: Flags): Promise<void> => {
  const { policy: _kept, ...details } = limitOf(scope, usd, flags);
  await change((client) => raiseBudget(client, details))(flags);
};

const reset = async (scope: string, flags: Flags): Promise<void> => {
  const details = targetOf(scope, flags);
  await change((client) => resetBudget(client, details, null))(flags);
};

const remove = async (scope: string, flags: Flags): Promise<void> => {
  const details = targetOf(scope, flags);
  await change(async (client) => {
    if (!(await removeBudget(client, details)))
      throw new RangeError(`${scope} has no limit to remove; accepted: one that "budget show" lists`);
  })(flags);
};

const changing = (command: Command): Command =>
  command
    .option('--key <name>', 'one provider, model, session or decision instead of each')
    .option('--reason <text>', 'why; kept with the change')
    .option('--json', 'print one JSON document');

export const registerBudget = (program: Command): void => {
  const budget = program
    .command('budget')
    .description('limits on spending: show, set, raise, reset, remove')
    .addHelpText(
      'after',
      `
Scopes: month, day, market_session, decision, provider, model
Examples:
  $ conclave budget show
  $ conclave budget set month 50 --reason "first month"
  $ conclave budget raise day 5 --reason "earnings week"
  $ conclave budget set provider 10 --key openai --policy downgrade --reason "try cheaper ones first"
  $ conclave budget reset day --reason "test runs done"`,
    );
  budget
    .command('show', { isDefault: true })
    .description('caps, burn rate, the day the budget ends, alerts and history')
    .option('--json', 'print one JSON document')
    .action(runAction((flags: Flags) => withClient(({ client }) => show(client, flags))));
  changing(budget.command('set').argument('<scope>').argument('<usd>').description('set a limit'))
    .option('--policy <name>', 'at the limit: stop, or downgrade to cheaper models')
    .action(runAction(set));
  changing(budget.command('raise').argument('<scope>').argument('<usd>').description('raise a limit')).action(
    runAction(raise),
  );
  changing(
    budget.command('reset').argument('<scope>').description('begin the running period anew at zero'),
  ).action(runAction(reset));
  changing(budget.command('remove').argument('<scope>').description('take a limit away')).action(
    runAction(remove),
  );
  for (const command of budget.commands) command.exitOverride();
};
