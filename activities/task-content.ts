// What calls about tasks in words are made of: the text by id, the rules, and the form of the answer.
import { FORECAST_FORM, TEXT_FORM } from '../domain/research/answer-forms';
import { judgementForm } from '../domain/research/judgement-form';
import type { ModelEntry } from '../domain/selection/model';
import { taskType } from '../domain/selection/tasks';
import { prompt } from '../prompts/prompt-library';
import type { CallTask } from '../workflows/contracts/calls';
import type { CallContent } from './call-content';
import type { Dependencies } from './dependencies';
import { noData } from './failures';

/** The answer is short; the room is for thinking. */
const OUTPUT_TOKENS = 4_000;

export const createTaskContent = (stores: Pick<Dependencies['stores'], 'taskTexts'>) => {
  const textOf = async (id: string): Promise<string> => {
    const text = await stores.taskTexts.get(id);
    if (text === null) throw noData(`text ${id} is not stored`);
    return text;
  };

  const room = (model: ModelEntry): number => Math.min(OUTPUT_TOKENS, model.maxOutputTokens);

  const statement = async (model: ModelEntry, promptId: string): Promise<CallContent> => ({
    model,
    form: FORECAST_FORM,
    maxOutputTokens: room(model),
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
    maxOutputTokens: room(model),
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
      maxOutputTokens: Math.min(Math.max(OUTPUT_TOKENS, 2 * outputTokens), model.maxOutputTokens),
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
