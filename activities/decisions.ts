// Decisions as activities: one that finds out everything before the members are asked, one that records.
import type { NewDecision, NewForecast } from '../db/decision-record';
import type { AtRecording } from '../db/open-positions';
import { createRunCap } from '../db/run-cap';
import { tradeAtRecording } from '../domain/ensemble/at-recording';
import { defaultQuorum } from '../domain/ensemble/quorum';
import { eventClusterOf } from '../domain/market/event-cluster';
import { isProblem, parseForecast } from '../domain/research/answer-forms';
import type {
  DecisionInput,
  DecisionPlan,
  DecisionRecord,
  MemberResult,
} from '../workflows/contracts/decision';
import type { RecordedDecision } from '../workflows/contracts/experiment';
import type { EarnedPlan } from '../workflows/contracts/outcomes';
import type { BriefRef } from '../workflows/contracts/research';
import { createBudgetLeft } from './budget-left';
import { createDecisionSubjects } from './decision-proposition';
import { createDecisionSavings } from './decision-savings';
import { chooseStrategy } from './decision-strategy';
import type { Dependencies } from './dependencies';
import { createEarnedPlan, NO_CHOICE } from './earned-plan';
import { calibratedOf, earnedDetails } from './earned-shadow';
import { createExperimentActivities } from './experiments';
import { createHedgePlan } from './hedge-plan';
import { createMemberSelection } from './member-selection';
import { announcement, createForecastReuse, sizingInMode, thresholdsInMode } from './mode-effects';
import { createModeWatch } from './modes';
import { createSettingsInForce } from './settings-in-force';
import { createSimilarAnswers } from './similar-answers';
import { sizingBasis } from './sizing-basis';

/** Statistics answer in milliseconds: a longer wait means that something is broken. */
const HOUSE_DEADLINE_MS = 15_000;

export const createDecisionActivities = (dependencies: Dependencies) => {
  const { stores, options } = dependencies;
  const subjects = createDecisionSubjects(dependencies);
  const members = createMemberSelection(dependencies);
  const settingsInForce = createSettingsInForce(stores);
  const earned = createEarnedPlan(dependencies);
  const modes = createModeWatch(dependencies);
  const experiments = createExperimentActivities(dependencies);
  const reuse = createForecastReuse(dependencies);
  const budgetLeft = createBudgetLeft(dependencies);
  const runCap = createRunCap(stores.caps);
  const savings = createDecisionSavings(dependencies);
  const similar = createSimilarAnswers(dependencies);
  const hedges = createHedgePlan(dependencies);

  const prepareDecision = async (request: {
    readonly decisionId: string;
    readonly input: DecisionInput;
    readonly research: { readonly brief: BriefRef | null; readonly failure: string | null };
  }): Promise<DecisionPlan> => {
    const { input, research, decisionId } = request;
    await stores.worlds.enter({ id: input.world, asOf: input.asOf });
    const now = input.asOf ?? (await stores.worlds.now(input.world));
    const about = await subjects.describe(input, research.brief, research.failure, now);
    await stores.propositions.put(about.proposition);
    const inForce = await modes.current();
    const { mode } = inForce;
    const settings = await settingsInForce.forDecision(about.proposition.category);
    const { strategy, remark } = chooseStrategy(input.strategy, settings);
    await runCap.open(decisionId, input.maxCostMicroUsd);
    const budgetLeftMicroUsd = await budgetLeft({ decisionId, sessionId: input.sessionId });
    const chosen =
      about.missing || mode === 'halted'
        ? NO_CHOICE
        : await earned.apply(
            await members.select({
              decisionId,
              input,
              proposition: about.proposition,
              settings,
              budgetLeftMicroUsd,
              now,
            }),
            {
              decisionId,
              world: input.world,
              category: about.proposition.category,
              now,
            },
          );
    const [open, membersVariance] = await Promise.all([
      stores.decisions.openPositions({
        world: input.world,
        subject: input.subject,
        cluster: eventClusterOf(input.subject),
        exceptDecisionId: decisionId,
        through: now,
      }),
      stores.decisions.membersVariance(input.world, about.proposition.category, now),
    ]);
    const slow = chosen.members.some((member) => !member.statistical);
    const callDeadlineMs = slow ? options.callDeadlineMs : HOUSE_DEADLINE_MS;
    const hedge = await hedges.planFor({
      ...{ input, terms: settings.hedge, callDeadlineMs },
      ...{ members: chosen.members, substitutes: chosen.substitutes },
    });
    const storedAnswers =
      mode === 'cached'
        ? await reuse.forMembers(chosen.members, {
            world: input.world,
            propositionId: about.proposition.id,
            briefId: research.brief?.briefId ?? null,
            price: about.proposition.priceOfYes,
            now,
          })
        : [];
    const reusedAnswers = settings.reuseSimilar
      ? await similar.forDecision({
          input,
          proposition: about.proposition,
          members: chosen.members,
          now,
        })
      : [];
    return {
      decisionId,
      propositionId: about.proposition.id,
      statement: about.proposition.statement,
      category: about.proposition.category,
      resolvesAt: about.proposition.resolvesAt,
      price: about.proposition.priceOfYes,
      priceAt: about.proposition.priceAt,
      seriesId: about.seriesId,
      strategy,
      mode,
      now,
      members: chosen.members,
      substitutes: chosen.substitutes,
      quorumNeeded: defaultQuorum(chosen.members.length),
      callDeadlineMs,
      ...(options.waits ? { waits: options.waits } : {}),
      weightsVersion: chosen.weightsVersion,
      thresholds: thresholdsInMode(settings.thresholds, mode),
      budgetLeftMicroUsd,
      sizing: sizingInMode(
        sizingBasis(about.terms, settings, {
          directionEValue: chosen.directionEValue,
          directionOutcomes: chosen.directionOutcomes,
          open,
          membersVariance,
        }),
        mode,
        input.stakeMicroUsd,
      ),
      candidates: chosen.notes,
      degradations: [
        about.missing,
        about.stale,
        announcement(inForce),
        research.brief?.degraded,
        remark,
        ...chosen.remarks,
      ].flatMap((each) => each ?? []),
      synthetic: research.brief?.synthetic ?? false,
      settings,
      ...(chosen.choice ? { choice: chosen.choice } : {}),
      ...(chosen.earned ? { earned: withinCeiling(chosen.earned, input) } : {}),
      ...(storedAnswers.length > 0 ? { storedAnswers } : {}),
      ...(reusedAnswers.length > 0 ? { reusedAnswers } : {}),
      ...(hedge ? { hedge } : {}),
    };
  };

  /** Reasons come from the stored answers: they never travel through histories. */
  const reasonsOf = async (member: MemberResult): Promise<readonly string[]> => {
    const stored = member.answerKey ? await stores.answers.get(member.answerKey) : null;
    const forecast = stored ? parseForecast(stored.answer) : null;
    return forecast && !isProblem(forecast) ? forecast.reasons : [];
  };

  const toForecast = async (
    record: DecisionRecord,
    member: MemberResult,
    attemptGroup: string,
  ): Promise<NewForecast> => ({
    world: record.input.world,
    decisionId: record.plan.decisionId,
    attemptGroup,
    model: member.model,
    provider: member.provider,
    modelVersion: member.modelVersion ?? 'unknown',
    propositionId: record.plan.propositionId,
    briefId: record.result.research?.briefId ?? null,
    answerKey: member.answerKey,
    status: member.status,
    failure: member.failure,
    probability: member.probability,
    calibratedProbability: calibratedOf(record.plan, member),
    weight: member.weight,
    reasons: await reasonsOf(member),
    costMicroUsd: member.costMicroUsd,
    latencyMs: member.latencyMs,
    shadow: false,
    synthetic: record.plan.synthetic,
  });

  /** One transaction, once by decision id; a trade is held against the deadline and the caps once more. */
  const recordDecision = async (record: DecisionRecord): Promise<RecordedDecision> => {
    const second = new Set(record.secondVote.map((vote) => vote.answerKey));
    const forecasts = await Promise.all(
      [
        ...record.result.members,
        ...record.secondVote.filter((vote) => !record.result.members.includes(vote)),
      ].map((member) =>
        toForecast(
          record,
          member,
          member.answerKey !== null && second.has(member.answerKey) ? 'second' : 'first',
        ),
      ),
    );
    const { row } = await stores.decisions.recordDecision(
      toRow(record),
      dedupe(forecasts),
      atRecording(record),
    );
    await savings.recordSavings(record);
    if (record.input.maxCostMicroUsd !== null) await runCap.close(record.plan.decisionId);
    const { status, probability, action, sizeMicroUsd, why } = row;
    return {
      arms: await experiments.enterExperiments(record),
      trade: { status, probability, action, sizeMicroUsd, why },
    };
  };
  return { prepareDecision, recordDecision };
};

const dedupe = (forecasts: readonly NewForecast[]): readonly NewForecast[] => [
  ...new Map(forecasts.map((forecast) => [`${forecast.attemptGroup}/${forecast.model}`, forecast])).values(),
];

/** Who names a ceiling pays for no answers beside the decision's own. */
const withinCeiling = (earned: EarnedPlan, { maxCostMicroUsd }: DecisionInput): EarnedPlan =>
  maxCostMicroUsd === null ? earned : { ...earned, probation: [] };

const atRecording = (record: DecisionRecord): AtRecording => {
  const { input, plan, result } = record;
  return {
    cluster: eventClusterOf(input.subject),
    asOf: input.asOf,
    settle: (now, open) => {
      if (!plan.sizing) return toRow(record);
      const caps = {
        ...plan.sizing.caps,
        heldPositionMicroUsd: open.positionMicroUsd,
        heldClusterMicroUsd: open.clusterMicroUsd,
      };
      const deadlineAt = input.asOf === null ? input.deadlineAt : null;
      const trade = tradeAtRecording(result, { now, deadlineAt, caps });
      return toRow({ ...record, result: { ...result, ...trade } });
    },
  };
};

const toRow = (record: DecisionRecord): NewDecision => {
  const { input, plan, result, shadow, sizing, selectedModel } = record;
  return {
    id: plan.decisionId,
    world: input.world,
    sessionId: input.sessionId,
    subject: input.subject,
    category: plan.category,
    propositionId: plan.propositionId,
    briefId: result.research?.briefId ?? null,
    status: result.status,
    strategy: result.strategy,
    stage: result.stage,
    stakeMicroUsd: input.stakeMicroUsd,
    probability: result.probability,
    action: result.action,
    sizeMicroUsd: result.sizeMicroUsd,
    why: result.why,
    disagreement: result.disagreement,
    quorum: result.quorum,
    members: result.members.map((member) => ({
      ...member,
      calibratedProbability: calibratedOf(plan, member),
      hops: notableHops(member),
    })),
    selectedModel,
    mode: result.mode,
    degradations: result.degradations,
    price: plan.price,
    priceAt: plan.priceAt,
    weightsVersion: plan.weightsVersion,
    calibrationVersions: Object.fromEntries(
      plan.members.flatMap((member) =>
        member.calibratorVersion ? [[member.model, member.calibratorVersion]] : [],
      ),
    ),
    candidates: plan.candidates,
    shadow,
    details: {
      statement: plan.statement,
      resolvesAt: plan.resolvesAt,
      sizing,
      settings: plan.settings ?? null,
      choice: plan.choice ?? null,
      research: result.research,
      ...(record.review ? { review: record.review } : {}),
      reused: plan.reusedAnswers ?? [],
      ...earnedDetails(record),
    },
    costMicroUsd: result.costMicroUsd,
    synthetic: plan.synthetic,
  };
};

/** Calls that failed, and both calls of a hedge. */
const notableHops = (member: MemberResult) =>
  member.hops.flatMap(({ model, failure, hedge, outrun }) =>
    failure || hedge || outrun
      ? [{ model, failure, ...(hedge ? { hedge } : {}), ...(outrun ? { outrun } : {}) }]
      : [],
  );
