// Records a decision with its forecasts once all is known, and what else follows from it: savings, experiments, the
// end of its cap.
import type { NewDecision, NewForecast, DecisionRecord as StoredDecision } from '../db/decision-record';
import type { AtRecording } from '../db/open-positions';
import { createRunCap } from '../db/run-cap';
import { tradeAtRecording } from '../domain/ensemble/at-recording';
import { eventClusterOf } from '../domain/market/event-cluster';
import { isProblem, parseForecast } from '../domain/research/answer-forms';
import { type IsoInstant, LIVE_WORLD } from '../domain/world';
import type { DecisionRecord, MemberResult } from '../workflows/contracts/decision';
import type { RecordedDecision } from '../workflows/contracts/experiment';
import { decisionRow } from './decision-row';
import { createDecisionSavings } from './decision-savings';
import type { Dependencies } from './dependencies';
import { calibratedOf } from './earned-shadow';
import { createExperimentActivities } from './experiments';
import { createScoring } from './scoring';
import { haltedWhy } from './trade-halt';
import { votesCast } from './votes-cast';

export const createRecordDecision = (dependencies: Dependencies) => {
  const { stores } = dependencies;
  const runCap = createRunCap(stores.caps);
  const savings = createDecisionSavings(dependencies);
  const experiments = createExperimentActivities(dependencies);
  const { scoreLate } = createScoring(stores);

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

  /**
   * What it came to: the members' calls, and where they were cut off also those that have no result, by the ledger.
   */
  const withBill = async (record: DecisionRecord): Promise<DecisionRecord> => {
    if (!record.cutOff) return record;
    const { result } = record;
    const spent = await stores.spend.total({ decisionId: record.plan.decisionId, includeUnbilled: true });
    return {
      ...record,
      result: {
        ...result,
        costMicroUsd: Math.max(result.costMicroUsd, spent.settledMicroUsd + spent.heldMicroUsd),
        providerCalls: Math.max(result.providerCalls, spent.calls),
      },
    };
  };

  /** One transaction, once by decision id; a trade is held against deadline, price, events, a halt and caps once more. */
  const recordDecision = async (asked: DecisionRecord): Promise<RecordedDecision> => {
    const record = await withBill(asked);
    const forecasts = await Promise.all(
      votesCast(record).map(({ member, attemptGroup }) => toForecast(record, member, attemptGroup)),
    );
    const { row } = await stores.decisions.recordDecision(
      decisionRow(record),
      forecasts,
      atRecording(record),
    );
    await savings.recordSavings(record);
    if (record.input.maxCostMicroUsd !== null) await runCap.close(record.plan.decisionId);
    const arms = await experiments.enterExperiments(asStored(record, row));
    await scoreLate([record.plan.propositionId]);
    const { status, probability, action, sizeMicroUsd, why } = row;
    const bill = record.cutOff
      ? { costMicroUsd: row.costMicroUsd, providerCalls: record.result.providerCalls }
      : {};
    return {
      arms,
      trade: { status, probability, action, sizeMicroUsd, why, ...bill },
    };
  };
  return { recordDecision };
};

/** Made when it is recorded, not when it was begun: a machine that was off may have let the truth come out between. */
const madeAt = (record: DecisionRecord, now: IsoInstant): DecisionRecord => ({
  ...record,
  plan: { ...record.plan, now: record.input.asOf ?? now },
});

/** For what follows from it: as it stands in its row. */
const asStored = (record: DecisionRecord, { status, createdAt }: StoredDecision): DecisionRecord =>
  madeAt({ ...record, result: { ...record.result, status } }, createdAt);

/** What a share costs is read at the next open; a live contract's price may be its brief's, as its venue was silent. */
const pricedAt = ({ input, plan }: DecisionRecord): IsoInstant | null => {
  if (input.asOf !== null) return null;
  const ofContract = input.world === LIVE_WORLD && plan.sizing?.terms.kind === 'prediction_market';
  return (ofContract && plan.priceAt) || plan.now;
};

const atRecording = (record: DecisionRecord): AtRecording<NewDecision> => {
  const { input, plan, result } = record;
  return {
    cluster: eventClusterOf(input.subject),
    asOf: input.asOf,
    trades: result.sizeMicroUsd > 0,
    // What happens while a past day is replayed says nothing of that day.
    epoch: input.asOf === null ? (result.research?.epoch ?? null) : null,
    settle: ({ now, open, event, mode }) => {
      const caps = plan.sizing && {
        ...plan.sizing.caps,
        heldPositionMicroUsd: open.positionMicroUsd,
        heldClusterMicroUsd: open.clusterMicroUsd,
      };
      const deadlineAt = input.asOf === null ? input.deadlineAt : null;
      const trade = tradeAtRecording(result, {
        now,
        pricedAt: pricedAt(record),
        deadlineAt,
        caps,
        event,
        halted: haltedWhy(mode),
      });
      return decisionRow(madeAt({ ...record, result: { ...result, ...trade } }, now));
    },
  };
};
