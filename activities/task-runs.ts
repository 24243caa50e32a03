// Single tasks as activities: who can be called, and the row that keeps what came of it.
import { isNoDearer, topRates } from '../domain/selection/no-dearer';
import { taskType } from '../domain/selection/tasks';
import type { TaskRunInput, TaskRunPlan, TaskRunResult } from '../workflows/contracts/task';
import { toCandidate, withDeadlines } from './candidate';
import type { Dependencies } from './dependencies';
import { badInput } from './failures';
import { announcement } from './mode-effects';
import { createModeWatch } from './modes';
import { createUsableModels } from './usable-models';

export const createTaskRunActivities = (dependencies: Dependencies) => {
  const { stores, options } = dependencies;
  const usable = createUsableModels(dependencies);
  const timed = withDeadlines(options);
  const modes = createModeWatch(dependencies);

  /** @throws ApplicationFailure BadInput when none of the models can be called here */
  const planTaskRun = async (input: TaskRunInput): Promise<TaskRunPlan> => {
    taskType(input.taskType);
    const callable = new Map((await usable.languageModels()).map((model) => [model.id, model]));
    const models = input.models.flatMap((id) => callable.get(id) ?? []);
    const [first] = models;
    if (!first)
      throw badInput(
        `model "${input.models[0]}" cannot be called here; "conclave doctor" says what is missing`,
      );
    return {
      candidates: timed(
        models.filter((model) => isNoDearer(topRates(model), topRates(first))).map(toCandidate),
      ),
      callDeadlineMs: options.callDeadlineMs,
      announced: announcement(await modes.current()),
    };
  };

  const recordTaskRun = async ({
    input,
    result,
    announced,
  }: {
    readonly input: TaskRunInput;
    readonly result: TaskRunResult;
    readonly announced: string | null;
  }): Promise<void> => {
    const { taskType: type, tier, promptId } = input;
    const reason = announced === null ? input.reason : `${input.reason}; ${announced}`;
    const { runId, status, failure, model, provider, answerKey, costMicroUsd, latencyMs } = result;
    await stores.taskRuns.put({
      ...{ id: runId, taskType: type, tier, promptId, reason },
      ...{ status, failure, model, provider, answerKey, costMicroUsd, latencyMs },
    });
  };
  return { planTaskRun, recordTaskRun };
};
