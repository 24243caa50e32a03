// The failover loop: one member's question goes along the ranked candidates, one activity per hop on that
// provider's queue, until one answers or the failure table says stop. A hop that takes long may be hedged.
import { FAILURE_TABLE, type FailureKind } from '../domain/outage/failure';
import { type CallRequest, callOnce } from './call-once';
import type { CallModelResult, Candidate, Hop, Landed } from './contracts/calls';
import { type Hedging, type Runner, raceCalls } from './hedged-call';

export type { CallRequest } from './call-once';

export interface CallOutcome {
  readonly result: CallModelResult | null;
  readonly failure: FailureKind | null;
  readonly hops: readonly Hop[];
  /**
   * All hops together, the billed failures included, and without a call that was outrun: its bill comes later.
   * Null when the answer's own cost is unknown.
   */
  readonly costMicroUsd: number | null;
  /** From the first call's beginning to the last one's end: what ran side by side counts once. */
  readonly latencyMs: number;
  readonly sends: number;
  /** The first failure's own words, for the record; null when the first candidate answered. */
  readonly firstProblem: string | null;
}

type Next = (tried: readonly Hop[]) => Candidate | null;

/** What the hops so far add up to. */
interface Tally {
  readonly hops: Hop[];
  spent: number;
  sends: number;
  latencyMs: number;
  firstProblem: string | null;
}

const problemOf = (landed: Landed | null): Pick<Hop, 'problem'> =>
  landed?.failed && !landed.failed.foreign ? { problem: landed.failed.message } : {};

const hopOf = ({ candidate, hedge, landed }: Runner, outrunAfterMs: number): Hop => ({
  model: candidate.model,
  provider: candidate.provider,
  failure: landed?.failed?.kind ?? null,
  ...problemOf(landed),
  costMicroUsd: (landed?.result ?? landed?.failed)?.costMicroUsd ?? 0,
  latencyMs: (landed?.result ?? landed?.failed)?.latencyMs ?? outrunAfterMs,
  ...(hedge ? { hedge } : {}),
});

const endOf = ({ landed, startedAfterMs }: Runner): number =>
  startedAfterMs + ((landed?.result ?? landed?.failed)?.latencyMs ?? 0);

/** The winner's hop comes last. */
const count = (tally: Tally, runners: readonly Runner[], winner: Runner | null): void => {
  const tookMs = winner ? endOf(winner) : Math.max(...runners.map(endOf));
  for (const runner of [...runners].sort((a, b) => Number(a === winner) - Number(b === winner))) {
    const { landed, startedAfterMs } = runner;
    const failed = landed?.failed ?? null;
    tally.spent += (landed?.result ?? failed)?.costMicroUsd ?? 0;
    // A call that was outrun has been sent, as far as anyone knows.
    tally.sends += (landed?.result ?? failed)?.sends ?? 1;
    tally.firstProblem ??= failed?.message ?? null;
    const outrun = winner !== null && runner !== winner && failed === null;
    tally.hops.push({
      ...hopOf(runner, Math.max(0, tookMs - startedAfterMs)),
      ...(outrun ? { outrun } : {}),
    });
  }
  tally.latencyMs += tookMs;
};

/** One hop: the candidate's call, and where that takes long one more. */
const hop = async (
  request: CallRequest,
  candidate: Candidate,
  {
    hedging,
    hops,
    next,
    first,
  }: {
    readonly hedging: Hedging | null;
    readonly hops: readonly Hop[];
    readonly next: Next;
    readonly first: Promise<Landed> | undefined;
  },
): Promise<readonly Runner[]> => {
  const alone = { candidate, hedge: false, startedAfterMs: 0 };
  if (first && hops.length === 0) return [{ ...alone, landed: await first }];
  const afterMs = hops.some(({ hedge }) => hedge) ? null : (hedging?.afterMs(candidate) ?? null);
  if (afterMs === null) return [{ ...alone, landed: await callOnce(request, candidate) }];
  const underWay = hopOf({ ...alone, landed: null }, afterMs);
  return raceCalls({ request, first: candidate, afterMs, second: () => next([...hops, underWay]) });
};

/**
 * Asks the candidates one after another.
 * @param next the candidate after those tried; asked again after every failure, so that a substitute which another
 * member has taken meanwhile is not used twice. A hedge takes its second candidate from it too, once per question.
 * @param hedging null: no call is hedged
 * @param first how the first candidate's call ends, where it was asked together with others
 * @returns the first answer, or the last failure. Never throws for a failed call; cancellation is passed on.
 */
export const callWithFailover = async (
  request: CallRequest,
  next: Next,
  hedging: Hedging | null = null,
  first?: Promise<Landed>,
): Promise<CallOutcome> => {
  const tally: Tally = { hops: [], spent: 0, sends: 0, latencyMs: 0, firstProblem: null };
  const { hops } = tally;
  let failure: FailureKind | null = null;
  for (let candidate = next(hops); candidate; candidate = next(hops)) {
    const runners = await hop(request, candidate, { hedging, hops, next, first });
    const winner = runners.find(({ landed }) => landed?.result) ?? null;
    count(tally, runners, winner);
    const result = winner?.landed?.result ?? null;
    if (result)
      return {
        ...ended(tally),
        result,
        failure: null,
        costMicroUsd: result.costMicroUsd === null ? null : tally.spent,
      };
    // What became of a hedge says nothing about who comes next.
    const failed = runners[0]?.landed?.failed;
    failure = failed?.kind ?? 'unavailable';
    // A cap with the policy `downgrade` lets a cheaper candidate try; each hop reserves anew.
    if (FAILURE_TABLE[failure].then === 'stop' && !failed?.downgrade) break;
  }
  return { ...ended(tally), result: null, failure: failure ?? 'unavailable', costMicroUsd: tally.spent };
};

const ended = ({ hops, sends, latencyMs, firstProblem }: Tally) => ({ hops, sends, latencyMs, firstProblem });

/** Why the candidates failed, in the order in which they were asked; null: none did, or nobody knows. */
export const problemText = (hops: readonly Hop[]): string | null => {
  const said = new Set(hops.flatMap(({ problem }) => problem ?? []));
  return said.size === 0 ? null : [...said].join('; then ');
};

/** Takes the candidates in order, each once. */
export const inOrder =
  (candidates: readonly Candidate[]) =>
  (tried: readonly Hop[]): Candidate | null =>
    candidates[tried.length] ?? null;
