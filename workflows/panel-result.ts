// Turns what landed into the panel's result: per subject a view, over all a portfolio, and what is missing.
import { defaultQuorum } from '../domain/ensemble/quorum';
import { panelStatus, portfolioOf, viewOfSubject } from '../domain/panel/portfolio';
import {
  type PanelInput,
  type PanelPlan,
  type PanelPrediction,
  type PanelResult,
  type PanelSubjectResult,
  unaskedSubject,
} from './contracts/panel';
import type { PanelBoard } from './panel-board';
import { type AskedSubject, timedOut } from './panel-subject';

export interface PanelParts {
  readonly panelId: string;
  readonly input: PanelInput;
  readonly plan: PanelPlan;
  readonly board: PanelBoard;
  readonly asked: ReadonlyMap<string, AskedSubject>;
  readonly expired: boolean;
  readonly wallMs: number;
}

const UNASKED = 'its research was not done when the deadline passed';

const subjectResult = ({ input, plan, board, asked }: PanelParts, subject: string): PanelSubjectResult => {
  const known = asked.get(subject);
  if (!known || known.about.propositionId === null) {
    const about = known?.about ?? unaskedSubject(subject, UNASKED);
    return { ...about, subject, research: known?.research ?? null, predictions: [] };
  }
  const landed = new Map(board.predictionsOf(subject).map((each) => [each.analyst, each]));
  const predictions = input.analysts.map(
    (analyst): PanelPrediction => landed.get(analyst.id) ?? timedOut(plan, subject, analyst),
  );
  return { ...known.about, subject, research: known.research, predictions };
};

/** Each reason once, with how many calls failed for it. */
const problemNotes = (predictions: readonly PanelPrediction[]): readonly string[] => {
  const failed = predictions.filter(({ status }) => status === 'failed');
  return [...new Set(failed.flatMap(({ problem }) => problem ?? []))].map(
    (problem) =>
      `${failed.filter((each) => each.problem === problem).length} of ${failed.length} failed: ${problem}`,
  );
};

const notesOf = (
  { plan, expired }: PanelParts,
  predictions: readonly PanelPrediction[],
): readonly string[] => {
  const answered = predictions.filter(({ status }) => status === 'answered').length;
  const failed = predictions.filter(({ status }) => status === 'failed').length;
  return [
    ...plan.notes,
    ...(expired ? ['The deadline passed before everyone had answered'] : []),
    ...(failed > 0 ? [`Partial: ${answered} of ${predictions.length} calls answered, ${failed} failed`] : []),
    ...problemNotes(predictions),
  ];
};

export const panelResult = (parts: PanelParts): PanelResult => {
  const { input, plan } = parts;
  const subjects = input.subjects.map((subject) => subjectResult(parts, subject));
  const predictions = subjects.flatMap((subject) => subject.predictions);
  const views = subjects.map(({ subject, price, missing, predictions: opinions }) =>
    viewOfSubject({
      subject,
      price,
      opinions,
      quorum: input.quorum ?? defaultQuorum(input.analysts.length),
      notes: missing === null ? [] : [missing],
    }),
  );
  return {
    panelId: parts.panelId,
    status: panelStatus(views),
    model: plan.candidates[0]!.model,
    provider: plan.candidates[0]!.provider,
    portfolio: portfolioOf(views),
    subjects,
    notes: notesOf(parts, predictions),
    costMicroUsd: predictions.reduce((total, { costMicroUsd }) => total + (costMicroUsd ?? 0), 0),
    wallMs: parts.wallMs,
    synthetic: subjects.some(({ research }) => research?.synthetic === true),
  };
};
