// Platt scaling by maximum a posteriori: p' = sigmoid(a logit p + b) with log a and b normal a priori, so
// that few outcomes move a forecast little and a never turns negative.
import { logit, sigmoid } from './log-odds';
import type { Outcome } from './scoring';

/** A forecast with its outcome; weight 1 is one independent row (fewer for rows that share a question). */
export interface CalibrationSample {
  readonly p: number;
  readonly y: Outcome;
  readonly weight?: number;
}

export interface PlattParameters {
  readonly a: number;
  readonly b: number;
}

/** Normal priors: log a ~ N(meanLogA, sdLogA), b ~ N(meanB, sdB); standard deviations, not variances. */
export interface PlattPrior {
  readonly meanLogA: number;
  readonly sdLogA: number;
  readonly meanB: number;
  readonly sdB: number;
}

export const PLATT_PRIOR: PlattPrior = { meanLogA: 0, sdLogA: 0.5, meanB: 0, sdB: 0.5 };
const SLOPE_PRIOR = { meanLogA: Math.log(1.25), sdLogA: 0.25 } as const;

/** Below this many outcomes every fit carries a prior (requirement C4). */
export const MIN_UNSHRUNK_OUTCOMES = 300;

/** A prior wider than this hardly shrinks. */
const WIDEST_SHRINKING_SD = 1;

const ITERATIONS = 60;
const TOLERANCE = 1e-12;
const MAX_STEP = 1;

export const applyPlatt = (parameters: PlattParameters, p: number): number =>
  sigmoid(parameters.a * logit(p) + parameters.b);

/** Samples by column: log-odds, outcomes, weights. Lean enough for a million. */
export interface SampleColumns {
  readonly x: number[];
  readonly y: number[];
  readonly w: number[];
  /** Multiplies all weights; absent: 1. */
  readonly scale?: number;
}

export const emptyColumns = (): SampleColumns => ({ x: [], y: [], w: [] });

export const addSample = (columns: SampleColumns, sample: CalibrationSample): void => {
  columns.x.push(logit(sample.p));
  columns.y.push(sample.y);
  columns.w.push(sample.weight ?? 1);
};

/** Outcomes behind the samples: rows of one question together are one. */
export const sumOfWeights = ({ w, scale = 1 }: SampleColumns): number =>
  scale * w.reduce((sum, weight) => sum + weight, 0);

interface Curvature {
  readonly gradient: readonly [number, number];
  readonly hessian: readonly [number, number, number];
}

/**
 * Gradient of the negative log posterior at (log a, b), and its curvature: exact, but for the part of the log slope's own
 * that can be negative. Without that part (Gauss-Newton) a member that is sure and wrong sends the steps to and fro.
 */
const curvatureAt = (
  logA: number,
  b: number,
  groups: readonly SampleColumns[],
  prior: PlattPrior,
): Curvature => {
  const a = Math.exp(logA);
  let dataA = 0;
  let gB = (b - prior.meanB) / prior.sdB ** 2;
  let hAA = 1 / prior.sdLogA ** 2;
  let hAB = 0;
  let hBB = 1 / prior.sdB ** 2;
  for (const { x, y, w, scale = 1 } of groups) {
    for (let i = 0; i < x.length; i += 1) {
      const slope = a * x[i]!;
      const q = sigmoid(slope + b);
      const weight = scale * w[i]!;
      const v = weight * q * (1 - q);
      dataA += weight * (q - y[i]!) * slope;
      gB += weight * (q - y[i]!);
      hAA += v * slope * slope;
      hAB += v * slope;
      hBB += v;
    }
  }
  const gA = dataA + (logA - prior.meanLogA) / prior.sdLogA ** 2;
  return { gradient: [gA, gB], hessian: [hAA + Math.max(0, dataA), hAB, hBB] };
};

const bounded = (step: number): number => Math.max(-MAX_STEP, Math.min(MAX_STEP, step));

const assertShrunk = (groups: readonly SampleColumns[], prior: PlattPrior): void => {
  const sd = Math.max(prior.sdLogA, prior.sdB);
  if (sd <= WIDEST_SHRINKING_SD) return;
  const outcomes = Math.round(groups.reduce((sum, group) => sum + sumOfWeights(group), 0));
  if (outcomes < MIN_UNSHRUNK_OUTCOMES)
    throw new RangeError(
      `${outcomes} outcomes with a prior as wide as ${sd}; accepted: at least ${MIN_UNSHRUNK_OUTCOMES} outcomes, or a prior of at most ${WIDEST_SHRINKING_SD}`,
    );
};

/**
 * Maximum a posteriori Platt parameters of several groups of samples together.
 * @throws RangeError for a prior that hardly shrinks below 300 outcomes.
 */
export const fitPlattColumns = (groups: readonly SampleColumns[], prior: PlattPrior): PlattParameters => {
  assertShrunk(groups, prior);
  let logA = prior.meanLogA;
  let b = prior.meanB;
  for (let i = 0; i < ITERATIONS; i += 1) {
    const { gradient, hessian } = curvatureAt(logA, b, groups, prior);
    const determinant = hessian[0] * hessian[2] - hessian[1] ** 2;
    const stepA = bounded((hessian[2] * gradient[0] - hessian[1] * gradient[1]) / determinant);
    const stepB = bounded((hessian[0] * gradient[1] - hessian[1] * gradient[0]) / determinant);
    logA -= stepA;
    b -= stepB;
    if (Math.abs(stepA) + Math.abs(stepB) < TOLERANCE) break;
  }
  return { a: Math.exp(logA), b };
};

/**
 * Maximum a posteriori Platt parameters (Platt 1999; priors as in requirement C10). Without samples the
 * prior's centre. Newton's method with bounded steps; the curvature is positive definite by the prior.
 */
export const fitPlatt = (
  samples: readonly CalibrationSample[],
  prior: PlattPrior = PLATT_PRIOR,
): PlattParameters => {
  const columns = emptyColumns();
  for (const sample of samples) addSample(columns, sample);
  return fitPlattColumns([columns], prior);
};

/**
 * Extremizing slope alone: p' = sigmoid(a logit p), log a ~ N(log 1.25, .25) (Neyman and Roughgarden 2021
 * motivate a > 1; the prior is requirement C10's).
 */
export const fitSlope = (
  samples: readonly CalibrationSample[],
  prior: { readonly meanLogA: number; readonly sdLogA: number } = SLOPE_PRIOR,
): number => fitPlatt(samples, { ...prior, meanB: 0, sdB: 1e-6 }).a;
