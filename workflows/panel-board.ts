// What a panel knows while it runs: the source of its query and of its table in the UI.
import type { PanelCell, PanelInput, PanelPrediction, PanelProgress } from './contracts/panel';
import { detailsTable, shownProbability } from './details-table';

export interface PanelBoard {
  enter(step: PanelProgress['step']): void;
  playedBy(model: string): void;
  asking(subject: string, analyst: string): void;
  landed(prediction: PanelPrediction): void;
  /** What has landed, by subject. */
  predictionsOf(subject: string): readonly PanelPrediction[];
  progress(): PanelProgress;
}

const keyOf = (subject: string, analyst: string): string => `${subject}/${analyst}`;

const shownCell = (cell: PanelCell | undefined): string | null => {
  if (!cell) return null;
  return shownProbability(cell.probability) ?? cell.failure ?? cell.status;
};

export const createPanelBoard = (input: PanelInput, show: (table: string) => void): PanelBoard => {
  const { subjects, analysts } = input;
  const cells = new Map<string, PanelCell>();
  const landed = new Map<string, PanelPrediction>();
  let step: PanelProgress['step'] = 'planning';
  let model: string | null = null;
  for (const subject of subjects)
    for (const { id } of analysts)
      cells.set(keyOf(subject, id), {
        subject,
        analyst: id,
        status: 'waiting',
        probability: null,
        failure: null,
        latencyMs: null,
      });

  const draw = (): void => {
    const rows = analysts.map(({ id, name }) => [
      name,
      ...subjects.map((subject) => shownCell(cells.get(keyOf(subject, id)))),
    ]);
    show(
      `Step: ${step}, ${landed.size} of ${cells.size} done\n\n${detailsTable(['analyst', ...subjects], rows)}`,
    );
  };

  return {
    enter: (next) => {
      step = next;
      draw();
    },
    playedBy: (name) => {
      model = name;
    },
    asking: (subject, analyst) => {
      const key = keyOf(subject, analyst);
      cells.set(key, { ...cells.get(key)!, status: 'asking' });
    },
    landed: (prediction) => {
      const { subject, analyst, status, probability, failure, latencyMs } = prediction;
      cells.set(keyOf(subject, analyst), { subject, analyst, status, probability, failure, latencyMs });
      landed.set(keyOf(subject, analyst), prediction);
      draw();
    },
    predictionsOf: (subject) => analysts.flatMap(({ id }) => landed.get(keyOf(subject, id)) ?? []),
    progress: () => ({ step, model, done: landed.size, total: cells.size, cells: [...cells.values()] }),
  };
};
