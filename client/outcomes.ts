// Outcomes from outside: entered, imported or looked up, always by the batch workflow that also scores.
import { WorkflowIdConflictPolicy } from '@temporalio/client';
import { z } from 'zod';
import type { WorldId } from '../domain/world';
import type { OutcomeEntry, OutcomeWatchInput, OutcomeWatchResult } from '../workflows/contracts/outcomes';
import { CONCLAVE_QUEUE, PRIORITY } from '../workflows/contracts/task-queues';
import type { ConclaveClient } from './connect';
import { idText, outcomeAt, outcomeReason, outcomeWord } from './fields';
import { outcomeOf } from './workflow-result';

/** How one proposition came out, as commands and the API take it. */
export const outcomeInput = z.strictObject({
  proposition: idText,
  outcome: outcomeWord,
  at: outcomeAt.optional(),
  reason: outcomeReason.optional(),
});

/** Without `correct`, an outcome that is there already is not changed; `void` takes it out of the record. */
export const entryOfOutcome = (
  { proposition, outcome, at, reason }: z.output<typeof outcomeInput>,
  correct: boolean,
): OutcomeEntry => ({
  propositionId: proposition,
  action: outcome === null ? 'void' : correct ? 'correct' : 'enter',
  yes: outcome,
  resolvedAt: at ?? null,
  source: 'manual',
  reason: reason ?? 'entered by hand',
});

/** What recording outcomes came to. @param leftOut rows of unknown propositions, left out as asked */
export const outcomesDocument = (result: OutcomeWatchResult, leftOut = 0) => ({
  world: result.world,
  resolved: result.resolved,
  voided: result.voided,
  corrected: result.corrected,
  unchanged: result.unchanged,
  leftOut,
  forecastsScored: result.scored,
  pending: result.pending,
  record: result.record,
});

/** Entries of one workflow: its input stays far below Temporal's limit on one payload. */
const ENTRIES_AT_ONCE = 1_000;

const runBatch = async (
  client: ConclaveClient,
  input: OutcomeWatchInput,
  workflowId: string,
): Promise<OutcomeWatchResult> => {
  const what = input.entries.length > 0 ? `${input.entries.length} outcomes given` : 'outcomes that are due';
  const handle = await client.temporal.workflow.start('outcomeWatch', {
    workflowId,
    taskQueue: CONCLAVE_QUEUE,
    args: [input],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    priority: { priorityKey: PRIORITY.background },
    staticSummary: `${what} · ${input.world}`,
  });
  return outcomeOf(handle.result() as Promise<OutcomeWatchResult>);
};

const addUp = (x: OutcomeWatchResult | null, y: OutcomeWatchResult): OutcomeWatchResult =>
  x === null
    ? y
    : {
        ...y,
        resolved: x.resolved + y.resolved,
        voided: x.voided + y.voided,
        corrected: x.corrected + y.corrected,
        unchanged: x.unchanged + y.unchanged,
        scored: x.scored + y.scored,
        pending: [...x.pending, ...y.pending],
      };

/**
 * Records entries and scores their forecasts; returns once the record is fitted.
 * @throws BadInput naming the proposition that is unknown, or that has another outcome already
 */
export const recordOutcomes = async (
  client: ConclaveClient,
  world: WorldId,
  entries: readonly OutcomeEntry[],
  requestKey: string,
): Promise<OutcomeWatchResult> => {
  let total: OutcomeWatchResult | null = null;
  for (let from = 0; total === null || from < entries.length; from += ENTRIES_AT_ONCE) {
    const part = entries.slice(from, from + ENTRIES_AT_ONCE);
    const input = { world, entries: part, resolveDue: false, prices: null };
    total = addUp(total, await runBatch(client, input, `outcome:${world}:${requestKey}:${from}`));
  }
  return total;
};

/** Looks up everything that is due in a world, from prices and venues. */
export const resolveDueOutcomes = (
  client: ConclaveClient,
  options: Pick<OutcomeWatchInput, 'world' | 'prices'> & { readonly requestKey: string },
): Promise<OutcomeWatchResult> =>
  runBatch(
    client,
    { world: options.world, prices: options.prices, entries: [], resolveDue: true },
    `outcome:${options.world}:due:${options.requestKey}`,
  );
