// A batch of outcomes: records those given, looks up those due, scores what resolved, and fits the record so
// that the next decision already uses it.
import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities';
import { store } from './activity-stubs';
import type { OutcomeTally, OutcomeWatchInput, OutcomeWatchResult, Position } from './contracts/outcomes';

/** A part reads sources for minutes at most; each proposition beats, so that a dead worker is soon noticed. */
const { recordOutcomes, resolveOutcomes } = proxyActivities<Activities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '90 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute', nonRetryableErrorTypes: ['BadInput'] },
});

/** Fitting a long record takes seconds. */
const { refreshTrackRecord } = proxyActivities<Activities>({
  startToCloseTimeout: '5 minutes',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute', nonRetryableErrorTypes: ['BadInput'] },
});

/** Propositions or entries per activity. */
const PART = 25;
/** Parts at once: sources are asked politely anyway. */
const PARTS_AT_ONCE = 4;
/** Pending propositions that the result names; the rest are counted by the next batch. */
const NAMED_PENDING = 200;

const NOTHING: OutcomeTally = {
  resolved: 0,
  voided: 0,
  corrected: 0,
  unchanged: 0,
  scored: 0,
  pending: [],
};

const add = (x: OutcomeTally, y: OutcomeTally): OutcomeTally => ({
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
const inParts = async <T>(
  items: readonly T[],
  work: (part: readonly T[]) => Promise<OutcomeTally>,
): Promise<OutcomeTally> => {
  const all = parts(items);
  let total = NOTHING;
  for (let from = 0; from < all.length; from += PARTS_AT_ONCE) {
    const done = await Promise.all(all.slice(from, from + PARTS_AT_ONCE).map(work));
    total = done.reduce(add, total);
  }
  return total;
};

const resolveDue = async ({ world, prices }: OutcomeWatchInput): Promise<OutcomeTally> => {
  let total = NOTHING;
  let after: Position | null = null;
  do {
    const page: Awaited<ReturnType<Activities['listDueOutcomes']>> = await store.listDueOutcomes({
      world,
      after,
    });
    const resolved = await inParts(page.propositionIds, (propositionIds) =>
      resolveOutcomes({ world, propositionIds, prices }),
    );
    total = add(total, resolved);
    after = page.next;
  } while (after !== null);
  return total;
};

export async function outcomeWatch(input: OutcomeWatchInput): Promise<OutcomeWatchResult> {
  const { world } = input;
  const entered = await inParts(input.entries, (entries) => recordOutcomes({ world, entries }));
  const due = input.resolveDue ? await resolveDue(input) : NOTHING;
  const record = await refreshTrackRecord({ world });
  return { world, ...add(entered, due), record };
}
