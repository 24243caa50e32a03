// Makes briefs before they are asked for: before a session off-hours, or anew after an event while the market is
// open. Goes through its list in order, several at a time, as long as its budget and its time have room.
import { condition, continueAsNew, setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow';
import type { WarmingItem } from '../domain/desk/warming';
import { store } from './activity-stubs';
import type { WarmingInput, WarmingPlan, WarmingResult, WarmingTally } from './contracts/desk';
import type { BriefReady } from './contracts/research';
import { detailsTable } from './details-table';
import { failureText } from './failure-text';
import { briefReady } from './messages';
import { scheduledTime } from './scheduled-time';

/** Briefs of one run; the rest follows in a new run, so that no history grows with the watchlist. */
const ITEMS_PER_RUN = 200;

type Outcome = keyof WarmingTally;

export async function cacheWarming(input: WarmingInput): Promise<WarmingResult> {
  const ready: BriefReady[] = [];
  setHandler(briefReady, (message) => void ready.push(message));
  const plan =
    input.going?.plan ?? (await store.planWarming({ request: input.request, scheduledAt: scheduledTime() }));
  let tally = input.going?.tally ?? { made: 0, fresh: plan.fresh, failed: 0, overBudget: 0, late: 0 };
  const queue = plan.items.slice(0, ITEMS_PER_RUN);
  show(plan, tally);

  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      const outcome = await warm(plan, item, ready);
      tally = { ...tally, [outcome]: tally[outcome] + 1 };
      show(plan, tally);
    }
  };
  await Promise.all(Array.from({ length: plan.concurrency }, worker));

  const rest = plan.items.slice(ITEMS_PER_RUN);
  if (rest.length > 0)
    await continueAsNew<typeof cacheWarming>({
      request: input.request,
      going: { plan: { ...plan, items: rest }, tally },
    });
  const { sessionId, world, date, skipped, budgetMicroUsd, tooEarly } = plan;
  if (skipped)
    return { ...tally, sessionId, world, date, skipped, budgetMicroUsd, tooEarly, costMicroUsd: 0 };
  return await store.finishWarming({
    plan: { sessionId, world, date, skipped, budgetMicroUsd, tooEarly },
    tally,
  });
}

const warm = async (plan: WarmingPlan, item: WarmingItem, ready: readonly BriefReady[]): Promise<Outcome> => {
  const { sessionId, world, budgetMicroUsd, deadlineAt } = plan;
  const leftMs = deadlineAt === null ? null : Date.parse(deadlineAt) - Date.now();
  if (leftMs !== null && leftMs <= 0) return 'late';
  try {
    const waiter = workflowInfo().workflowId;
    const attached = await store.attachWarming.executeWithOptions(
      { summary: `${item.kind} · ${item.subject}` },
      [{ plan: { sessionId, world, budgetMicroUsd }, item, waiter }],
    );
    if (attached.status === 'over_budget') return 'overBudget';
    if (attached.status === 'fresh') return 'fresh';
    const answer = () => ready.find(({ researchId }) => researchId === attached.researchId);
    if (leftMs === null) await condition(() => answer() !== undefined);
    else if (!(await condition(() => answer() !== undefined, leftMs))) return 'late';
    return answer()!.brief ? 'made' : 'failed';
  } catch (error) {
    setCurrentDetails(`${item.subject}: ${failureText(error)}`);
    return 'failed';
  }
};

const show = (plan: WarmingPlan, tally: WarmingTally): void => {
  const done = tally.made + tally.failed + tally.overBudget + tally.late;
  setCurrentDetails(
    plan.skipped !== null
      ? `Skipped: ${plan.skipped}`
      : detailsTable(
          ['session', 'done', 'made', 'fresh before', 'failed', 'over budget', 'late'],
          [[plan.sessionId, done, tally.made, tally.fresh, tally.failed, tally.overBudget, tally.late]],
        ),
  );
};
