// Analyst panels from outside: who sits on them, start, follow, read.
import { type AnalystFolder, foldersToRead } from '../config/analyst-folders';
import type { PredictionRow } from '../db/panel-store';
import { formatUsd } from '../domain/money/micro-usd';
import { type AnalystPrompt, analystLibrary, chooseAnalysts } from '../prompts/analyst-library';
import type { PanelInput, PanelProgress, PanelResult } from '../workflows/contracts/panel';
import { CONCLAVE_QUEUE } from '../workflows/contracts/task-queues';
import { panelId } from '../workflows/contracts/workflow-ids';
import type { ConclaveClient } from './connect';
import { checked } from './inputs';
import { keyWithInput, startOnce } from './start-once';
import { outcomeOf } from './workflow-result';

/** A panel without its analysts, which are read from files. */
export type PanelRequest = Omit<PanelInput, 'analysts'>;

export interface PanelHandle {
  readonly panelId: string;
  /** What has landed so far. */
  progress(): Promise<PanelProgress>;
  /** @throws BadInput where the panel was refused. */
  result(): Promise<PanelResult>;
}

/**
 * The analysts there are, the users' own last.
 * @throws BadInput naming a folder that is not there, or a file that is no analyst and what is wrong with it
 */
export const listAnalysts = (folders: readonly AnalystFolder[]): readonly AnalystPrompt[] =>
  checked(() => analystLibrary(foldersToRead(folders)));

/** The analysts of these ids; null: all. @throws BadInput as `listAnalysts` does, or naming an id that nobody has. */
export const readAnalysts = (
  folders: readonly AnalystFolder[],
  ids: readonly string[] | null,
): readonly AnalystPrompt[] => checked(() => chooseAnalysts(listAnalysts(folders), ids));

/** Starts a panel under this id, or attaches to the one that exists, whatever it was asked. */
export const startPanelAs = async (
  client: ConclaveClient,
  request: PanelRequest,
  analysts: readonly AnalystPrompt[],
  idOf: (input: PanelInput) => string,
): Promise<PanelHandle> => {
  await client.stores.panels.putWordings(
    analysts.map(({ version, id, name, group, needs, text }) => ({
      version,
      analyst: id,
      name,
      analystGroup: group,
      needs,
      body: text,
    })),
  );
  const input: PanelInput = {
    ...request,
    analysts: analysts.map(({ id, name, group, version }) => ({ id, name, group, version })),
  };
  const id = idOf(input);
  const handle = await startOnce(client, 'analystPanel', {
    workflowId: id,
    taskQueue: CONCLAVE_QUEUE,
    args: [input],
    priority: { priorityKey: input.priority },
    staticSummary: `panel · ${input.subjects.join(', ')}`,
    staticDetails: `${input.analysts.length} analysts, world ${input.world}, as of ${input.asOf ?? 'now'}`,
  });
  return {
    panelId: id,
    progress: () => handle.query<PanelProgress>('progress'),
    result: () => outcomeOf(handle.result() as Promise<PanelResult>),
  };
};

/**
 * Starts a panel; the same request key with the same analysts, wordings and settings attaches to the one that
 * exists, also after its end.
 */
export const startPanel = (
  client: ConclaveClient,
  request: PanelRequest,
  analysts: readonly AnalystPrompt[],
  requestKey: string,
): Promise<PanelHandle> =>
  startPanelAs(client, request, analysts, (input) => panelId(keyWithInput(requestKey, input)));

const predictionDocument = (row: PredictionRow) => ({
  subject: row.subject,
  analyst: row.analyst,
  group: row.analystGroup,
  promptVersion: row.promptVersion,
  status: row.status,
  failure: row.failure,
  probability: row.probability,
  signal: row.signal,
  confidence: row.confidence,
  reasons: row.reasons,
  model: row.model,
  costUsd: row.costMicroUsd === null ? null : formatUsd(row.costMicroUsd),
  latencyMs: row.latencyMs,
});

/** `panel --json`. @throws Error when the panel is unknown. */
export const panelDocument = async (client: ConclaveClient, id: string) => {
  const panel = await client.stores.panels.get(id);
  if (!panel) throw new Error(`panel ${id} is not stored`);
  const predictions = await client.stores.panels.predictionsOf(id);
  return {
    panelId: panel.id,
    createdAt: panel.createdAt,
    world: panel.world,
    asOf: panel.asOf,
    status: panel.status,
    synthetic: panel.synthetic,
    model: panel.model,
    provider: panel.provider,
    portfolio: panel.portfolio,
    predictions: predictions.map(predictionDocument),
    totals: {
      asked: panel.asked,
      answered: panel.answered,
      abstained: panel.abstained,
      failed: panel.failed,
      costUsd: formatUsd(panel.costMicroUsd),
      wallMs: panel.wallMs,
    },
    notes: panel.notes,
  };
};

export type PanelDocument = Awaited<ReturnType<typeof panelDocument>>;
