// Makes briefs before they are asked for: before a session off-hours, or anew after an event while the market is
// open. Goes through its list in order, several at a time, as long as its budget and its time have room.
import {
  condition,
  continueAsNew,
  patched,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { WarmingItem } from '../domain/desk/warming';
import { store } from './activity-stubs';
import { awaitBrief } from './await-brief';
import type {
  WarmingInput,
  WarmingPlan,
  WarmingResearch,
  WarmingResult,
  WarmingTally,
} from './contracts/desk';
import { type BriefReady, NO_BRIEF } from './contracts/research';
import { detailsTable } from './details-table';
import { failureText } from './failure-text';
import { briefReady } from './messages';
import { scheduledTime } from './scheduled-time';

/** Briefs of one run; the rest follows in a new run, so that no history grows with the watchlist. */
const ITEMS_PER_RUN = 200;

/** Between two looks at research that this run no longer waits for: at first it may just be ending. */
const FIRST_LOOKS = { count: 5, every: '2 seconds' } as const;
const LATER_LOOKS = '2 minutes';
/** Four hours: what still runs then goes on under everyone's caps alone. */
const MOST_LOOKS = 120;

interface Warmed {
  readonly outcome: keyof WarmingTally;
  /** Research whose answer was not waited for, or that goes on for others after a failure was told. */
  readonly unsettled?: WarmingResearch;
  /** A budget refused the call: what is held for others may come free again, so that one fewer at once may fit. */
  readonly refused?: boolean;
}

const OUT_OF_BUDGET = `${NO_BRIEF}budget`;

export async function cacheWarming(input: WarmingInput): Promise<WarmingResult> {
  const ready: BriefReady[] = [];
  setHandler(briefReady, (message) => void ready.push(message));
  const plan =
    input.going?.plan ?? (await store.planWarming({ request: input.request, scheduledAt: scheduledTime() }));
  let tally = input.going?.tally ?? { made: 0, fresh: plan.fresh, failed: 0, overBudget: 0, late: 0 };
  const unsettled: WarmingResearch[] = [...(input.going?.unsettled ?? [])];
  const queue = plan.items.slice(0, ITEMS_PER_RUN);
  show(plan, tally);

  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      const { outcome, unsettled: left, refused } = await warm(plan, item, ready);
      tally = { ...tally, [outcome]: tally[outcome] + 1 };
      if (left) unsettled.push(left);
      show(plan, tally);
      if (refused && patched('warming-ends-with-its-budget')) return;
    }
  };
  await Promise.all(Array.from({ length: plan.concurrency }, worker));

  // Nobody was left to go on: each of the others would be gathered for in vain.
  const spent = queue.length > 0;
  const later = plan.items.slice(ITEMS_PER_RUN);
  if (spent) tally = { ...tally, overBudget: tally.overBudget + queue.length + later.length };
  const rest = spent ? [] : later;
  if (rest.length > 0)
    await continueAsNew<typeof cacheWarming>({
      request: input.request,
      going: { plan: { ...plan, items: rest }, tally, unsettled },
    });
  const { sessionId, world, date, skipped, budgetMicroUsd, tooEarly } = plan;
  if (skipped)
    return { ...tally, sessionId, world, date, skipped, budgetMicroUsd, tooEarly, costMicroUsd: 0 };
  await settled(unsettled, ready);
  return await store.finishWarming({
    plan: { sessionId, world, date, skipped, budgetMicroUsd, tooEarly },
    tally,
  });
}

/** Research that outlasts the session's begin spends under this run's cap: the cap stays until it has ended. */
const settled = async (left: readonly WarmingResearch[], ready: readonly BriefReady[]): Promise<void> => {
  let open = left;
  for (let looks = 0; open.length > 0 && looks < MOST_LOOKS; looks += 1) {
    const known = ready.length;
    open = await store.unsettledWarming({ researches: open });
    const pause = looks < FIRST_LOOKS.count ? FIRST_LOOKS.every : LATER_LOOKS;
    if (open.length > 0) await condition(() => ready.length > known, pause);
  }
};

const warm = async (plan: WarmingPlan, item: WarmingItem, ready: readonly BriefReady[]): Promise<Warmed> => {
  const { sessionId, world, budgetMicroUsd, deadlineAt } = plan;
  const leftMs = deadlineAt === null ? null : Date.parse(deadlineAt) - Date.now();
  if (leftMs !== null && leftMs <= 0) return { outcome: 'late' };
  try {
    const waiter = workflowInfo().workflowId;
    const attached = await store.attachWarming.executeWithOptions(
      { summary: `${item.kind} · ${item.subject}` },
      [{ plan: { sessionId, world, budgetMicroUsd }, item, waiter }],
    );
    if (attached.status === 'over_budget') return { outcome: 'overBudget' };
    if (attached.status === 'fresh') return { outcome: 'fresh' };
    const answer = await awaitBrief(attached, ready, leftMs);
    if (answer === null) return { outcome: 'late', unsettled: attached };
    if (answer.brief) return { outcome: 'made' };
    const refused = answer.failure === OUT_OF_BUDGET;
    return { outcome: refused ? 'overBudget' : 'failed', unsettled: attached, refused };
  } catch (error) {
    setCurrentDetails(`${item.subject}: ${failureText(error)}`);
    return { outcome: 'failed' };
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
