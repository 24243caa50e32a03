// What a decision knows while it runs: the source of its query, its early answer and its table in the UI.
import type { Stage } from '../domain/ensemble/cascade';
import type {
  DecisionProgress,
  DecisionResult,
  EarlyAnswer,
  MemberResult,
  PlannedMember,
} from './contracts/decision';
import { detailsTable, shownProbability } from './details-table';

export interface DecisionBoard {
  enter(step: DecisionProgress['stage']): void;
  plan(members: readonly PlannedMember[]): void;
  asking(model: string): void;
  landed(planned: string, result: MemberResult): void;
  answerEarly(answer: EarlyAnswer): void;
  finish(result: DecisionResult): void;
  early(): EarlyAnswer | null;
  stage(): Stage;
  members(): readonly MemberResult[];
  progress(): DecisionProgress;
}

type Row = DecisionProgress['members'][number];

const waitingRow = (model: string): Row => ({
  model,
  status: 'waiting',
  probability: null,
  costMicroUsd: null,
  latencyMs: null,
});

/** A model that stood in for one member in one round and for another in the next has one vote. */
const oncePerModel = (results: readonly MemberResult[]): readonly MemberResult[] => {
  const kept = new Map<string, MemberResult>();
  for (const result of results)
    if (kept.get(result.model)?.status !== 'answered') kept.set(result.model, result);
  return [...kept.values()];
};

export const createDecisionBoard = (show: (table: string) => void): DecisionBoard => {
  const rows = new Map<string, Row>();
  const landed = new Map<string, MemberResult>();
  let step: DecisionProgress['stage'] = 'research';
  let stage: Stage = 'quick';
  let early: EarlyAnswer | null = null;

  const draw = (): void => {
    const table = [...rows.values()].map((row) => [
      row.model,
      row.status,
      shownProbability(row.probability),
      row.costMicroUsd === null ? null : (row.costMicroUsd / 1e6).toFixed(6),
      row.latencyMs,
    ]);
    show(`Stage: ${step}\n\n${detailsTable(['member', 'state', 'p', 'USD', 'ms'], table)}`);
  };

  return {
    enter: (next) => {
      step = next;
      if (next === 'quick' || next === 'full' || next === 'enhanced') stage = next;
      draw();
    },
    plan: (members) => {
      // Answers of an earlier round stay visible until they are given anew; their cost is on that round's bill.
      for (const [planned, result] of landed) landed.set(planned, { ...result, costMicroUsd: 0, sends: 0 });
      for (const member of members)
        if (!rows.has(member.model)) rows.set(member.model, waitingRow(member.model));
    },
    asking: (model) => {
      rows.set(model, { ...waitingRow(model), status: 'asking' });
      draw();
    },
    landed: (planned, result) => {
      rows.delete(planned);
      rows.set(result.model, result);
      landed.set(planned, result);
      draw();
    },
    answerEarly: (answer) => {
      early = answer;
    },
    finish: (result) => {
      step = 'done';
      early = {
        stage: result.stage,
        final: true,
        status: result.status,
        probability: result.probability,
        answered: result.quorum.answered,
        asked: result.quorum.asked,
      };
      draw();
    },
    early: () => early,
    stage: () => stage,
    members: () => oncePerModel([...landed.values()]),
    progress: () => ({ stage: step, members: [...rows.values()] }),
  };
};
