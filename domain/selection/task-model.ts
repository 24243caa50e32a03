// Which model does a task (D3, D7): a tier that was asked for, the setting's tier, or the manual map.
import type { TaskSettings } from '../settings/task-settings';
import { taskType } from './tasks';
import { pickForTask, pickFromMap, type Tier, type TierPick, type TierQuestion, taskCost } from './tiers';

const mapped = (settings: TaskSettings, question: Omit<TierQuestion, 'tier'>): TierPick => {
  const task = taskType(question.task);
  const model = pickFromMap(task.type, settings.taskModels, question.models);
  const missing = model?.keyName != null && !question.keysPresent.has(model.keyName) ? model.keyName : null;
  const usable = missing === null ? model : null;
  const reason =
    model === null
      ? `tiers are not enabled and task_models names no model for ${task.type}; name one there, ask for a tier, or set "enabled" to true`
      : missing === null
        ? 'named by task_models'
        : `task_models names ${model.id}, but ${missing} is not set`;
  return {
    task: task.type,
    tier: settings.tier,
    model: usable,
    quality: usable && (question.qualityOf?.(usable, task) ?? usable.quality),
    reason,
    costMicroUsd: usable && taskCost(usable, task),
    considered: model === null ? [] : [{ model: model.id, taken: usable !== null, reason }],
  };
};

/**
 * The model for a task under the settings in force.
 * @param tier asked for by the caller; goes before the settings
 * @throws RangeError for an unknown task type, or a map that names an unknown model.
 */
export const modelForTask = (
  settings: TaskSettings,
  question: Omit<TierQuestion, 'tier' | 'preferLocal'>,
  tier?: Tier,
): TierPick => {
  const { preferLocal } = settings;
  if (tier !== undefined || settings.enabled)
    return pickForTask({ ...question, tier: tier ?? settings.tier, preferLocal });
  return mapped(settings, question);
};
