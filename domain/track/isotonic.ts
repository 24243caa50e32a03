// Isotonic calibration: free of form, hungry for data, so only where outcomes are plenty.
import type { CalibrationSample } from './platt';

/**
 * Outcomes below which an isotonic fit is refused: it overfits long after Platt has settled. Eight rows of one question
 * are one outcome (requirement C4), so weights are summed, not rows.
 */
export const MIN_ISOTONIC_OUTCOMES = 1000;

/** 3,000 rows of a third sum to a little less than 1,000. */
const ROUNDING = 1e-6;

/** Whether an isotonic fit accepts so many outcomes: the sum of the rows' weights. */
export const suffices = (outcomes: number): boolean => outcomes >= MIN_ISOTONIC_OUTCOMES - ROUNDING;

/** Steps by rising p; between knots the value is interpolated. */
export interface IsotonicFit {
  readonly knots: readonly { readonly p: number; readonly value: number }[];
}

interface Block {
  p: number;
  value: number;
  weight: number;
}

const merge = (left: Block, right: Block): Block => {
  const weight = left.weight + right.weight;
  return {
    p: (left.p * left.weight + right.p * right.weight) / weight,
    value: (left.value * left.weight + right.value * right.weight) / weight,
    weight,
  };
};

const sameP = (samples: readonly CalibrationSample[]): Block[] => {
  const blocks: Block[] = [];
  for (const sample of [...samples].sort((x, y) => x.p - y.p)) {
    const block = { p: sample.p, value: sample.y, weight: sample.weight ?? 1 };
    const last = blocks.at(-1);
    // A tie keeps its own p: a mean of equal numbers is rounded, and the next of them would not be equal to it.
    if (last && last.p === sample.p) blocks[blocks.length - 1] = { ...merge(last, block), p: last.p };
    else blocks.push(block);
  }
  return blocks;
};

/** Each block is pulled to its mean p as by so many more rows, so that no block says 0 or 1. */
const BLOCK_PRIOR_ROWS = 4;

/**
 * Pool adjacent violators (Ayer et al. 1955; Zadrozny and Elkan 2002), blocks shrunk toward the diagonal.
 * @throws RangeError where the weights sum to less than MIN_ISOTONIC_OUTCOMES.
 */
export const fitIsotonic = (samples: readonly CalibrationSample[]): IsotonicFit => {
  const outcomes = samples.reduce((sum, { weight = 1 }) => sum + weight, 0);
  if (!suffices(outcomes))
    throw new RangeError(
      `${Math.floor(outcomes)} outcomes; an isotonic fit accepts at least ${MIN_ISOTONIC_OUTCOMES}`,
    );
  const stack: Block[] = [];
  for (const block of sameP(samples)) {
    stack.push(block);
    while (stack.length > 1 && stack.at(-2)!.value >= stack.at(-1)!.value) {
      const right = stack.pop()!;
      stack[stack.length - 1] = merge(stack.at(-1)!, right);
    }
  }
  const shrunk = stack.map((block) => ({
    p: block.p,
    value: (block.value * block.weight + block.p * BLOCK_PRIOR_ROWS) / (block.weight + BLOCK_PRIOR_ROWS),
  }));
  let highest = 0;
  return {
    knots: shrunk.map(({ p, value }) => {
      highest = Math.max(highest, value);
      return { p, value: highest };
    }),
  };
};

/** Linear between knots, flat beyond the outer ones. */
export const applyIsotonic = (fit: IsotonicFit, p: number): number => {
  const at = fit.knots.findIndex((knot) => knot.p >= p);
  if (at === 0) return fit.knots[0]!.value;
  if (at < 0) return fit.knots.at(-1)?.value ?? p;
  const left = fit.knots[at - 1]!;
  const right = fit.knots[at]!;
  return left.value + ((p - left.p) / (right.p - left.p)) * (right.value - left.value);
};
