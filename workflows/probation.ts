// Asks members that are screened out, for the record only: without answers they could never recover. Runs beside
// the decision it belongs to, whose result never waits for it.
import { ParentClosePolicy, startChild, workflowInfo } from '@temporalio/workflow';
import { store } from './activity-stubs';
import type { ProbationInput } from './contracts/outcomes';
import { createDecisionBoard } from './decision-board';
import { askMember } from './decision-members';

/** The number of forecasts kept; no member stands in for another here. */
export async function probation({ input, plan, brief }: ProbationInput): Promise<number> {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  const context = {
    input,
    plan: { ...plan, substitutes: [] },
    brief,
    board: createDecisionBoard(() => undefined),
    keyPrefix: `${workflowId}/${firstExecutionRunId}`,
    taken: new Set<string>(),
    overdue: () => false,
  };
  const members = await Promise.all(
    (plan.earned?.probation ?? []).map((member) => askMember(context, member, { round: 'first' })),
  );
  return store.recordProbation({ input, plan, brief, members });
}

/** Starts the probation of a recorded decision, where it has any; it outlives its parent. */
export const startProbation = async (input: ProbationInput): Promise<void> => {
  if ((input.plan.earned?.probation ?? []).length === 0) return;
  await startChild(probation, {
    workflowId: `probation:${input.plan.decisionId}`,
    args: [input],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    staticSummary: `probation · ${input.input.subject}`,
  });
};
