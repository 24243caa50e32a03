// What each member contributes to the pool: Shapley values of minus the Brier score of the unextremized
// log-odds mean, with the empty set at p = .5 (requirement C10). Exact up to twelve members.
import { logit, sigmoid } from './log-odds';
import { seededRandom, shuffled } from './random';
import { brier, type Outcome } from './scoring';

/** A scored row: each member's p in member order, null where the member is absent. */
export interface PoolRow {
  readonly className: string;
  readonly y: Outcome;
  readonly p: readonly (number | null)[];
}

export interface Contribution {
  readonly value: number;
  /** 0 when exact. */
  readonly standardError: number;
}

const MAX_EXACT_MEMBERS = 12;

/** Members of a coalition, a bit each. A double holds 53 bits exactly; above that it takes a bigint, which is slower. */
type Mask = number | bigint;
const MAX_NUMBER_MEMBERS = 53;

/** Value of a coalition, given as a bit mask over members: a bigint of more than 53 members. */
export type CoalitionValue = (mask: Mask) => number;

const nobody = (members: number): Mask => (members > MAX_NUMBER_MEMBERS ? 0n : 0);

const everybody = (members: number): Mask =>
  members > MAX_NUMBER_MEMBERS ? (1n << BigInt(members)) - 1n : 2 ** members - 1;

/** The coalition with a member that is not in it. */
const joined = (mask: Mask, m: number): Mask =>
  typeof mask === 'bigint' ? mask + (1n << BigInt(m)) : mask + 2 ** m;

/** The coalition without a member that is in it. */
const left = (mask: Mask, m: number): Mask =>
  typeof mask === 'bigint' ? mask - (1n << BigInt(m)) : mask - 2 ** m;

interface ClassRows {
  readonly logits: Float64Array;
  readonly present: Uint8Array;
  readonly outcomes: Uint8Array;
}

const packClass = (rows: readonly PoolRow[], members: number): ClassRows => {
  const logits = new Float64Array(rows.length * members);
  const present = new Uint8Array(rows.length * members);
  rows.forEach((row, i) => {
    row.p.forEach((p, m) => {
      logits[i * members + m] = p === null ? 0 : logit(p);
      present[i * members + m] = p === null ? 0 : 1;
    });
  });
  return { logits, present, outcomes: Uint8Array.from(rows.map((row) => row.y)) };
};

const meanBrier = (rows: ClassRows, members: readonly number[], width: number): number => {
  let total = 0;
  const n = rows.outcomes.length;
  for (let i = 0; i < n; i += 1) {
    let sum = 0;
    let count = 0;
    for (const m of members) {
      sum += rows.logits[i * width + m]!;
      count += rows.present[i * width + m]!;
    }
    total += brier(count === 0 ? 0.5 : sigmoid(sum / count), rows.outcomes[i] as Outcome);
  }
  return total / n;
};

const isIn = (mask: Mask, m: number): boolean =>
  typeof mask === 'bigint' ? ((mask >> BigInt(m)) & 1n) === 1n : Math.floor(mask / 2 ** m) % 2 === 1;

const membersOf = (mask: Mask, members: number): number[] =>
  Array.from({ length: members }, (_, m) => m).filter((m) => isIn(mask, m));

/** Minus the mean over classes of the coalition's Brier score; results are remembered per mask. */
export const poolValue = (rows: readonly PoolRow[], members: number): CoalitionValue => {
  const names = [...new Set(rows.map((row) => row.className))].sort();
  const classes = names.map((name) =>
    packClass(
      rows.filter((row) => row.className === name),
      members,
    ),
  );
  const known = new Map<Mask, number>();
  return (mask) => {
    const found = known.get(mask);
    if (found !== undefined) return found;
    const chosen = membersOf(mask, members);
    const scores = classes.map((rowsOfClass) => meanBrier(rowsOfClass, chosen, members));
    const value = classes.length === 0 ? 0 : -scores.reduce((sum, score) => sum + score, 0) / classes.length;
    known.set(mask, value);
    return value;
  };
};

/** Exact Shapley values by coalition sizes (Shapley 1953). @throws RangeError above twelve members. */
export const exactShapley = (value: CoalitionValue, members: number): readonly number[] => {
  if (members > MAX_EXACT_MEMBERS)
    throw new RangeError(`${members} members; exact Shapley values accept at most ${MAX_EXACT_MEMBERS}`);
  const weight: number[] = [];
  for (let size = 0; size < members; size += 1)
    weight.push(size === 0 ? 1 / members : (weight[size - 1]! * size) / (members - size));
  const result = new Array<number>(members).fill(0);
  for (let mask = 0; mask < 2 ** members; mask += 1) {
    const size = membersOf(mask, members).length;
    for (let m = 0; m < members; m += 1) {
      if (mask & (1 << m)) continue;
      result[m]! += weight[size]! * (value(mask | (1 << m)) - value(mask));
    }
  }
  return result;
};

/** Monte-Carlo Shapley values over seeded orders (Castro et al. 2009), with standard errors. */
export const sampledShapley = (
  value: CoalitionValue,
  members: number,
  options: { readonly orders: number; readonly seed: number },
): readonly Contribution[] => {
  const random = seededRandom(options.seed);
  const indices = Array.from({ length: members }, (_, m) => m);
  const sums = indices.map(() => ({ total: 0, squares: 0 }));
  for (let order = 0; order < options.orders; order += 1) {
    let mask = nobody(members);
    for (const m of shuffled(indices, random)) {
      const more = joined(mask, m);
      const gain = value(more) - value(mask);
      mask = more;
      sums[m]!.total += gain;
      sums[m]!.squares += gain * gain;
    }
  }
  return sums.map(({ total, squares }) => {
    const average = total / options.orders;
    const variance = Math.max(0, squares / options.orders - average * average);
    return { value: average, standardError: Math.sqrt(variance / Math.max(1, options.orders - 1)) };
  });
};

/** Value of all members minus the value without one, in member order. */
export const leaveOneOut = (value: CoalitionValue, members: number): readonly number[] => {
  const all = everybody(members);
  return Array.from({ length: members }, (_, m) => value(all) - value(left(all, m)));
};

/** Exact up to twelve members, sampled above (requirement C6). */
export const contributions = (
  rows: readonly PoolRow[],
  members: number,
  sampling: { readonly orders: number; readonly seed: number } = { orders: 2000, seed: 1 },
): readonly Contribution[] => {
  const value = poolValue(rows, members);
  if (members > MAX_EXACT_MEMBERS) return sampledShapley(value, members, sampling);
  return exactShapley(value, members).map((exact) => ({ value: exact, standardError: 0 }));
};
