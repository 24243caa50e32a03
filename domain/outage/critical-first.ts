// In trouble the work that guards money goes first (F5): what is held now, then what was lately decided to be
// bought or sold, then new ideas.
import type { Subject } from '../market/subject';

export interface Concerns {
  /** Subjects of open positions. */
  readonly open: ReadonlySet<Subject>;
  /** Subjects whose last decision traded and has not resolved. */
  readonly held: ReadonlySet<Subject>;
}

const rank = (subject: Subject, { open, held }: Concerns): number =>
  open.has(subject) ? 0 : held.has(subject) ? 1 : 2;

/** The same subjects, the critical ones first; among equals the given order stays. */
export const criticalFirst = (subjects: readonly Subject[], concerns: Concerns): readonly Subject[] =>
  [...subjects].sort((a, b) => rank(a, concerns) - rank(b, concerns));
