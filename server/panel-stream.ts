// GET /panels/{id}/stream: each analyst's answer the moment it lands, and how far the panel is.
import type { ConclaveClient } from '../client/connect';
import type { PanelProgress } from '../workflows/contracts/panel';
import { answerStream, type Landed, type RunLook } from './answer-stream';

/** As it stands in a running panel and in a stored one. */
interface Cell {
  readonly subject: string;
  readonly analyst: string;
  readonly status: string;
}

const LANDED = new Set(['answered', 'abstained', 'failed']);

const nameOf = ({ subject, analyst }: Cell): string => `${subject} ${analyst}`;

/** A panel's cells are the same from its start to its end, so that their order by name gives each its place. */
const landedCells = (cells: readonly Cell[]): readonly Landed[] =>
  [...cells]
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
    .map((data, place) => ({ place, event: 'answer', data }))
    .filter(({ data }) => LANDED.has(data.status));

const storedLook = async (client: ConclaveClient, id: string): Promise<RunLook | null> => {
  const stored = await client.stores.panels.get(id);
  if (!stored) return null;
  const cells = (await client.stores.panels.predictionsOf(id)).map(
    ({ subject, analyst, status, probability, failure, latencyMs }) => ({
      ...{ subject, analyst, status, probability, failure, latencyMs },
    }),
  );
  return { landed: landedCells(cells), progress: null, end: { panelId: id, status: stored.status } };
};

/** One that was refused or ended from outside has no row, and answers queries all the same. */
const lookAt = async (client: ConclaveClient, id: string): Promise<RunLook | null> => {
  const stored = await storedLook(client, id);
  if (stored || !id.startsWith('panel:')) return stored;
  const handle = client.temporal.workflow.getHandle(id);
  if ((await handle.describe()).status.name !== 'RUNNING')
    // It may have got its row between the two looks.
    return (
      (await storedLook(client, id)) ?? { landed: [], progress: null, end: { panelId: id, status: 'failed' } }
    );
  const progress = await handle.query<PanelProgress>('progress').catch(() => null);
  return { landed: progress ? landedCells(progress.cells) : [], progress, end: null };
};

export const panelStream = answerStream({
  id: 'streamPanel',
  path: '/api/v1/panels/{id}/stream',
  tag: 'panels',
  what: 'panel',
  events:
    'Events `answer` (each once, with an id), `progress` (the whole state, at each change) and `end` (status `failed` where nothing was recorded)',
  look: lookAt,
});
