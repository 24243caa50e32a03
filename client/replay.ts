// Replays a stored decision under another strategy or other weights, from its stored answers: nothing is asked,
// nothing is paid, nothing is written.
import type { DecisionRecord, MemberRecord } from '../db/decision-record';
import { runAllStrategies } from '../domain/ensemble/all-strategies';
import type { Calibrator } from '../domain/ensemble/calibrator';
import type { MemberAnswer } from '../domain/ensemble/quorum';
import type {
  StrategyInput,
  StrategyName,
  StrategyResult,
  StrategyThresholds,
} from '../domain/ensemble/strategy';
import { equalWeights, type Weights } from '../domain/ensemble/weights';
import type { FailureKind } from '../domain/outage/failure';
import type { ConclaveClient } from './connect';
import { BadInput } from './inputs';

/** What the row keeps of its plan. */
interface KeptPlan {
  readonly members: readonly string[];
  readonly weights: Weights;
  readonly calibrators: Readonly<Record<string, Calibrator>>;
  readonly thresholds: Partial<StrategyThresholds>;
  readonly quorumNeeded: number;
  readonly budgetLeftMicroUsd: number | null;
}

export interface ReplayRequest {
  readonly decisionId: string;
  /** Null: the one that decided. */
  readonly strategy: StrategyName | null;
  /** `stored`, `equal`, `now` (the category's weights at work by now; equal while none are), or weights by model. */
  readonly weights: 'stored' | 'equal' | 'now' | Weights;
}

export interface ReplayedStrategy {
  readonly strategy: string;
  readonly status: string;
  readonly probability: number | null;
  readonly selectedModel: string | null;
  readonly weights: Weights;
  readonly reasoning: readonly string[];
}

export interface ReplayDocument {
  readonly decisionId: string;
  readonly subject: string;
  readonly category: string;
  readonly original: {
    readonly strategy: string;
    readonly status: string;
    readonly probability: number | null;
    readonly weightsVersion: string | null;
  };
  readonly replay: ReplayedStrategy;
  /** All five on the same answers under the same weights. */
  readonly strategies: readonly ReplayedStrategy[];
  readonly weightsUsed: Weights;
  readonly members: readonly {
    readonly model: string;
    readonly probability: number | null;
    readonly failure: string | null;
  }[];
  /** Null until the proposition has resolved. */
  readonly outcome: 'yes' | 'no' | null;
  /** A replay asks no one. */
  readonly costUsd: '0';
}

const toAnswer = (member: MemberRecord): MemberAnswer =>
  member.probability === null
    ? { model: member.model, status: 'failed', failure: (member.failure ?? 'malformed') as FailureKind }
    : { model: member.model, status: 'answered', probability: member.probability };

const keptPlan = (decision: DecisionRecord): KeptPlan => {
  const kept = decision.details.replay as KeptPlan | undefined;
  return (
    kept ?? {
      members: decision.members.map(({ model }) => model),
      weights: {},
      calibrators: {},
      thresholds: {},
      quorumNeeded: decision.quorum.needed,
      budgetLeftMicroUsd: null,
    }
  );
};

interface ChosenWeights {
  readonly weights: Weights | null;
  /** Weights given by hand are taken as they are, without floor and cap. */
  readonly byHand: boolean;
}

/** @throws BadInput for a model that did not take part or a weight below 0. */
const givenWeights = (weights: Weights, decision: DecisionRecord): ChosenWeights => {
  const models = decision.members.map(({ model }) => model);
  for (const [model, weight] of Object.entries(weights)) {
    if (!models.includes(model))
      throw new BadInput(`weights name "${model}", which took no part; accepted: ${models.join(', ')}`);
    if (!(weight >= 0 && Number.isFinite(weight)))
      throw new BadInput(`weight of "${model}" is ${weight}; accepted: a number of at least 0`);
  }
  return { weights: Object.fromEntries(models.map((model) => [model, weights[model] ?? 0])), byHand: true };
};

const inputOf = (decision: DecisionRecord, { weights, byHand }: ChosenWeights): StrategyInput => {
  const plan = keptPlan(decision);
  const [quick] = plan.members;
  return {
    answers: decision.members.map(toAnswer),
    weights,
    ...(byHand ? { weightBounds: null } : {}),
    calibrators: plan.calibrators,
    thresholds: plan.thresholds,
    quorum: { needed: decision.quorum.needed },
    cascade: {
      stakeMicroUsd: decision.stakeMicroUsd,
      quickMembers: quick === undefined ? [] : [quick],
      budgetLeftMicroUsd: plan.budgetLeftMicroUsd,
      priceOfYes: decision.price,
    },
  };
};

const toDocument = (result: StrategyResult): ReplayedStrategy => ({
  strategy: result.strategy,
  status: result.status,
  probability: result.probability,
  selectedModel: result.selectedModel,
  weights: result.perMemberWeight,
  reasoning: result.reasoning,
});

/**
 * Replays a decision.
 * @throws BadInput for an unknown decision or weights that do not fit it
 */
export const replayDecision = async (
  { stores }: ConclaveClient,
  request: ReplayRequest,
): Promise<ReplayDocument> => {
  const decision = await stores.decisions.get(request.decisionId);
  if (decision === null)
    throw new BadInput(`decision "${request.decisionId}" is not stored; accepted: the id of a decision`);
  const models = decision.members.map(({ model }) => model);
  const kept = keptPlan(decision).weights;
  const choose = async (): Promise<ChosenWeights> => {
    if (typeof request.weights === 'object') return givenWeights(request.weights, decision);
    if (request.weights === 'equal') return { weights: null, byHand: false };
    if (request.weights === 'stored')
      return { weights: Object.keys(kept).length > 0 ? kept : null, byHand: false };
    const scope = { world: decision.world, marketCategory: decision.category };
    return { weights: (await stores.weights.current(scope))?.body ?? null, byHand: false };
  };
  const chosen = await choose();
  const all = runAllStrategies(inputOf(decision, chosen));
  const outcome = await stores.outcomes.current(decision.propositionId);
  return {
    decisionId: decision.id,
    subject: decision.subject,
    category: decision.category,
    original: {
      strategy: decision.strategy,
      status: decision.status,
      probability: decision.probability,
      weightsVersion: decision.weightsVersion,
    },
    replay: toDocument(all[request.strategy ?? (decision.strategy as StrategyName)]),
    strategies: Object.values(all).map(toDocument),
    weightsUsed: chosen.weights ?? equalWeights(models),
    members: decision.members.map(({ model, probability, failure }) => ({ model, probability, failure })),
    outcome: outcome === null || outcome.yes === null ? null : outcome.yes ? 'yes' : 'no',
    costUsd: '0',
  };
};
