// The row that a finished decision becomes: its result, who took part, and what one needs to know why.
import type { NewDecision } from '../db/decision-record';
import type { DecisionRecord, MemberResult } from '../workflows/contracts/decision';
import { calibratedOf, earnedDetails } from './earned-shadow';

/** The row of a decision as its workflow came to it. */
export const decisionRow = (record: DecisionRecord): NewDecision => {
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
      sizingWeightVersion: plan.sizing?.modelWeightVersion ?? null,
      settings: plan.settings ?? null,
      choice: plan.choice ?? null,
      research: result.research,
      ...(record.review ? { review: record.review, reviewBasis: plan.sizing } : {}),
      reused: plan.reusedAnswers ?? [],
      ...(result.budgetReached ? { budgetReached: true } : {}),
      ...earnedDetails(record),
    },
    costMicroUsd: result.costMicroUsd,
    synthetic: plan.synthetic,
  };
};

/** Calls that failed, and both calls of a hedge. */
const notableHops = (member: MemberResult) =>
  member.hops.flatMap(({ model, failure, problem, hedge, outrun }) =>
    failure || hedge || outrun
      ? [
          {
            ...{ model, failure },
            ...(problem === undefined ? {} : { problem }),
            ...(hedge ? { hedge } : {}),
            ...(outrun ? { outrun } : {}),
          },
        ]
      : [],
  );
