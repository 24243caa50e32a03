// Who waits for a research session. One that wants the subject researched anew is never told of a brief that was
// stored before it asked: it waits for the next one.
import { getExternalWorkflowHandle, patched } from '@temporalio/workflow';
import { store } from './activity-stubs';
import type { BriefReady, BriefRef, ResearchInput } from './contracts/research';
import { briefReady } from './messages';

interface Waiter {
  readonly workflowId: string;
  /** Null: it does not wait out an outage. */
  readonly deadlineAt: string | null;
}

export interface ResearchWaiters {
  readonly add: (workflowId: string, deadlineAt?: string | null, refresh?: boolean) => void;
  /** From now on who wants a refresh comes too late for what the run answers with. */
  keepRefreshersApart(): void;
  /** Those kept apart take part from now on. @returns the first of them, null when there are none */
  takeRefreshers(): string | null;
  /** Whether any of them does not wait out an outage. */
  someImpatient(): boolean;
  /** Tells those that do not wait out an outage, and lets them go. */
  sendAway(ready: BriefReady): Promise<void>;
  /** Tells each once, also those that come meanwhile; all but `payer` have joined. */
  tell(ready: BriefReady, payer: string): Promise<void>;
}

const joined = (brief: BriefRef): BriefRef => ({
  ...brief,
  cache: brief.cache === 'hit' ? 'hit' : 'joined',
  costMicroUsd: 0,
});

export const createResearchWaiters = (input: ResearchInput): ResearchWaiters => {
  const present: Waiter[] = [];
  const refreshers: Waiter[] = [];
  // A run that does not refresh begins by looking for a stored brief.
  let apart = !input.refresh;

  /** One that has ended meanwhile needs no answer. */
  const tellAll = async (waiters: Waiter[], ready: BriefReady, payer: string): Promise<void> => {
    for (let waiter = waiters.shift(); waiter !== undefined; waiter = waiters.shift()) {
      const { workflowId } = waiter;
      const brief = ready.brief && workflowId !== payer ? joined(ready.brief) : ready.brief;
      if (brief) await store.recordBriefRead({ reader: workflowId, brief, research: input });
      await getExternalWorkflowHandle(workflowId)
        .signal(briefReady, { ...ready, brief })
        .catch(() => undefined);
    }
  };
  const isImpatient = ({ deadlineAt }: Waiter): boolean => deadlineAt === null;

  return {
    add: (workflowId, deadlineAt = null, refresh = false) => {
      const later = refresh && apart && patched('refreshers-apart');
      (later ? refreshers : present).push({ workflowId, deadlineAt });
    },
    keepRefreshersApart: () => {
      apart = true;
    },
    takeRefreshers: () => {
      apart = false;
      const taken = refreshers.splice(0);
      present.push(...taken);
      return taken[0]?.workflowId ?? null;
    },
    someImpatient: () => present.some(isImpatient),
    sendAway: async (ready) => {
      const leaving = present.filter(isImpatient);
      present.splice(0, present.length, ...present.filter((waiter) => !isImpatient(waiter)));
      await tellAll(leaving, ready, input.reader);
    },
    tell: (ready, payer) => tellAll(present, ready, payer),
  };
};
