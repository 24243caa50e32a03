// What a tournament shows while it runs: a table in Temporal's UI and the answer of the query `progress`.
import { setCurrentDetails } from '@temporalio/workflow';
import type { TournamentCall, TournamentPlan, TournamentProgress } from './contracts/tournament';
import { detailsTable } from './details-table';

export interface TournamentBoard {
  readonly seat: (plan: TournamentPlan) => void;
  readonly landed: (call: TournamentCall) => void;
  readonly enter: (step: TournamentProgress['step']) => void;
  readonly progress: () => TournamentProgress;
}

export const createTournamentBoard = (): TournamentBoard => {
  let step: TournamentProgress['step'] = 'planning';
  let models: readonly string[] = [];
  const calls = new Map<string, TournamentCall>();

  const statusOf = (model: string): 'waiting' | 'answered' | 'failed' => {
    const call = calls.get(model);
    if (!call) return 'waiting';
    return call.answerKey === null ? 'failed' : 'answered';
  };
  const draw = (): void =>
    setCurrentDetails(
      `${step}\n\n${detailsTable(
        ['model', 'status', 'answered by', 'failure', 'cost (USD)', 'ms'],
        models.map((model) => {
          const call = calls.get(model);
          const cost = call?.costMicroUsd;
          return [
            model,
            statusOf(model),
            call?.model ?? null,
            call?.failure ?? null,
            cost === undefined || cost === null ? null : (cost / 1e6).toFixed(6),
            call?.latencyMs ?? null,
          ];
        }),
      )}`,
    );
  return {
    seat: (plan) => {
      step = 'asking';
      models = [...plan.seats, ...plan.absent].map(({ model }) => model);
      draw();
    },
    landed: (call) => {
      calls.set(call.seat, call);
      draw();
    },
    enter: (next) => {
      step = next;
      draw();
    },
    progress: () => ({ step, seats: models.map((model) => ({ model, status: statusOf(model) })) }),
  };
};
