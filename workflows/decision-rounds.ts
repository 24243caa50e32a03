// Asks until somebody answers: where every member failed for a reason that passes by itself and the decision
// still has value, it waits durably and begins a new round with a fresh brief, price and mode.
import { sleep, workflowInfo } from '@temporalio/workflow';
import { type MemberOutcome, mayWait, waitBeforeRound } from '../domain/outage/waiting';
import type { DecisionInput, DecisionPlan } from './contracts/decision';
import type { BriefRef } from './contracts/research';
import type { DecisionBoard } from './decision-board';
import type { Deadline } from './decision-deadline';
import { type AskedMembers, costOf, runStages, sendsOf } from './decision-stages';

export interface Prepared {
  readonly brief: BriefRef | null;
  readonly plan: DecisionPlan;
}

/** What rounds before the last one cost and sent. */
export interface EarlierRounds {
  readonly rounds: number;
  /** Of those, rounds in which some answered, though too few. */
  readonly partly: number;
  readonly costMicroUsd: number;
  readonly sends: number;
}

export const NO_EARLIER_ROUNDS: EarlierRounds = { rounds: 0, partly: 0, costMicroUsd: 0, sends: 0 };

export interface RoundsInput {
  readonly input: DecisionInput;
  readonly board: DecisionBoard;
  readonly deadline: Deadline;
  /** `<workflow id>/<first run id>`; the round's number follows it in every key. */
  readonly keyPrefix: string;
  readonly prepare: () => Promise<Prepared>;
  /** Called as soon as a round is prepared and as it ends, so that a cut-off leaves what is known. */
  readonly note: (state: { readonly prepared: Prepared; readonly earlier: EarlierRounds }) => void;
}

const outcomesOf = ({ members }: AskedMembers): readonly MemberOutcome[] =>
  members.map(({ status, failure }) => ({ answered: status === 'answered', failure }));

const worthWaiting = (
  { input, deadline }: RoundsInput,
  { plan }: Prepared,
  outcomes: readonly MemberOutcome[],
  partialRounds: number,
): boolean =>
  input.deadlineAt !== null &&
  !deadline.overdue() &&
  mayWait(outcomes, {
    ...{ quorum: plan.quorumNeeded, partialRounds },
    historyEvents: workflowInfo().historyLength,
  });

const plus = (earlier: EarlierRounds, asked: AskedMembers, partly: boolean): EarlierRounds => ({
  rounds: earlier.rounds + 1,
  partly: earlier.partly + Number(partly),
  costMicroUsd: earlier.costMicroUsd + costOf(asked),
  sends: earlier.sends + sendsOf(asked),
});

const rest = async (
  { keyPrefix, deadline, board }: RoundsInput,
  { plan }: Prepared,
  round: number,
): Promise<void> => {
  board.enter('waiting');
  const leftMs = deadline.leftMs();
  const nowMs = Date.now();
  const deadlineMs = leftMs === null ? null : nowMs + leftMs;
  const question = { round, key: keyPrefix, nowMs, deadlineMs };
  await sleep(Math.max(1, waitBeforeRound(question, plan.waits)));
};

/** The members' answers of the last round; no members when the deadline came first. */
export const askInRounds = async (rounds: RoundsInput): Promise<AskedMembers> => {
  const { input, board, deadline, keyPrefix } = rounds;
  let earlier = NO_EARLIER_ROUNDS;
  for (let round = 0; ; round += 1) {
    const prepared = await rounds.prepare();
    rounds.note({ prepared, earlier });
    if (deadline.overdue())
      return { stage: board.stage(), members: board.members(), secondVote: [], critiques: [] };
    const asked = await runStages({
      input,
      ...prepared,
      board,
      keyPrefix: `${keyPrefix}/${round}`,
      taken: new Set(),
      overdue: deadline.overdue,
    });
    const outcomes = outcomesOf(asked);
    if (!worthWaiting(rounds, prepared, outcomes, earlier.partly)) return asked;
    const partly = outcomes.some(({ answered }) => answered);
    // Who begins to answer is coming back: the others are asked again soon.
    await rest(rounds, prepared, partly ? 0 : round);
    if (deadline.overdue()) return asked;
    earlier = plus(earlier, asked, partly);
  }
};
