// Who answered, and whether they are enough. A failed member is counted as asked and never as an opinion.
import type { FailureKind } from '../outage/failure';
import { assertProbability } from '../track/scoring';

export interface AnsweredMember {
  readonly model: string;
  readonly status: 'answered';
  /** Of yes, in [0, 1]. */
  readonly probability: number;
}

export interface FailedMember {
  readonly model: string;
  readonly status: 'failed';
  readonly failure: FailureKind;
}

export type MemberAnswer = AnsweredMember | FailedMember;

/** `needed` null means the default rule. */
export interface QuorumRule {
  readonly needed: number | null;
}

const DEFAULT_QUORUM: QuorumRule = { needed: null };

export interface Participation {
  readonly asked: number;
  readonly answered: number;
  readonly needed: number;
  readonly met: boolean;
}

/** Half of the members asked, rounded up, and at least one (requirement B11). */
export const defaultQuorum = (asked: number): number => Math.max(1, Math.ceil(asked / 2));

/**
 * The answered members, in order of model id so that no result depends on who answered first.
 * @throws RangeError naming the member for a probability outside [0, 1] or a member that comes twice.
 */
export const answeredMembers = (answers: readonly MemberAnswer[]): readonly AnsweredMember[] => {
  const seen = new Set<string>();
  const valid: AnsweredMember[] = [];
  for (const answer of answers) {
    if (seen.has(answer.model)) {
      throw new RangeError(`member "${answer.model}" comes twice; accepted: one answer per member`);
    }
    seen.add(answer.model);
    if (answer.status !== 'answered') continue;
    assertProbability(answer.probability, `probability of member "${answer.model}"`);
    valid.push(answer);
  }
  return valid.sort((a, b) => (a.model < b.model ? -1 : 1));
};

/** @throws RangeError unless a configured quorum is a whole number of at least 1. */
export const participation = (
  asked: number,
  answered: number,
  rule: QuorumRule = DEFAULT_QUORUM,
): Participation => {
  const needed = rule.needed ?? defaultQuorum(asked);
  if (!Number.isInteger(needed) || needed < 1) {
    throw new RangeError(`quorum is ${needed}; accepted: a whole number of at least 1`);
  }
  return { asked, answered, needed, met: answered >= needed };
};
