// Finds out everything that a decision rests on before its members are asked, so that its workflow only waits.
import { createRunCap } from '../db/run-cap';
import { defaultQuorum } from '../domain/ensemble/quorum';
import { LIVE_THRESHOLDS } from '../domain/ensemble/strategy';
import { eventClusterOf } from '../domain/market/event-cluster';
import { lowQualityText } from '../domain/research/quality';
import type { DecisionSettings } from '../domain/settings/decision-settings';
import type { IsoInstant } from '../domain/world';
import type { DecisionInput, DecisionPlan, SizingBasis } from '../workflows/contracts/decision';
import type { EarnedPlan } from '../workflows/contracts/outcomes';
import type { BriefRef } from '../workflows/contracts/research';
import { createBudgetLeft } from './budget-left';
import { withDeadlines } from './candidate';
import { createDecisionSubjects, type DecisionSubject } from './decision-proposition';
import { type ChosenStrategy, chooseStrategy } from './decision-strategy';
import type { Dependencies } from './dependencies';
import { createEarnedPlan, type EarnedChoice, NO_CHOICE } from './earned-plan';
import { createHedgePlan } from './hedge-plan';
import { createMemberSelection } from './member-selection';
import {
  announcement,
  createForecastReuse,
  type ModeInForce,
  sizingInMode,
  thresholdsInMode,
} from './mode-effects';
import { createModeWatch } from './modes';
import { createSettingsInForce } from './settings-in-force';
import { createSimilarAnswers } from './similar-answers';
import { cascadeTrade, sizingBasis } from './sizing-basis';

/** Statistics answer in milliseconds: a longer wait means that something is broken. */
const HOUSE_DEADLINE_MS = 15_000;

interface DecisionRequest {
  readonly decisionId: string;
  readonly input: DecisionInput;
  readonly research: { readonly brief: BriefRef | null; readonly failure: string | null };
}

/** What is known before members are chosen. */
interface Circumstances extends DecisionRequest {
  readonly now: IsoInstant;
  readonly about: DecisionSubject;
  readonly inForce: ModeInForce;
  readonly settings: DecisionSettings;
  readonly strategy: ChosenStrategy;
  readonly budgetLeftMicroUsd: number | null;
}

/** Why no model is asked at all, in words for people; null: they are. */
const whyUnasked = ({ about, inForce: { mode, reason } }: Circumstances): string | null =>
  about.missing ?? (mode === 'halted' ? `calls are halted: ${reason}` : null);

export const createPrepareDecision = (dependencies: Dependencies) => {
  const { stores, options } = dependencies;
  const timed = withDeadlines(options);
  const subjects = createDecisionSubjects(dependencies);
  const members = createMemberSelection(dependencies);
  const settingsInForce = createSettingsInForce(stores);
  const earned = createEarnedPlan(dependencies);
  const modes = createModeWatch(dependencies);
  const reuse = createForecastReuse(dependencies);
  const budgetLeft = createBudgetLeft(dependencies);
  const runCap = createRunCap(stores.caps);
  const similar = createSimilarAnswers(dependencies);
  const hedges = createHedgePlan(dependencies);

  const circumstancesOf = async (request: DecisionRequest): Promise<Circumstances> => {
    const { input, research, decisionId } = request;
    await stores.worlds.enter({ id: input.world, asOf: input.asOf });
    const now = input.asOf ?? (await stores.worlds.now(input.world));
    const about = await subjects.describe(input, research.brief, research.failure, now);
    await stores.propositions.put(about.proposition);
    const inForce = await modes.current();
    const settings = await settingsInForce.forDecision(about.proposition.category);
    // It may refuse the request: nothing is opened before it.
    const strategy = chooseStrategy(input, settings);
    await runCap.open(decisionId, input.maxCostMicroUsd);
    const budgetLeftMicroUsd = await budgetLeft({ decisionId, sessionId: input.sessionId });
    return { ...request, now, about, inForce, settings, strategy, budgetLeftMicroUsd };
  };

  const choose = async (known: Circumstances): Promise<EarnedChoice> => {
    const { decisionId, input, about, settings, budgetLeftMicroUsd, now } = known;
    if (whyUnasked(known)) return NO_CHOICE;
    const { proposition } = about;
    const { world } = input;
    return earned.apply(
      await members.select({ decisionId, input, proposition, settings, budgetLeftMicroUsd, now }),
      { decisionId, world, category: proposition.category, now },
    );
  };

  const sizingOf = async (known: Circumstances, chosen: EarnedChoice): Promise<SizingBasis | null> => {
    const { decisionId, input, about, inForce, settings, now } = known;
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
    const { directionEValue, directionOutcomes, sizingWeight } = chosen;
    const earlier = { directionEValue, directionOutcomes, open, membersVariance, sizingWeight };
    const facts = { membersPlanned: chosen.members.length, ...earlier };
    return sizingInMode(sizingBasis(about.terms, settings, facts), inForce.mode, input.stakeMicroUsd);
  };

  const inTime = (chosen: EarnedChoice): EarnedChoice => {
    const { members, substitutes, earned: plan } = chosen;
    return {
      ...chosen,
      members: timed(members),
      substitutes: timed(substitutes),
      ...(plan ? { earned: { ...plan, probation: timed(plan.probation) } } : {}),
    };
  };

  /** How long its calls may take, and when a second one goes out beside a slow one. */
  const callTerms = async ({ input, settings }: Circumstances, chosen: EarnedChoice) => {
    const slow = chosen.members.some((member) => !member.statistical);
    const callDeadlineMs = slow ? options.callDeadlineMs : HOUSE_DEADLINE_MS;
    const hedge = await hedges.planFor({
      ...{ input, terms: settings.hedge, callDeadlineMs },
      ...{ members: chosen.members, substitutes: chosen.substitutes },
    });
    return { callDeadlineMs, ...(hedge ? { hedge } : {}) };
  };

  /** Earlier answers that may stand for calls; each list is left out where it has none. */
  const earlierAnswers = async (known: Circumstances, chosen: EarnedChoice) => {
    const { input, research, about, inForce, settings, now } = known;
    const storedAnswers =
      inForce.mode === 'cached'
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
      ...(storedAnswers.length > 0 ? { storedAnswers } : {}),
      ...(reusedAnswers.length > 0 ? { reusedAnswers } : {}),
    };
  };

  const prepareDecision = async (request: DecisionRequest): Promise<DecisionPlan> => {
    const known = await circumstancesOf(request);
    const { decisionId, input, research, now, about, inForce, settings, budgetLeftMicroUsd } = known;
    const { mode } = inForce;
    const { strategy, remark } = known.strategy;
    const unasked = whyUnasked(known);
    const chosen = inTime(await choose(known));
    const sizing = await sizingOf(known, chosen);
    const terms = await callTerms(known, chosen);
    const earlier = await earlierAnswers(known, chosen);
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
      ...terms,
      ...(options.waits ? { waits: options.waits } : {}),
      weightsVersion: chosen.weightsVersion,
      thresholds: { ...LIVE_THRESHOLDS, ...thresholdsInMode(settings.thresholds, mode) },
      budgetLeftMicroUsd,
      sizing,
      ...cascadeTrade(sizing),
      candidates: chosen.notes,
      degradations: [
        about.missing,
        about.stale,
        announcement(inForce),
        research.brief?.degraded,
        research.brief && lowQualityText(research.brief.quality),
        remark,
        ...chosen.remarks,
      ].flatMap((each) => each ?? []),
      ...(unasked === null ? {} : { unasked }),
      synthetic: research.brief?.synthetic ?? false,
      settings,
      ...(chosen.choice ? { choice: chosen.choice } : {}),
      ...(chosen.earned ? { earned: withinCeiling(chosen.earned, input) } : {}),
      ...earlier,
    };
  };
  return { prepareDecision };
};

/** Who names a ceiling pays for no answers beside the decision's own. */
const withinCeiling = (earned: EarnedPlan, { maxCostMicroUsd }: DecisionInput): EarnedPlan =>
  maxCostMicroUsd === null ? earned : { ...earned, probation: [] };
