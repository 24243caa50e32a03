// Proper scores of one forecast, and their mean over classes. Lower is better everywhere.
import { clipProbability, LOG_LOSS_CLIP } from './log-odds';

export type Outcome = 0 | 1;

/** One forecast against its outcome. */
export interface Scored {
  readonly p: number;
  readonly y: Outcome;
}

/** Squared error (Brier 1950), in [0, 1]. */
export const brier = (p: number, y: Outcome): number => (p - y) * (p - y);

/** Natural-log loss with p clipped to [.005, .995], so that it stays below 5.3 (Good 1952; C10). */
export const logLoss = (p: number, y: Outcome): number => {
  const clipped = clipProbability(p, LOG_LOSS_CLIP);
  return -Math.log(y === 1 ? clipped : 1 - clipped);
};

/** 1 when p is on the outcome's side of one half, 0 when on the other, .5 at exactly one half. */
export const hit = (p: number, y: Outcome): number => {
  if (p === 0.5) return 0.5;
  return p > 0.5 === (y === 1) ? 1 : 0;
};

/** Whether p leans to the side of one half that the outcome is not on; exactly one half leans to neither. */
export const isWrongSide = (p: number, y: Outcome): boolean => p !== 0.5 && p > 0.5 !== (y === 1);

/** Expected Brier score of p if p were exactly right: p(1 - p). What drift detection compares with. */
export const expectedBrier = (p: number): number => p * (1 - p);

/** @throws RangeError unless p is a number in [0, 1]. */
export const assertProbability = (p: number, field: string): number => {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`${field} is ${p}; accepted: a probability in [0, 1]`);
  return p;
};

/** Arithmetic mean; null of nothing. */
export const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

export interface ScoreSummary {
  readonly n: number;
  readonly brier: number | null;
  readonly logLoss: number | null;
  readonly hitRate: number | null;
}

/** Mean scores over rows; nulls when there is no row. */
export const summarise = (rows: readonly Scored[]): ScoreSummary => ({
  n: rows.length,
  brier: mean(rows.map((row) => brier(row.p, row.y))),
  logLoss: mean(rows.map((row) => logLoss(row.p, row.y))),
  hitRate: mean(rows.map((row) => hit(row.p, row.y))),
});

/** Mean of the class means that exist ("overall" in reports): every class counts alike, however many rows. */
export const meanOfClasses = (byClass: Readonly<Record<string, number | null>>): number | null =>
  mean(Object.values(byClass).filter((value): value is number => value !== null));
