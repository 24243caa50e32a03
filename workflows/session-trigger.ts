// What a Schedule starts: reads the day from the scheduled time, finds out which session that is, runs it as a
// child that can exist once, and waits. Manual runs come through here too.

import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  allHandlersFinished,
  condition,
  ParentClosePolicy,
  patched,
  setCurrentDetails,
  setHandler,
  sleep,
  startChild,
} from '@temporalio/workflow';
import { store } from './activity-stubs';
import type { SessionRequest, SessionResult, SessionTarget } from './contracts/session';
import { marketSession } from './market-session';
import { sessionTarget } from './messages';
import { scheduledTime } from './scheduled-time';

/** Between two looks whether there are real prices; a source in trouble is itself left alone for minutes. */
const ANOTHER_LOOK = '1 minute';

export async function sessionTrigger(request: SessionRequest): Promise<SessionResult | SessionTarget> {
  let target: SessionTarget | null = null;
  // Who is told of a session looks at it at once, so it must be there.
  let isThere = !patched('target-once-there');
  setHandler(sessionTarget, async () => {
    await condition(() => target !== null && (isThere || target.sessionId === null));
    return target!;
  });
  const scheduledAt = scheduledTime();
  let resolved = await store.resolveSession({ request, scheduledAt });
  while (resolved.mayStillRun) {
    setCurrentDetails(`Waits for prices: ${resolved.target.skipped}`);
    await sleep(ANOTHER_LOOK);
    resolved = await store.resolveSession({ request, scheduledAt });
  }
  target = resolved.target;
  if (!resolved.session) {
    setCurrentDetails(`Skipped: ${target.skipped}`);
    return target;
  }
  const session = resolved.session;
  try {
    const child = await startChild(marketSession, {
      workflowId: session.sessionId,
      args: [session],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `${session.request.kind} session · ${session.request.market} · ${session.date}`,
      staticDetails: `${session.subjects.length} subjects, decided as of ${session.decisionAt}, world ${session.world}`,
    });
    isThere = true;
    return await child.result();
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    isThere = true;
    await condition(allHandlersFinished);
    return { ...target, skipped: 'this session has already been run' };
  }
}
