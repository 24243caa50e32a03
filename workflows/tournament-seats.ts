// Asks every seat of a tournament at once, each along its own model first and then along a substitute.
import { workflowInfo } from '@temporalio/workflow';
import { isStatementTask } from '../domain/ensemble/tournament';
import { type CallRequest, callWithFailover } from './call-with-failover';
import type { CallTask, Candidate } from './contracts/calls';
import type { TournamentCall, TournamentInput, TournamentPlan } from './contracts/tournament';
import { takeSubstitute } from './substitutes';
import type { TournamentBoard } from './tournament-board';

interface SeatsInput {
  readonly tournamentId: string;
  readonly input: TournamentInput;
  readonly plan: TournamentPlan;
  readonly board: TournamentBoard;
}

/** The model and one substitute: a third opinion in one seat would be no independent seat any more. */
const MOST_HOPS = 2;

const taskOf = ({ taskType, promptId, options }: TournamentInput): CallTask =>
  isStatementTask(taskType)
    ? { type: 'statement', promptId }
    : { type: 'judgement', taskType, promptId, options };

const requestOf = ({ tournamentId, input, plan }: SeatsInput): CallRequest => ({
  keyPrefix: `${tournamentId}/${workflowInfo().firstExecutionRunId}`,
  summary: `${input.taskType} · tournament`,
  task: taskOf(input),
  world: input.world,
  asOf: null,
  feature: 'tournament',
  category: input.taskType,
  scopes: { decisionId: tournamentId },
  deadlineMs: plan.callDeadlineMs,
  maxCostMicroUsd: null,
  priority: input.priority,
});

/** The same question was answered lately in other words: nobody is asked. */
const takenOver = ({ plan, board }: SeatsInput, { model, provider }: Candidate): TournamentCall | null => {
  const reused = plan.reused?.find((answer) => answer.model === model);
  if (!reused) return null;
  const { answerKey, from } = reused;
  const call: TournamentCall = {
    ...{ seat: model, model, provider, answerKey, reusedFrom: from, failure: null, costMicroUsd: 0 },
    latencyMs: 0,
  };
  board.landed(call);
  return call;
};

const askSeat = async (seats: SeatsInput, seat: Candidate, taken: Set<string>): Promise<TournamentCall> => {
  const reused = takenOver(seats, seat);
  if (reused) return reused;
  const outcome = await callWithFailover(requestOf(seats), (tried) => {
    if (tried.length === 0) return seat;
    return tried.length < MOST_HOPS ? takeSubstitute(seats.plan.substitutes, { seat, tried, taken }) : null;
  });
  const call: TournamentCall = {
    seat: seat.model,
    model: outcome.result?.model ?? seat.model,
    provider: outcome.result?.provider ?? seat.provider,
    answerKey: outcome.result?.key ?? null,
    failure: outcome.failure,
    costMicroUsd: outcome.costMicroUsd,
    latencyMs: outcome.hops.reduce((total, hop) => total + hop.latencyMs, 0),
  };
  seats.board.landed(call);
  return call;
};

const absentCall = ({ model, provider }: TournamentPlan['absent'][number]): TournamentCall => ({
  seat: model,
  model,
  provider,
  answerKey: null,
  failure: 'unavailable',
  costMicroUsd: 0,
  latencyMs: 0,
});

/** One call per seat, also for models that cannot be called here. */
export const askSeats = async (seats: SeatsInput): Promise<readonly TournamentCall[]> => {
  const taken = new Set<string>();
  const absent = seats.plan.absent.map(absentCall);
  for (const call of absent) seats.board.landed(call);
  const asked = await Promise.all(seats.plan.seats.map((seat) => askSeat(seats, seat, taken)));
  return [...asked, ...absent];
};
