// Looks up every outcome of a world that is due, page by page and in parts: for the hourly watch, for a replay's day
// and for a market's day of paper accounts.
import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities';
import { store } from './activity-stubs';
import type { OutcomeTally, OutcomeWatchInput, Position } from './contracts/outcomes';

/** A part reads sources for minutes at most; each proposition beats, so that a dead worker is soon noticed. */
const outcomes = proxyActivities<Activities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '90 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute', nonRetryableErrorTypes: ['BadInput'] },
});

export const { recordOutcomes } = outcomes;

/** Propositions or entries per activity. */
const PART = 25;
/** Parts at once: sources are asked politely anyway. */
const PARTS_AT_ONCE = 4;
/** Pending propositions that the result names; the rest are counted by the next batch. */
const NAMED_PENDING = 200;

export const NO_OUTCOMES: OutcomeTally = {
  resolved: 0,
  voided: 0,
  corrected: 0,
  unchanged: 0,
  scored: 0,
  pending: [],
};

export const addTallies = (x: OutcomeTally, y: OutcomeTally): OutcomeTally => ({
  resolved: x.resolved + y.resolved,
  voided: x.voided + y.voided,
  corrected: x.corrected + y.corrected,
  unchanged: x.unchanged + y.unchanged,
  scored: x.scored + y.scored,
  pending: [...x.pending, ...y.pending].slice(0, NAMED_PENDING),
});

const parts = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / PART) }, (_, index) =>
    items.slice(index * PART, (index + 1) * PART),
  );

/** Runs the parts a few at a time, in order. */
export const inParts = async <T>(
  items: readonly T[],
  work: (part: readonly T[]) => Promise<OutcomeTally>,
): Promise<OutcomeTally> => {
  const all = parts(items);
  let total = NO_OUTCOMES;
  for (let from = 0; from < all.length; from += PARTS_AT_ONCE) {
    const done = await Promise.all(all.slice(from, from + PARTS_AT_ONCE).map(work));
    total = done.reduce(addTallies, total);
  }
  return total;
};

type Due = Pick<OutcomeWatchInput, 'world' | 'prices'>;

/** Everything of the world that is due; the same again does nothing. */
export const resolveDue = async ({ world, prices }: Due): Promise<OutcomeTally> => {
  let total = NO_OUTCOMES;
  let after: Position | null = null;
  do {
    const page: Awaited<ReturnType<Activities['listDueOutcomes']>> = await store.listDueOutcomes({
      world,
      after,
    });
    const resolved = await inParts(page.propositionIds, (propositionIds) =>
      outcomes.resolveOutcomes({ world, propositionIds, prices }),
    );
    total = addTallies(total, resolved);
    after = page.next;
  } while (after !== null);
  return total;
};

/** The first page in one activity: what days that began before outcomes were paged go on with. */
export const resolveFirstPage = async ({ world, prices }: Due): Promise<OutcomeTally> => {
  const { propositionIds } = await store.listDueOutcomes({ world, after: null });
  return propositionIds.length === 0
    ? NO_OUTCOMES
    : outcomes.resolveOutcomes({ world, propositionIds, prices });
};
