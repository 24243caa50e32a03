// A panel: every analyst on every subject at once, each answer visible as it lands, one transaction at the end.
import { setCurrentDetails, setHandler, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { storeAtOnce } from './activity-stubs';
import { createCallsTogether } from './calls-together';
import type { PanelInput, PanelResult } from './contracts/panel';
import type { BriefReady } from './contracts/research';
import { briefReady, callsLanded, panelProgress } from './messages';
import { panelAttributes } from './panel-attributes';
import { createPanelBoard } from './panel-board';
import { panelResult } from './panel-result';
import { type AskedSubject, askAboutSubject } from './panel-subject';
import { passedAfter, runUnless } from './run-unless';

export async function analystPanel(input: PanelInput): Promise<PanelResult> {
  const { workflowId, firstExecutionRunId, startTime } = workflowInfo();
  const board = createPanelBoard(input, (table) => setCurrentDetails(table));
  const ready: BriefReady[] = [];
  const asked = new Map<string, AskedSubject>();
  setHandler(briefReady, (message) => void ready.push(message));
  const together = createCallsTogether();
  setHandler(callsLanded, (calls) => together.landed(calls));
  setHandler(panelProgress, () => board.progress());

  const overdue = passedAfter(input.deadlineMs);
  const plan = await storeAtOnce.openPanel({ input, panelId: workflowId });
  board.playedBy(plan.candidates[0]!.model);
  board.enter('research');
  const keyPrefix = `${workflowId}/${firstExecutionRunId}`;
  const context = { panelId: workflowId, keyPrefix, input, plan, board, together, ready };
  const finished = await runUnless(overdue, async () => {
    await Promise.all(
      input.subjects.map((subject) =>
        askAboutSubject(context, subject, (about) => void asked.set(subject, about)),
      ),
    );
    return true;
  });

  board.enter('recording');
  const wallMs = Date.now() - startTime.getTime();
  const parts = { panelId: workflowId, input, plan, board, asked, expired: finished === null, wallMs };
  const landed = panelResult(parts);
  // Runs that were recorded before the ledger was asked have nothing here.
  const booked: Pick<PanelResult, 'costMicroUsd'> | undefined = await storeAtOnce.recordPanel({
    input,
    result: landed,
  });
  const result = { ...landed, ...booked };
  board.enter('done');
  upsertSearchAttributes(panelAttributes(input, result));
  return result;
}
