// A call that takes long gets one second call beside it, at another candidate: the first answer counts (F4). The
// loser is told that nobody waits, and no more: its activity ends, settles and stores by itself, with or without
// this workflow, so that what it costs is booked and its late answer is on record.
import { CancellationScope, condition } from '@temporalio/workflow';
import { type CallRequest, callOnce } from './call-once';
import type { Candidate, Landed } from './contracts/calls';

export interface Hedging {
  /** Milliseconds after which a call of this candidate is slow; null: it is never hedged. */
  readonly afterMs: (candidate: Candidate) => number | null;
}

/** One of the calls of a hop. */
export interface Runner {
  readonly candidate: Candidate;
  readonly hedge: boolean;
  /** Null: the other one answered first. */
  readonly landed: Landed | null;
  /** From when on it ran, after the first call's beginning. */
  readonly startedAfterMs: number;
}

export interface Race {
  readonly request: CallRequest;
  readonly first: Candidate;
  readonly afterMs: number;
  /** Asked when the time is up; null: nobody may be asked. */
  readonly second: () => Candidate | null;
}

interface Run {
  readonly scope: CancellationScope;
  readonly ended: Promise<Landed>;
  /** Null while it is under way, and when it ended in an error that `ended` throws. */
  landed: Landed | null;
  over: boolean;
}

const start = (request: CallRequest, candidate: Candidate, race: 'first' | 'second'): Run => {
  const scope = new CancellationScope();
  const ended = scope.run(() => callOnce(request, candidate, race));
  const run: Run = { scope, ended, landed: null, over: false };
  ended.then(
    (landed) => {
      run.landed = landed;
      run.over = true;
    },
    () => {
      run.over = true;
    },
  );
  return run;
};

const answered = ({ landed }: Run): boolean => landed !== null && landed.result !== null;

/** What was asked beside a slow call shows in spending as a feature of its own. */
const hedgeRequest = (request: CallRequest): CallRequest => ({
  ...request,
  feature: 'hedge',
  summary: `hedge · ${request.summary}`,
});

/** The loser is cancelled where it is still under way: its retries end, and the activity knows (call-model.ts). */
const outcomeOf = async (run: Run, winner: Run | null): Promise<Landed | null> => {
  if (winner === null || run.over) return run.ended;
  run.scope.cancel();
  return null;
};

/** How the first call ended, and the second where one was made, in this order. */
export const raceCalls = async ({ request, first, afterMs, second }: Race): Promise<readonly Runner[]> => {
  const one = start(request, first, 'first');
  const inTime = await condition(() => one.over, Math.max(1, afterMs));
  const other = inTime ? null : second();
  if (other === null) return [{ candidate: first, hedge: false, landed: await one.ended, startedAfterMs: 0 }];
  const two = start(hedgeRequest(request), other, 'second');
  await condition(() => answered(one) || answered(two) || (one.over && two.over));
  const winner = [one, two].find(answered) ?? null;
  return [
    { candidate: first, hedge: false, landed: await outcomeOf(one, winner), startedAfterMs: 0 },
    { candidate: other, hedge: true, landed: await outcomeOf(two, winner), startedAfterMs: afterMs },
  ];
};
