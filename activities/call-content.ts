// What one call is made of: the prompt in parts (stable prefix first), the data for statistical models, the
// form of the answer.
import type { Dossier } from '../db/dossier-store';
import { inPricesOf } from '../domain/market/propositions';
import {
  ANALYST_FORM,
  type AnswerForm,
  BRIEF_FORM,
  CRITIQUE_FORM,
  FORECAST_FORM,
  VERDICT_FORM,
} from '../domain/research/answer-forms';
import type { BriefContent } from '../domain/research/brief';
import type { ModelEntry } from '../domain/selection/model';
import { outputRoom } from '../domain/selection/output-room';
import { prompt } from '../prompts/prompt-library';
import { type CallData, type PromptParts, ProviderFailure } from '../providers/port';
import type { CallModelInput, CallTask } from '../workflows/contracts/calls';
import { missingNeeds, reportedNews } from './analyst-needs';
import { createCallMaterial } from './call-material';
import type { Dependencies } from './dependencies';
import { noMaterial } from './failures';
import { fenced } from './fenced-data';
import { dossierOfKind } from './kind-dossier';
import { isPriceItem } from './price-item';
import { briefText, critiqueText, dossierText, questionText } from './prompt-texts';
import { createTaskContent } from './task-content';

export interface CallContent {
  readonly model: ModelEntry;
  readonly prompt: PromptParts;
  readonly data: CallData;
  readonly form: AnswerForm;
  readonly maxOutputTokens: number;
}

type TaskOf<Type extends CallTask['type']> = Extract<CallTask, { readonly type: Type }>;

/** Headlines without the line that names the prices: bars are no news. */
const newsOf = (dossier: Dossier): Dossier['items'] => dossier.items.filter((item) => !isPriceItem(item));

export const createCallContent = ({ stores }: Dependencies) => {
  const tasks = createTaskContent(stores);
  const { propositionOf, briefOf, seriesOf, dossierOf, wordingOf, answersOf } = createCallMaterial(stores);

  const forecast = async (model: ModelEntry, task: TaskOf<'forecast'>): Promise<CallContent> => {
    const [stored, brief, series, critiques] = await Promise.all([
      propositionOf(task),
      briefOf(task.briefId),
      seriesOf(task.seriesId),
      answersOf(task.critiqueKeys ?? []),
    ]);
    const proposition = inPricesOf(stored, series?.bars ?? []);
    return {
      model,
      form: FORECAST_FORM,
      maxOutputTokens: outputRoom(model, 'forecast'),
      prompt: {
        system: task.wordingId ? await tasks.wording(task.wordingId) : prompt('forecast').text,
        stable: brief ? briefText(brief) : '',
        question: [questionText(proposition), critiqueText(critiques)].filter(Boolean).join('\n\n'),
      },
      data: {
        proposition,
        bars: series?.bars ?? [],
        ...(brief ? { brief: brief.content } : {}),
        ...(task.recorded ? { recordedRowId: task.recorded.rowId } : {}),
      },
    };
  };

  const critique = async (model: ModelEntry, task: TaskOf<'critique'>): Promise<CallContent> => {
    const [stored, brief, answers] = await Promise.all([
      propositionOf(task),
      briefOf(task.briefId),
      answersOf(task.answerKeys),
    ]);
    const proposition = inPricesOf(stored, (await seriesOf(brief?.seriesId ?? null))?.bars ?? []);
    return {
      model,
      form: CRITIQUE_FORM,
      maxOutputTokens: outputRoom(model, 'critique'),
      prompt: {
        system: prompt('critique').text,
        stable: brief ? briefText(brief) : '',
        question: `${questionText(proposition)}\n\nForecasts, in no order:\n${fenced('forecasts', JSON.stringify(answers))}`,
      },
      data: { proposition },
    };
  };

  const briefCall = async (model: ModelEntry, task: TaskOf<'brief'>): Promise<CallContent> => {
    const dossier = await dossierOf(task.dossierId);
    const series = await seriesOf(dossier.seriesId);
    return {
      model,
      form: BRIEF_FORM,
      maxOutputTokens: outputRoom(model, 'brief'),
      prompt: {
        system: prompt('brief').text,
        stable: `${prompt(`brief-${task.template}`).text}\n${prompt(`brief-${task.kind}`).text}`,
        question: dossierText(dossierOfKind(dossier, task.kind)),
      },
      data: {
        bars: series?.bars ?? [],
        facts: dossier.facts,
        news: newsOf(dossier),
        upcoming: dossier.upcoming,
        asOf: dossier.asOf,
        researchKind: task.kind,
      },
    };
  };

  const verdict = async (model: ModelEntry, task: TaskOf<'verdict'>): Promise<CallContent> => {
    const dossier = await dossierOf(task.dossierId);
    const [series, written] = await Promise.all([
      seriesOf(dossier.seriesId),
      stores.answers.get(task.briefKey),
    ]);
    const brief = written?.answer as BriefContent | undefined;
    return {
      model,
      form: VERDICT_FORM,
      maxOutputTokens: outputRoom(model, 'brief_check'),
      prompt: {
        system: prompt('verdict').text,
        stable: dossierText(dossierOfKind(dossier, task.kind)),
        question: `What it was to be: ${prompt(`brief-${task.kind}`).text}\nThe brief:\n${fenced('brief', JSON.stringify(brief ?? null))}`,
      },
      data: {
        bars: series?.bars ?? [],
        facts: dossier.facts,
        news: dossier.items,
        upcoming: dossier.upcoming,
        asOf: dossier.asOf,
        researchKind: task.kind,
        ...(brief ? { brief } : {}),
      },
    };
  };

  const analyst = async (model: ModelEntry, task: TaskOf<'analyst'>): Promise<CallContent> => {
    const [stored, brief, series, dossier, wording] = await Promise.all([
      propositionOf(task),
      briefOf(task.briefId),
      seriesOf(task.seriesId),
      task.dossierId === null ? null : dossierOf(task.dossierId),
      wordingOf(task.promptVersion),
    ]);
    if (!wording)
      throw noMaterial(`the wording ${task.promptVersion} of analyst ${task.analyst} is not stored`);
    const proposition = inPricesOf(stored, series?.bars ?? []);
    // The house's analysts say themselves what their statistic lacks.
    const missing = model.statistical
      ? []
      : missingNeeds(wording.needs, { bars: series?.bars ?? [], dossier });
    if (missing.length > 0)
      throw new ProviderFailure('no_data', `${wording.name} has no ${missing.join(' and no ')} to go by`, {
        sent: false,
      });
    return {
      model,
      form: ANALYST_FORM,
      maxOutputTokens: outputRoom(model, 'analyst'),
      prompt: {
        system: prompt('analyst').text,
        // Shared by all analysts of a subject, so that providers can cache it; the way of thinking comes after.
        stable: [dossier ? dossierText(dossier) : '', brief ? briefText(brief) : '']
          .filter(Boolean)
          .join('\n\n'),
        question: `Your way of thinking: ${wording.name}\n\n${wording.body}\n\n${questionText(proposition)}`,
      },
      data: {
        proposition,
        analyst: task.analyst,
        bars: series?.bars ?? [],
        ...(brief ? { brief: brief.content } : {}),
        ...(dossier ? { facts: dossier.facts, news: reportedNews(dossier) } : {}),
      },
    };
  };

  /** @throws ApplicationFailure of type `no_data` when something the task names is not stored. */
  const load = (input: CallModelInput, model: ModelEntry): Promise<CallContent> => {
    const { task } = input;
    switch (task.type) {
      case 'forecast':
        return forecast(model, task);
      case 'critique':
        return critique(model, task);
      case 'brief':
        return briefCall(model, task);
      case 'verdict':
        return verdict(model, task);
      case 'analyst':
        return analyst(model, task);
      case 'statement':
        return tasks.statement(model, task.promptId);
      case 'judgement':
        return tasks.judgement(model, task);
      case 'text':
        return tasks.text(model, task);
    }
  };
  return { load };
};
