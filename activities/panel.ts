// Panels as activities: who plays the analysts, what is asked about a subject, and the one transaction at the end.

import type { NewPanel, NewPrediction } from '../db/panel-store';
import { createRunCap } from '../db/run-cap';
import type { MicroUsd } from '../domain/money/micro-usd';
import { isProblem, parseAnalyst } from '../domain/research/answer-forms';
import type { DecisionInput } from '../workflows/contracts/decision';
import {
  type OpenedSubject,
  type PanelInput,
  type PanelPlan,
  type PanelPrediction,
  type PanelResult,
  type PanelSubject,
  type PanelSubjectResult,
  unaskedSubject,
} from '../workflows/contracts/panel';
import type { BriefRef } from '../workflows/contracts/research';
import { NO_CONTRACT_DATA } from './analyst-needs';
import { withDeadlines } from './candidate';
import { createDecisionSubjects } from './decision-proposition';
import type { Dependencies } from './dependencies';
import { finalText } from './failures';
import { announcement } from './mode-effects';
import { createModeWatch } from './modes';
import { panelForecasts } from './panel-forecasts';
import { createPanelModels } from './panel-models';
import { createResearchActivities } from './research';
import { createScoring } from './scoring';

/** Statistics answer in milliseconds: a longer wait means that something is broken. */
const HOUSE_DEADLINE_MS = 15_000;

/** A panel asks about a subject just as a decision without members and stake would. */
const asDecision = (input: PanelInput, subject: string): DecisionInput => ({
  world: input.world,
  asOf: input.asOf,
  subject,
  sessionId: null,
  stakeMicroUsd: 0,
  strategy: null,
  members: null,
  horizonDays: input.horizonDays,
  research: input.research,
  recorded: null,
  recordedLatencyScale: 0,
  prices: input.prices,
  deadlineAt: null,
  maxCostMicroUsd: input.maxCostMicroUsd,
  priority: input.priority,
});

export const createPanelActivities = (dependencies: Dependencies) => {
  const { stores, options } = dependencies;
  const subjects = createDecisionSubjects(dependencies);
  const models = createPanelModels(dependencies);
  const modes = createModeWatch(dependencies);
  const runCap = createRunCap(stores.caps);
  const { attachResearch } = createResearchActivities(dependencies);
  const { scoreLate } = createScoring(stores);

  const describePanelSubject = async (request: {
    readonly input: PanelInput;
    readonly subject: string;
    readonly brief: BriefRef | null;
    readonly failure: string | null;
  }): Promise<PanelSubject> => {
    const { input, subject, brief, failure } = request;
    const now = input.asOf ?? (await stores.worlds.now(input.world));
    const about = await subjects.describe(asDecision(input, subject), brief, failure, now);
    const { proposition, missing, seriesId } = about;
    if (missing === null) await stores.propositions.put(proposition);
    return {
      propositionId: missing === null ? proposition.id : null,
      statement: proposition.statement,
      category: proposition.category,
      resolvesAt: missing === null ? proposition.resolvesAt : null,
      price: proposition.priceOfYes,
      priceAt: proposition.priceAt,
      seriesId,
      missing,
    };
  };

  const attach = async (input: PanelInput, subject: string, panelId: string) => {
    const attached = await attachResearch({
      research: {
        world: input.world,
        asOf: input.asOf,
        subject,
        ...input.research,
        prices: input.prices,
        sessionId: null,
        reader: panelId,
        waiters: [panelId],
      },
    });
    if (attached.status === 'hit') return { brief: attached.brief, researchId: null, failure: null };
    const { status: _, ...underWay } = attached;
    return { brief: null, ...underWay, failure: null };
  };

  /** What is wrong with one subject does not end the panel of the others. */
  const openSubject = async (input: PanelInput, subject: string, panelId: string): Promise<OpenedSubject> => {
    const research = await attach(input, subject, panelId).catch((error: unknown) => ({
      ...{ brief: null, researchId: null },
      failure: finalText(error),
    }));
    const { brief, researchId, failure } = research;
    if (researchId !== null) return { subject, ...research, about: null };
    const about = await describePanelSubject({ input, subject, brief, failure }).catch((error: unknown) =>
      unaskedSubject(subject, finalText(error)),
    );
    return { subject, ...research, about };
  };

  /**
   * Who plays, and for each subject its brief and what is asked about it; one whose brief must be written first is
   * described once that is there. One activity, since everything before the calls is waited for by all of them.
   * @throws ApplicationFailure BadInput for a model that cannot be called.
   */
  const openPanel = async (request: {
    readonly input: PanelInput;
    readonly panelId: string;
  }): Promise<PanelPlan> => {
    const { input, panelId } = request;
    await stores.worlds.enter({ id: input.world, asOf: input.asOf });
    const { candidates: cast, notes } = await models.cast(input);
    const candidates = withDeadlines(options)(cast);
    await runCap.open(panelId, input.maxCostMicroUsd);
    const announced = announcement(await modes.current());
    const ofContracts = input.subjects.some((subject) => subject.startsWith('market:'));
    const slow = candidates.some(({ statistical }) => !statistical);
    return {
      candidates,
      notes: [
        ...(announced === null ? [] : [announced]),
        ...notes,
        ...(ofContracts ? [NO_CONTRACT_DATA] : []),
      ],
      callDeadlineMs: slow ? options.callDeadlineMs : HOUSE_DEADLINE_MS,
      together: !options.ratedProviders?.has(candidates[0]!.provider),
      subjects: await Promise.all(input.subjects.map((subject) => openSubject(input, subject, panelId))),
    };
  };

  /** Signal, confidence and reasons come from the stored answers: they never travel through histories. */
  const toRow = (
    panelId: string,
    { propositionId, research }: PanelSubjectResult,
    prediction: PanelPrediction,
    answers: ReadonlyMap<string, unknown>,
  ): NewPrediction => {
    const { group, ...rest } = prediction;
    const answer = prediction.answerKey === null ? undefined : answers.get(prediction.answerKey);
    const view = answer === undefined ? null : parseAnalyst(answer);
    const known = view && !isProblem(view) ? view : null;
    return {
      ...rest,
      panelId,
      analystGroup: group,
      propositionId,
      briefId: research?.briefId ?? null,
      signal: known?.signal ?? null,
      confidence: known?.confidence ?? null,
      reasons: known?.reasons ?? [],
      latencyMs: Math.round(prediction.latencyMs),
    };
  };

  /** What its calls came to by the ledger: those that the deadline cut off have no result, but a bill all the same. */
  const bookedFor = async (panelId: string): Promise<MicroUsd> => {
    const { settledMicroUsd, heldMicroUsd } = await stores.spend.total({ decisionId: panelId });
    return settledMicroUsd + heldMicroUsd;
  };

  /** One transaction, once by panel id. */
  const recordPanel = async (request: {
    readonly input: PanelInput;
    readonly result: PanelResult;
  }): Promise<Pick<PanelResult, 'costMicroUsd'>> => {
    const { input } = request;
    const result = { ...request.result, costMicroUsd: await bookedFor(request.result.panelId) };
    const predictions = result.subjects.flatMap((subject) => subject.predictions);
    const answers = await stores.answers.answersOf(predictions.flatMap(({ answerKey }) => answerKey ?? []));
    const rows = result.subjects.flatMap((subject) =>
      subject.predictions.map((prediction) => toRow(result.panelId, subject, prediction, answers)),
    );
    const panel = panelRow(input, result, rows);
    const { row } = await stores.panels.record(panel, rows, panelForecasts(panel, rows));
    if (input.maxCostMicroUsd !== null) await runCap.close(result.panelId);
    await scoreLate(rows.flatMap(({ propositionId }) => propositionId ?? []));
    return { costMicroUsd: row.costMicroUsd };
  };
  return { openPanel, describePanelSubject, recordPanel };
};

const panelRow = (input: PanelInput, result: PanelResult, rows: readonly NewPrediction[]): NewPanel => {
  const count = (status: NewPrediction['status']) => rows.filter((row) => row.status === status).length;
  return {
    id: result.panelId,
    world: input.world,
    asOf: input.asOf,
    status: result.status,
    model: result.model,
    provider: result.provider,
    portfolio: result.portfolio,
    asked: rows.length,
    answered: count('answered'),
    abstained: count('abstained'),
    failed: count('failed'),
    notes: result.notes,
    costMicroUsd: result.costMicroUsd,
    wallMs: result.wallMs,
    synthetic: result.synthetic,
  };
};
