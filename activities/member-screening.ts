// Which models look broken from the answers they gave last, and what becomes of them: left out with a reason,
// and asked now and then for the record only, so that they can recover.
import { createHash } from 'node:crypto';
import type { Stores } from '../db/stores';
import { defaultQuorum } from '../domain/ensemble/quorum';
import { type QuestionForm, questionForm } from '../domain/research/question-form';
import { screenMembers, screenReason } from '../domain/track/member-screens';
import type { IsoInstant, WorldId } from '../domain/world';
import type { Candidate } from '../workflows/contracts/calls';
import type { CandidateNote, PlannedMember } from '../workflows/contracts/decision';

/** Answers that a screen looks back on: enough to flag within 50 and to clear within as many. */
const SCREENED_ANSWERS = 300;
/** Share of decisions that a screened member is asked in all the same, for the record only. */
const PROBATION_SHARE = 0.1;

/** The same decision always draws the same: a retry asks the same members. */
export const drawsProbation = (decisionId: string, model: string): boolean =>
  createHash('sha256').update(`${decisionId}|${model}`).digest().readUInt32BE(0) / 2 ** 32 < PROBATION_SHARE;

/** Why a model looks broken; null: it does not. */
export type ScreenReasons = Readonly<Record<string, string | null>>;

export interface ScreenQuestion {
  readonly world: WorldId;
  readonly category: string;
  readonly now: IsoInstant;
}

export interface Screens {
  readonly reasons: ScreenReasons;
  /** The version that answered last, by model. */
  readonly answeringNow: Readonly<Record<string, string>>;
}

/** Statements remembered: reading one into its form takes longer than all the rest of a screen. */
const KEPT_FORMS = 5_000;

const rememberedForms = (): ((statement: string) => QuestionForm) => {
  const known = new Map<string, QuestionForm>();
  return (statement) => {
    const form = known.get(statement) ?? questionForm(statement);
    if (known.size >= KEPT_FORMS) known.clear();
    known.set(statement, form);
    return form;
  };
};

export const createScreens = ({ track }: Pick<Stores, 'track'>, formOf = rememberedForms()) => ({
  of: async (models: readonly string[], { world, category, now }: ScreenQuestion): Promise<Screens> => {
    const answers = await track.recentAnswers({
      world,
      category,
      models,
      through: now,
      limit: SCREENED_ANSWERS,
    });
    const states = screenMembers(answers, formOf);
    const answered = answers.filter((answer) => answer.status === 'answered');
    return {
      reasons: Object.fromEntries(models.map((model) => [model, screenReason(states[model])])),
      answeringNow: Object.fromEntries(answered.map((answer) => [answer.model, answer.modelVersion])),
    };
  },
});

interface Seated {
  readonly members: readonly PlannedMember[];
  readonly substitutes: readonly Candidate[];
  readonly notes: readonly CandidateNote[];
}

/** The choice without its broken members. Of a choice that is broken as a whole, all are taken. */
export const withoutScreened = (
  { members, substitutes, notes }: Seated,
  reasons: ScreenReasons,
  decisionId: string,
): Seated & { readonly probation: readonly PlannedMember[] } => {
  const flagged = (model: string): boolean => (reasons[model] ?? null) !== null;
  const kept = members.filter(({ model }) => !flagged(model));
  // A screen must not silence the desk.
  if (kept.length < defaultQuorum(members.length) || kept.length === members.length)
    return { members, substitutes, notes, probation: [] };
  return {
    members: kept,
    substitutes: substitutes.filter(({ model }) => !flagged(model)),
    notes: notes.map((note) =>
      flagged(note.model) ? { model: note.model, taken: false, why: reasons[note.model]! } : note,
    ),
    probation: members.filter(({ model }) => flagged(model) && drawsProbation(decisionId, model)),
  };
};
