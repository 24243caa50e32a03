// What calls about tasks in words are made of: the text by id, the rules, and the form of the answer.
import { FORECAST_FORM, TEXT_FORM } from '../domain/research/answer-forms';
import { judgementForm } from '../domain/research/judgement-form';
import type { ModelEntry } from '../domain/selection/model';
import { outputRoom } from '../domain/selection/output-room';
import { taskType } from '../domain/selection/tasks';
import { prompt } from '../prompts/prompt-library';
import type { CallTask } from '../workflows/contracts/calls';
import type { CallContent } from './call-content';
import type { Dependencies } from './dependencies';
import { noMaterial } from './failures';

export const createTaskContent = (stores: Pick<Dependencies['stores'], 'taskTexts'>) => {
  const textOf = async (id: string): Promise<string> => {
    const text = await stores.taskTexts.get(id);
    if (text === null) throw noMaterial(`text ${id} is not stored`);
    return text;
  };

  const statement = async (model: ModelEntry, promptId: string): Promise<CallContent> => ({
    model,
    form: FORECAST_FORM,
    maxOutputTokens: outputRoom(model, 'statement'),
    prompt: {
      system: prompt('statement').text,
      stable: '',
      question: `Statement: ${await textOf(promptId)}`,
    },
    data: {},
  });

  const judgement = async (
    model: ModelEntry,
    task: Extract<CallTask, { readonly type: 'judgement' }>,
  ): Promise<CallContent> => ({
    model,
    form: judgementForm(task.options),
    maxOutputTokens: outputRoom(model, 'judgement'),
    prompt: {
      system: prompt('judgement').text,
      stable: '',
      question: `Accepted verdicts: ${task.options.join(', ')}\n\nTask (${taskType(task.taskType).about}):\n${await textOf(task.promptId)}`,
    },
    data: {},
  });
  const text = async (
    model: ModelEntry,
    task: Extract<CallTask, { readonly type: 'text' }>,
  ): Promise<CallContent> => {
    const { about, outputTokens } = taskType(task.taskType);
    return {
      model,
      form: TEXT_FORM,
      // Twice the usual length, or a long answer would be cut off.
      maxOutputTokens: outputRoom(model, 'text', 2 * outputTokens),
      prompt: {
        system: prompt('task').text,
        stable: '',
        question: `Task: ${about}.\n\n${await textOf(task.promptId)}`,
      },
      data: {},
    };
  };
  return { statement, judgement, text, wording: textOf };
};
