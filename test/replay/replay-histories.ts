// Replays histories on workflow code and tells which fail, for the suite and for upgrades.
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import type { StoredHistory } from './stored-histories';

/** Failures by the history's name. */
export const replayFailures = async (
  workflowBundle: WorkflowBundleOption,
  histories: readonly StoredHistory[],
  maxCachedWorkflows?: number,
): Promise<Readonly<Record<string, string>>> => {
  const names = new Map(histories.map(({ workflowId, name }) => [workflowId, name]));
  const failures: Record<string, string> = {};
  const options = { workflowBundle, ...(maxCachedWorkflows === undefined ? {} : { maxCachedWorkflows }) };
  const input = histories.map(({ workflowId, history }) => ({ workflowId, history }));
  for await (const { workflowId, error } of Worker.runReplayHistories(options, input))
    if (error) failures[names.get(workflowId) ?? workflowId] = error.message;
  return failures;
};
