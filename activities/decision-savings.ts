// What a decision did not have to pay: research for each of its models, members that a cascade never asked, and
// answers taken over from an earlier question. Written beside the decision, from rows that exist by then.
import type { NewSaving } from '../db/savings-store';
import { profilesFrom } from '../domain/money/bill-lessons';
import { expectedCost } from '../domain/money/estimate';
import { cascadeSaving } from '../domain/money/savings';
import { OWN_PROVIDERS } from '../domain/selection/own-providers';
import { TASK_TYPES } from '../domain/selection/tasks';
import type { DecisionRecord } from '../workflows/contracts/decision';
import type { Dependencies } from './dependencies';

/** Bills that a member's usual cost is learnt from. */
const BILLS_KEPT = 200;
const TASK = 'forecast';

const seedTokens = (task: string) => TASK_TYPES.find(({ type }) => type === task) ?? null;

interface NotAsked {
  readonly model: string;
  readonly expectedMicroUsd: number;
}

/** An answer taken over saves what it cost when it was given. */
const ofReuse = ({ input, plan, result }: DecisionRecord): readonly NewSaving[] =>
  (plan.reusedAnswers ?? [])
    .filter((reused) => result.members.some(({ answerKey }) => answerKey === reused.answerKey))
    .map((reused) => ({
      ...{ cause: 'similar_question', ref: `${plan.decisionId}/${reused.model}`, world: input.world },
      ...{ model: reused.model, sessionId: input.sessionId, decisionId: plan.decisionId, costMicroUsd: 0 },
      wouldHaveCostMicroUsd: reused.costThenMicroUsd,
      basis: { answerKey: reused.answerKey, from: reused.from, similarity: reused.similarity },
    }));

/** Models that answered from the brief and would each have paid for one: no statistic, no answer taken over. */
const briefReaders = ({ plan, result }: DecisionRecord): readonly string[] => {
  const reused = new Set(plan.reusedAnswers?.map(({ answerKey }) => answerKey));
  return result.members
    .filter(({ status, provider }) => status === 'answered' && !OWN_PROVIDERS.has(provider))
    .filter(({ answerKey }) => answerKey !== null && !reused.has(answerKey))
    .map(({ model }) => model);
};

export const createDecisionSavings = ({ stores }: Pick<Dependencies, 'stores'>) => {
  /** What one forecast usually costs on a model that was billed for one before; null: nothing is known. */
  const usualCost = async (model: string): Promise<NotAsked | null> => {
    const [entry, bills] = await Promise.all([
      stores.registry.get(model),
      stores.bills.ofModel(model, BILLS_KEPT),
    ]);
    const profile = profilesFrom(bills, seedTokens)(TASK, model);
    return entry?.price && profile ? { model, expectedMicroUsd: expectedCost(profile, entry.price) } : null;
  };

  /** Members planned for the full stage that the quick one made unnecessary; none where no bill is known. */
  const ofCascade = async ({ input, plan, result }: DecisionRecord): Promise<readonly NewSaving[]> => {
    if (plan.strategy !== 'cascade' || result.stage !== 'quick' || result.status !== 'decided') return [];
    const asked = new Set(result.members.flatMap((member) => [member.model, member.standsInFor ?? '']));
    const others = plan.members.filter(({ model, statistical }) => !statistical && !asked.has(model));
    const known = (await Promise.all(others.map(({ model }) => usualCost(model)))).flatMap(
      (each) => each ?? [],
    );
    const planned = known.reduce((sum, { expectedMicroUsd }) => sum + expectedMicroUsd, result.costMicroUsd);
    if (cascadeSaving(planned, result.costMicroUsd).savedMicroUsd === 0) return [];
    return [
      {
        ...{ cause: 'cascade', ref: plan.decisionId, world: input.world, sessionId: input.sessionId },
        ...{ model: plan.members[0]?.model ?? '-', decisionId: plan.decisionId },
        wouldHaveCostMicroUsd: planned,
        costMicroUsd: result.costMicroUsd,
        basis: { notAsked: known },
      },
    ];
  };

  /** Once per decision, whose own read of the brief counts for its first model. */
  const recordSavings = async (record: DecisionRecord): Promise<void> => {
    const { research, decisionId } = record.result;
    if (research)
      await stores.briefMetrics.recordMembers({
        ...{ reader: decisionId, briefId: research.briefId },
        members: briefReaders(record).slice(1),
      });
    await stores.savings.record([...(await ofCascade(record)), ...ofReuse(record)]);
  };
  return { recordSavings };
};
