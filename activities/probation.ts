// Keeps the answers of screened members: part of the record, never of a decision.
import type { NewForecast } from '../db/decision-record';
import type { MemberResult } from '../workflows/contracts/decision';
import type { ProbationInput } from '../workflows/contracts/outcomes';
import type { Dependencies } from './dependencies';
import { createScoring } from './scoring';

export const createProbation = ({ stores }: Pick<Dependencies, 'stores'>) => {
  const { scoreLate } = createScoring(stores);
  const toForecast = ({ input, plan, brief }: ProbationInput, member: MemberResult): NewForecast => ({
    world: input.world,
    decisionId: plan.decisionId,
    attemptGroup: 'first',
    model: member.model,
    provider: member.provider,
    modelVersion: member.modelVersion ?? 'unknown',
    propositionId: plan.propositionId,
    briefId: brief?.briefId ?? null,
    answerKey: member.answerKey,
    status: member.status,
    failure: member.failure,
    probability: member.probability,
    calibratedProbability: null,
    weight: null,
    reasons: [],
    costMicroUsd: member.costMicroUsd,
    latencyMs: member.latencyMs,
    shadow: true,
    synthetic: plan.synthetic,
  });

  /** Stores each once; the number that were new. */
  const recordProbation = async (
    request: ProbationInput & { readonly members: readonly MemberResult[] },
  ): Promise<number> => {
    const stored = await stores.forecasts.put(request.members.map((member) => toForecast(request, member)));
    await scoreLate([request.plan.propositionId]);
    return stored;
  };
  return { recordProbation };
};
