// One task in words, on the model that the desk picked, through the same ledger, breakers and failover as
// everything else.
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { store } from './activity-stubs';
import { callWithFailover, inOrder } from './call-with-failover';
import type { TaskRunInput, TaskRunResult } from './contracts/task';
import { detailsTable } from './details-table';
import { runAttributes } from './run-attributes';

export async function taskRun(input: TaskRunInput): Promise<TaskRunResult> {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  const plan = await store.planTaskRun(input);
  const outcome = await callWithFailover(
    {
      keyPrefix: `${workflowId}/${firstExecutionRunId}`,
      summary: input.taskType,
      task: { type: 'text', taskType: input.taskType, promptId: input.promptId },
      world: input.world,
      asOf: null,
      feature: 'ask',
      category: input.taskType,
      scopes: { decisionId: input.cappedWith ?? workflowId },
      deadlineMs: plan.callDeadlineMs,
      maxCostMicroUsd: null,
      priority: input.priority,
    },
    inOrder(plan.candidates),
  );
  const last = outcome.hops.at(-1);
  const result: TaskRunResult = {
    runId: workflowId,
    status: outcome.result ? 'answered' : 'failed',
    failure: outcome.failure,
    problem: outcome.firstProblem,
    model: last?.model ?? input.models[0]!,
    provider: last?.provider ?? '',
    answerKey: outcome.result?.key ?? null,
    costMicroUsd: outcome.costMicroUsd ?? 0,
    latencyMs: outcome.hops.reduce((total, hop) => total + hop.latencyMs, 0),
  };
  await store.recordTaskRun({ input, result, announced: plan.announced ?? null });
  setCurrentDetails(
    detailsTable(
      ['model', 'outcome', 'ms'],
      outcome.hops.map(({ model, failure, latencyMs }) => [model, failure ?? 'answered', latencyMs]),
    ),
  );
  upsertSearchAttributes([
    ...runAttributes.status(input.world, result.status),
    ...runAttributes.cost(result.costMicroUsd),
  ]);
  return result;
}
