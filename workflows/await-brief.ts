// Waits for a brief from research under way, which signals its waiters before it ends. A run that was terminated
// signals nobody, so the wait looks whether it still runs: soon at first, then ever less often.
import { condition, patched } from '@temporalio/workflow';
import { store } from './activity-stubs';
import type { BriefReady, BriefUnderWay } from './contracts/research';

const FIRST_LOOK_MS = 15_000;
const LONGEST_PAUSE_MS = 300_000;

const ENDED_FROM_OUTSIDE = 'the research was ended from outside';

/** @returns true once it holds, false when the time has passed; null waits for ever */
const until = async (holds: () => boolean, withinMs: number | null): Promise<boolean> => {
  if (withinMs !== null) return condition(holds, Math.max(1, withinMs));
  await condition(holds);
  return true;
};

/**
 * @param ready answers of research as they are signalled
 * @param leftMs how long to wait at most; null: until the research has ended
 * @returns null when the time has passed; a failure where the run has ended without a word
 */
export const awaitBrief = async (
  { researchId, runId }: BriefUnderWay,
  ready: readonly BriefReady[],
  leftMs: number | null,
): Promise<BriefReady | null> => {
  const answer = (): BriefReady | null => ready.find((message) => message.researchId === researchId) ?? null;
  const answered = (): boolean => answer() !== null;
  if (!runId || !patched('look-after-research')) {
    await until(answered, leftMs);
    return answer();
  }
  const endMs = leftMs === null ? Number.POSITIVE_INFINITY : Date.now() + leftMs;
  for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    const waitMs = Math.min(pauseMs, endMs - Date.now());
    if ((await until(answered, waitMs)) || waitMs < pauseMs) return answer();
    const runs = await store.isResearchRunning({ researchId, runId });
    if (!runs && !answered()) return { researchId, brief: null, failure: ENDED_FROM_OUTSIDE };
  }
};
