// Generators shared by the property tests of the ensemble.
import fc from 'fast-check';
import type { MemberAnswer } from '../../domain/ensemble/quorum';

export const probability = fc.double({ min: 0, max: 1, noNaN: true });
export const probabilities = fc.array(probability, { minLength: 1, maxLength: 9 });
export const positive = fc.double({ min: 0.01, max: 10, noNaN: true });

/** Probabilities with a weight each. */
export const weighted = fc.array(fc.tuple(probability, positive), { minLength: 1, maxLength: 9 });

/** A permutation seed: keys to sort by. */
export const shuffle = <T>(values: readonly T[], keys: readonly number[]): readonly T[] =>
  values
    .map((value, index) => [value, keys[index] ?? 0] as const)
    .sort((a, b) => a[1] - b[1])
    .map(([value]) => value);

export const keys = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 9, maxLength: 9 });

export const answered = (ps: readonly number[]): readonly MemberAnswer[] =>
  ps.map((p, index) => ({ model: `model-${index}`, status: 'answered', probability: p }));

export const failed = (model: string): MemberAnswer => ({ model, status: 'failed', failure: 'timed_out' });
