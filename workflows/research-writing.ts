// Has a brief written by the language models, waiting durably while all of them are out; the house writes in
// their place only when the wait has ended, and the brief says so (F5, F6).
import { condition } from '@temporalio/workflow';
import { FAILURE_TABLE } from '../domain/outage/failure';
import { passesByItself, researchWaitsUntil, waitBeforeRound } from '../domain/outage/waiting';
import type { CallOutcome } from './call-with-failover';
import type { Candidate } from './contracts/calls';
import type { ResearchPlan } from './contracts/research';

export interface BriefWriting {
  readonly plan: ResearchPlan;
  /** Names the wait, so that researches that wait together do not come back together. */
  readonly key: string;
  /** Of who asked; null: nobody waits with a deadline, so there is nothing to wait for. */
  readonly deadlineMs: number | null;
  /** Asks the candidates once. `step` is part of the answer's key. */
  readonly ask: (candidates: readonly Candidate[], step: string) => Promise<CallOutcome>;
  /** While it waits: called first, and again each time `interrupted` becomes true. */
  readonly whileWaiting: () => Promise<void>;
  readonly interrupted: () => boolean;
}

export interface WrittenBrief extends CallOutcome {
  /** Why the house wrote in place of the language models; null: it did not have to. */
  readonly degraded: string | null;
}

const mayPass = ({ result, hops }: CallOutcome): boolean =>
  result === null &&
  hops.length > 0 &&
  hops.every(({ failure }) => failure === null || passesByItself(failure));

/** What earlier rounds cost stays on the bill of the last. */
const after = (earlier: CallOutcome | null, next: CallOutcome): CallOutcome =>
  earlier === null
    ? next
    : {
        ...next,
        hops: [...earlier.hops, ...next.hops],
        costMicroUsd: next.costMicroUsd === null ? null : (earlier.costMicroUsd ?? 0) + next.costMicroUsd,
        sends: earlier.sends + next.sends,
      };

const rest = async ({ whileWaiting, interrupted }: BriefWriting, ms: number): Promise<void> => {
  const until = Date.now() + Math.max(1, ms);
  for (let left = until - Date.now(); left > 0; left = until - Date.now()) {
    await whileWaiting();
    await condition(interrupted, Math.max(1, left));
  }
};

/** Rounds of the language models until one answers, the wait is over, or what failed would fail alike in an hour. */
const askModels = async (writing: BriefWriting): Promise<CallOutcome> => {
  const { plan, key, deadlineMs, ask } = writing;
  const until = researchWaitsUntil({ nowMs: Date.now(), deadlineMs, mostMs: plan.mostWaitMs ?? 0 });
  let outcome: CallOutcome | null = null;
  for (let round = 0; ; round += 1) {
    outcome = after(outcome, await ask(plan.writer, round === 0 ? 'brief' : `brief/${round}`));
    const nowMs = Date.now();
    if (!mayPass(outcome) || nowMs >= until) return outcome;
    await rest(writing, waitBeforeRound({ round, key, nowMs, deadlineMs: until }, plan.waits));
  }
};

/** The kill switch stops all; after any other end of the models the house may write. */
const standInMayWrite = ({ failure }: CallOutcome): boolean =>
  failure === null || failure === 'budget' || FAILURE_TABLE[failure].then !== 'stop';

/** @returns the first answer; without any, the last failure */
export const writeBrief = async (writing: BriefWriting): Promise<WrittenBrief> => {
  const asked = await askModels(writing);
  const { standIn } = writing.plan;
  if (asked.result || !standIn || !standInMayWrite(asked)) return { ...asked, degraded: null };
  const written = after(asked, await writing.ask([standIn], 'brief/house'));
  const models = writing.plan.writer.map(({ model }) => model).join(', ');
  return { ...written, degraded: `Research written by the house: ${models} could not (${asked.failure})` };
};
