// What a decision's row keeps for learning: shadow predictions, and everything a replay needs at no cost.
import { calibrate } from '../domain/ensemble/calibrator';
import { shadowOfDecision } from '../domain/track/live-record';
import type { DecisionPlan, DecisionRecord, MemberResult } from '../workflows/contracts/decision';

const calibratorOf = (plan: DecisionPlan, model: string) =>
  plan.members.find((member) => member.model === model)?.calibrator ?? null;

/** The member's p through the calibrator at work; null where none is, or it gave no p. */
export const calibratedOf = (plan: DecisionPlan, member: MemberResult): number | null => {
  const calibrator = calibratorOf(plan, member.model);
  return calibrator === null || member.probability === null
    ? null
    : calibrate(calibrator, member.probability, member.model);
};

const byModel = <T>(plan: DecisionPlan, value: (index: number) => T | null): Readonly<Record<string, T>> =>
  Object.fromEntries(
    plan.members.flatMap(({ model }, index) => {
      const found = value(index);
      return found === null ? [] : [[model, found] as const];
    }),
  );

/** Part of the row's details. */
export const earnedDetails = ({ plan, result }: DecisionRecord): Readonly<Record<string, unknown>> => ({
  now: plan.now,
  track:
    plan.earned === undefined
      ? null
      : shadowOfDecision(
          result.members.map((member) => ({
            model: member.model,
            p: member.probability,
            silent: false,
            flagged: false,
          })),
          plan.earned.learnt,
          plan.category,
        ),
  replay: {
    members: plan.members.map(({ model }) => model),
    weights: byModel(plan, (index) => plan.members[index]!.weight),
    calibrators: byModel(plan, (index) => plan.members[index]!.calibrator),
    thresholds: plan.thresholds,
    quorumNeeded: plan.quorumNeeded,
    budgetLeftMicroUsd: plan.budgetLeftMicroUsd,
  },
});
