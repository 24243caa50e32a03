// Puts a decision's question to the arms of running experiments, both at once and under the experiment's own cap.
// Runs beside the decision it belongs to, whose result never waits for it.
import { ParentClosePolicy, setCurrentDetails, startChild, workflowInfo } from '@temporalio/workflow';
import { store } from './activity-stubs';
import { callWithFailover, inOrder } from './call-with-failover';
import type { ArmAnswer, ArmsInput, PlannedArm, PlannedExperiment } from './contracts/experiment';
import { PRIORITY } from './contracts/task-queues';
import { armsId } from './contracts/workflow-ids';
import { detailsTable, shownProbability } from './details-table';

/** No one stands in for an arm: another model's answer would be another experiment. */
const askArm = async (about: ArmsInput, experimentId: string, planned: PlannedArm): Promise<ArmAnswer> => {
  const { arm, candidate, wordingId, known } = planned;
  if (known !== null)
    return { arm, model: candidate.model, probability: known, failure: null, costMicroUsd: 0 };
  const { workflowId, firstExecutionRunId } = workflowInfo();
  const outcome = await callWithFailover(
    {
      keyPrefix: `${workflowId}/${firstExecutionRunId}/${experimentId}/${arm}`,
      summary: `experiment ${experimentId} ${arm} · ${about.input.subject}`,
      task: {
        type: 'forecast',
        propositionId: about.propositionId,
        briefId: about.briefId,
        seriesId: about.seriesId,
        recorded: about.input.recorded,
        ...(about.quoted ? { quoted: about.quoted } : {}),
        ...(wordingId === null ? {} : { wordingId }),
      },
      world: about.input.world,
      asOf: about.input.asOf,
      feature: 'experiment',
      category: about.category,
      scopes: { decisionId: experimentId },
      deadlineMs: about.callDeadlineMs,
      maxCostMicroUsd: null,
      recordedLatencyScale: about.input.recordedLatencyScale,
      priority: PRIORITY.background,
    },
    inOrder([candidate]),
  );
  const probability = outcome.result?.probability ?? null;
  return {
    arm,
    model: candidate.model,
    probability,
    failure: probability === null ? (outcome.failure ?? 'malformed') : null,
    costMicroUsd: outcome.costMicroUsd ?? 0,
  };
};

const askBoth = async (about: ArmsInput, { experimentId, arms }: PlannedExperiment) => ({
  experimentId,
  answers: await Promise.all(arms.map((arm) => askArm(about, experimentId, arm))),
});

/** The number of experiments whose both arms answered. */
export async function experimentArms(about: ArmsInput): Promise<number> {
  const pairs = await Promise.all(about.experiments.map((experiment) => askBoth(about, experiment)));
  setCurrentDetails(
    detailsTable(
      ['experiment', 'arm', 'model', 'p', 'failure'],
      pairs.flatMap(({ experimentId, answers }) =>
        answers.map(({ arm, model, probability, failure }) => [
          experimentId,
          arm,
          model,
          shownProbability(probability),
          failure,
        ]),
      ),
    ),
  );
  await store.recordExperimentPairs({ about, pairs });
  return pairs.filter(({ answers }) => answers.every(({ failure }) => failure === null)).length;
}

/** Starts the arms of a recorded decision, where there are any; they outlive their parent. */
export const startExperimentArms = async (about: ArmsInput | null | undefined): Promise<void> => {
  if (!about || about.experiments.length === 0) return;
  await startChild(experimentArms, {
    workflowId: armsId(about.decisionId),
    args: [about],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    staticSummary: `experiment arms · ${about.input.subject}`,
    staticDetails: `${about.experiments.length} experiments beside ${about.decisionId}`,
  });
};
