// A batch of outcomes: records those given, looks up those due, scores what resolved, and fits the record so
// that the next decision already uses it.
import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { OutcomeWatchInput, OutcomeWatchResult } from './contracts/outcomes';
import { addTallies, inParts, NO_OUTCOMES, recordOutcomes, resolveDue } from './resolve-due';

/** Fitting a long record takes seconds; a killed worker is noticed by its missing heartbeat. */
const { refreshTrackRecord } = proxyActivities<Activities>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute', nonRetryableErrorTypes: ['BadInput'] },
});

export async function outcomeWatch(input: OutcomeWatchInput): Promise<OutcomeWatchResult> {
  const { world } = input;
  const entered = await inParts(input.entries, (entries) => recordOutcomes({ world, entries }));
  const due = input.resolveDue ? await resolveDue(input) : NO_OUTCOMES;
  const record = await refreshTrackRecord({ world });
  return { world, ...addTallies(entered, due), record };
}
